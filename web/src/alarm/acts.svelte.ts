// What an operator does to an alarm. The answer is shown at once; a refusal is a sentence.
import { live } from '../feed/live.svelte'
import type { Cause } from '../generated/api'
import { api } from '../session/api'
import { said } from '../session/refusal'

class Acts {
  /** The alarm whose act is on its way. */
  busy = $state<number | null>(null)
  refused = $state<{ alarm: number; sentence: string } | null>(null)

  async #act(alarm: number, act: () => Promise<Parameters<typeof live.told>[0]>): Promise<boolean> {
    if (this.busy !== null) return false
    this.busy = alarm
    this.refused = null
    try {
      live.told(await act())
      return true
    } catch (error) {
      this.refused = { alarm, sentence: said(error) }
      return false
    } finally {
      this.busy = null
    }
  }

  take = (alarm: number) => this.#act(alarm, () => api.take(alarm))
  note = (alarm: number, text: string) => this.#act(alarm, () => api.note(alarm, { text }))
  close = (alarm: number, cause: Cause, grounds: string) => this.#act(alarm, () => api.close(alarm, { cause, grounds }))
}

export const acts = new Acts()
