// A queue that stands still while somebody points at it, and what waits to enter.
import { live } from '../feed/live.svelte'
import { session } from '../session/session.svelte'
import { held, keptStill, laidOut, type Layout } from './queue'
import { theme } from '../frame/theme.svelte'

class Still {
  /** Only alarms that the operator of this place has in hand. */
  mine = $state(false)
  pointed = $state(false)
  focused = $state(false)
  #kept = $state.raw<Layout | null>(null)

  readonly login = $derived(session.me?.login)
  readonly rows = $derived([...live.alarms.values()].filter((row) => !theme.wall || row.alarm.priority <= 2))
  readonly wanted = $derived(laidOut(this.rows, this.mine ? this.login : undefined))
  readonly shown = $derived(this.#kept ? keptStill(this.#kept, live.alarms) : this.wanted)
  readonly waiting = $derived(this.#kept ? held(this.#kept, this.wanted) : [])

  /** Point at the queue, or leave it. */
  engage(how: 'pointed' | 'focused', is: boolean): void {
    const before = this.pointed || this.focused
    this[how] = is
    const engaged = this.pointed || this.focused
    if (engaged !== before) this.#kept = engaged ? this.wanted : null
  }

  /** Let in what waits: by its own line, by the next key, after an act of one's own. */
  release(): void {
    if (this.#kept) this.#kept = this.wanted
  }

  choose(mine: boolean): void {
    this.mine = mine
    this.release()
  }
}

export const still = new Still()
