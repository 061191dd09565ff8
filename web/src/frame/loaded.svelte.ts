// A page's facts on their way: nothing for 300 ms, then the page's shape, after 5 s a sentence.
import { RefusedError } from '../session/http'

type Stage = 'quiet' | 'shape' | 'slow'

export class Loaded<T> {
  value = $state.raw<T | null>(null)
  stage = $state<Stage>('quiet')
  failed = $state.raw<unknown>(null)
  #turn = 0

  constructor(private readonly fetch: () => Promise<T>) {}

  get missing(): boolean {
    return this.failed instanceof RefusedError && this.failed.status === 404
  }

  /** Read again; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    const turn = (this.#turn += 1)
    this.stage = 'quiet'
    const timers = [setTimeout(() => (this.stage = 'shape'), 300), setTimeout(() => (this.stage = 'slow'), 5000)]
    try {
      const value = await this.fetch()
      if (turn !== this.#turn) return
      this.value = value
      this.failed = null
    } catch (error) {
      if (turn === this.#turn) this.failed = error
    } finally {
      timers.forEach(clearTimeout)
    }
  }
}
