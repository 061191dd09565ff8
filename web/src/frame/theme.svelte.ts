// Light, dark, or as the system; `?wall` makes a wall display of this screen.
export type Theme = 'system' | 'light' | 'dark'
export const THEMES: readonly Theme[] = ['system', 'light', 'dark']

const REMEMBERED = 'baqylau.theme'
const system = matchMedia('(prefers-color-scheme: dark)')

class Look {
  readonly wall = new URLSearchParams(location.search).has('wall')
  chosen = $state<Theme>(THEMES.find((theme) => theme === localStorage.getItem(REMEMBERED)) ?? 'system')
  #dark = $state(system.matches)

  constructor() {
    system.addEventListener('change', () => (this.#dark = system.matches))
    this.#apply()
  }

  /** What is drawn now: changes whenever colours have to be read anew. */
  get drawn(): 'light' | 'dark' | 'wall' {
    if (this.wall) return 'wall'
    return this.chosen === 'system' ? (this.#dark ? 'dark' : 'light') : this.chosen
  }

  choose(theme: Theme): void {
    this.chosen = theme
    localStorage.setItem(REMEMBERED, theme)
    this.#apply()
  }

  #apply(): void {
    const root = document.documentElement
    if (this.wall) root.dataset.theme = 'wall'
    else if (this.chosen === 'system') delete root.dataset.theme
    else root.dataset.theme = this.chosen
  }
}

export const theme = new Look()
