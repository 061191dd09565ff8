// What the console's program says, asked for again and again; and where on its pages we are.
import type { ConsoleState } from '../generated/api'
import { change, read, RefusedError } from '../session/http'
import { words } from '../words/words.svelte'

export type Section = 'near' | 'finder' | 'check' | 'visits' | 'device' | 'person' | 'work' | 'walk'
const SECTIONS: readonly Section[] = ['near', 'finder', 'check', 'visits', 'device', 'person', 'work', 'walk']
const OF_SOMEBODY: ReadonlySet<Section> = new Set(['person', 'work', 'walk'])
const EVERY_MS = 1000

class Desk {
  state = $state.raw<ConsoleState | null>(null)
  /** The program does not answer. */
  gone = $state(false)
  section = $state<Section>('near')
  person = $state('')
  #spoken = ''

  constructor() {
    addEventListener('hashchange', () => this.#follow())
    this.#follow()
  }

  #follow(): void {
    const [name = '', id = ''] = location.hash.slice(1).split('/')
    const section = SECTIONS.find((one) => one === name) ?? 'near'
    this.section = id === '' && OF_SOMEBODY.has(section) ? 'visits' : section
    this.person = decodeURIComponent(id)
  }

  go(section: Section, person = ''): void {
    location.hash = person ? `${section}/${encodeURIComponent(person)}` : section
  }

  async look(): Promise<void> {
    try {
      this.take((await read('/api/state')) as ConsoleState)
      this.gone = false
    } catch (error) {
      if (error instanceof RefusedError || error instanceof TypeError) this.gone = true
      else throw error
    }
  }

  take(state: ConsoleState): void {
    this.state = state
    words.timezone = state.timezone
    if (state.language && state.officer !== this.#spoken) {
      this.#spoken = state.officer
      void words.use(state.language)
    }
  }

  follow(): () => void {
    void this.look()
    const asking = setInterval(() => void this.look(), EVERY_MS)
    return () => clearInterval(asking)
  }

  async unlock(password: string, login: string): Promise<void> {
    this.take((await change('POST', '/api/unlock', { password, login })) as ConsoleState)
  }

  async lock(): Promise<void> {
    await change('POST', '/api/lock')
    await this.look()
  }
}

export const desk = new Desk()
