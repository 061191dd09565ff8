// What an operator does to alarms. The answer is shown at once; a refusal is a sentence.
import { live } from '../feed/live.svelte'
import type { AlarmRow } from '../generated/api'
import { api, type Doable } from '../session/api'
import { doneBefore } from '../session/http'
import { inWords, said } from '../session/refusal'

/** What became of one act about several alarms. */
export interface Outcome {
  done: number
  /** Why not, each sentence once. */
  refused: readonly string[]
}

/** What was done before its answer was lost is done: then the alarm is read as it is now. */
async function done(alarm: number, act: Doable): Promise<AlarmRow> {
  try {
    return await api.act(alarm, act)
  } catch (error) {
    if (!doneBefore(error)) throw error
    return (await api.alarm(alarm)).row
  }
}

class Acts {
  /** The alarm whose act is on its way; 0 while it is about several. */
  busy = $state<number | null>(null)
  refused = $state<{ alarm: number; sentence: string } | null>(null)

  #last: Promise<unknown> = Promise.resolve()
  readonly #waiting = new Map<string, Promise<unknown>>()

  /**
   * One after the other, in the order of the keys: the feed may show an act before its answer is here,
   * and what is pressed meanwhile must not be lost. The same act pressed twice is sent once.
   */
  #send<T>(alarm: number, act: unknown, ask: () => Promise<T>): Promise<T | null> {
    const key = JSON.stringify([alarm, act])
    const already = this.#waiting.get(key) as Promise<T | null> | undefined
    if (already) return already
    const sent = this.#last.then(() => this.#ask(alarm, ask)).finally(() => this.#waiting.delete(key))
    this.#last = sent
    this.#waiting.set(key, sent)
    return sent
  }

  async #ask<T>(alarm: number, ask: () => Promise<T>): Promise<T | null> {
    this.busy = alarm
    this.refused = null
    try {
      return await ask()
    } catch (error) {
      this.refused = { alarm, sentence: said(error) }
      return null
    } finally {
      this.busy = null
    }
  }

  /** Do it to one alarm; give whether it was done. */
  async do(alarm: number, act: Doable): Promise<boolean> {
    const row = await this.#send(alarm, act, () => done(alarm, act))
    if (row) live.told(row)
    return row !== null
  }

  /** Do the same to several; each is done or refused for itself. */
  async doAll(numbers: readonly number[], act: Doable): Promise<Outcome | null> {
    const results = await this.#send(0, [numbers, act], () => api.actAll(numbers, act))
    if (!results) return null
    for (const { row } of results) if (row) live.told(row)
    const sentences = results.flatMap(({ refusal }) => (refusal ? [inWords(refusal)] : []))
    return { done: results.filter(({ row }) => row !== null).length, refused: [...new Set(sentences)] }
  }

  take = (alarm: number) => this.do(alarm, { type: 'take' })
}

export const acts = new Acts()
