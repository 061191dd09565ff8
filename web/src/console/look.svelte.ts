// How the console looks: light, dark, or for bright sun.
export type Theme = 'light' | 'dark' | 'sun'
export const THEMES: readonly Theme[] = ['light', 'dark', 'sun']

const REMEMBERED = 'baqylau.console.theme'

class Look {
  theme = $state<Theme>(THEMES.find((one) => one === localStorage.getItem(REMEMBERED)) ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))

  choose(theme: Theme): void {
    this.theme = theme
    localStorage.setItem(REMEMBERED, theme)
    this.apply()
  }

  apply(): void {
    document.documentElement.dataset.theme = this.theme
  }
}

export const look = new Look()
