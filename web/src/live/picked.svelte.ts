// Several alarms of priority 3 chosen at once: what is done to them is done to each for itself.
import { live } from '../feed/live.svelte'
import type { AlarmRow } from '../generated/api'

/** Whether an alarm may be one of many: only the third priority, and never an incident. */
export const pickable = ({ alarm }: AlarmRow): boolean => alarm.priority === 3 && alarm.person_id !== '' && alarm.state !== 'closed'

class Picked {
  #ids = $state.raw<ReadonlySet<number>>(new Set())

  /** What of it is still there to be done. */
  readonly rows: readonly AlarmRow[] = $derived([...this.#ids].flatMap((id) => live.alarms.get(id) ?? []).filter(pickable))

  has = (id: number): boolean => this.#ids.has(id)

  turn(row: AlarmRow): void {
    if (!pickable(row)) return
    const ids = new Set(this.#ids)
    if (!ids.delete(row.alarm.id)) ids.add(row.alarm.id)
    this.#ids = ids
  }

  /** All that nobody has laid aside. */
  all(): void {
    this.#ids = new Set([...live.alarms.values()].filter((row) => pickable(row) && row.alarm.state !== 'suspended').map((row) => row.alarm.id))
  }

  clear(): void {
    this.#ids = new Set()
  }
}

export const picked = new Picked()
