// People whom somebody looks for by typing: the server knows all spellings, and gives page after page.
import type { LivePerson } from '../generated/api'
import { api } from '../session/api'

const AFTER_MS = 150

export class LookedFor {
  /** Null until something was asked for and answered. */
  people = $state.raw<readonly LivePerson[] | null>(null)
  count = $state(0)
  #query = ''
  #next: string | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly limit: number) {}

  get more(): number {
    return this.#next === null ? 0 : this.count - (this.people?.length ?? 0)
  }

  /** Ask a moment after the last letter; for nothing, nobody is looked for, or `everybody` is listed. */
  ask(query: string, everybody = false): void {
    this.#query = query.trim()
    clearTimeout(this.#timer)
    if (this.#query === '' && !everybody) this.people = null
    else this.#timer = setTimeout(() => void this.#fetch(null), AFTER_MS)
  }

  /** The next page, under those that are there. */
  goOn(): Promise<void> {
    return this.#fetch(this.#next)
  }

  async #fetch(after: string | null): Promise<void> {
    const asked = this.#query
    try {
      const found = await (asked === '' ? api.people(this.limit, after) : api.find(asked, this.limit, after))
      // What was asked for meanwhile is on its way.
      if (asked !== this.#query) return
      this.#next = found.next
      this.count = found.count
      this.people = after === null ? found.people : [...(this.people ?? []), ...found.people]
    } catch {
      // The bar over the page says that the line is lost; what was found last stays.
    }
  }
}
