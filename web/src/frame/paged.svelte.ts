// A list that comes page by page, each from where the one before ended.
import { Loaded } from './loaded.svelte'

export interface Page {
  rows: readonly unknown[]
  next: string | number | null
}

export class Paged<P extends Page> {
  #further = $state.raw<readonly P['rows'][number][]>([])
  next = $state.raw<P['next']>(null)
  readonly first: Loaded<P>

  constructor(private readonly fetch: (after: P['next']) => Promise<P>) {
    this.first = new Loaded(async () => {
      const page = await fetch(null)
      this.#further = []
      this.next = page.next
      return page
    })
  }

  get rows(): readonly P['rows'][number][] {
    return [...(this.first.value?.rows ?? []), ...this.#further]
  }

  /** Read on; what goes wrong is whoever asked's to say. */
  async more(): Promise<void> {
    const page = await this.fetch(this.next)
    this.#further = [...this.#further, ...page.rows]
    this.next = page.next
  }
}
