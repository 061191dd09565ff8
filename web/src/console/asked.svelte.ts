// Something that a page asks for, now and every so often while it is open.
import { read, RefusedError } from '../session/http'
import { said } from '../session/refusal'

export class Asked<T> {
  value = $state.raw<T | null>(null)
  mistake = $state('')

  /** Take what came by another way. */
  take(value: T): void {
    this.value = value
  }

  async ask(path: string): Promise<void> {
    try {
      this.value = (await read(path)) as T
      this.mistake = ''
    } catch (error) {
      if (!(error instanceof RefusedError || error instanceof TypeError)) throw error
      this.mistake = said(error)
    }
  }

  /** Ask now and again; gives what ends it. */
  every(path: string, ms: number): () => void {
    void this.ask(path)
    const asking = setInterval(() => void this.ask(path), ms)
    return () => clearInterval(asking)
  }
}
