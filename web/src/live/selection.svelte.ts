// Whom the screen is about: queue, map and panels follow the same choice.
import { live } from '../feed/live.svelte'
import type { AlarmRow } from '../generated/api'
import { flat, laidOut } from './queue'

class Selection {
  #person = $state<string | null>(null)
  #alarm = $state<number | null>(null)

  /** The chosen alarm, or the first of the queue while nobody chose. */
  readonly alarm: AlarmRow | null = $derived.by(() => {
    if (this.#alarm !== null) return live.alarms.get(this.#alarm) ?? null
    return this.#person === null ? (flat(laidOut(live.alarms.values()))[0] ?? null) : null
  })

  readonly person: string | null = $derived(this.#person ?? this.alarm?.alarm.person_id ?? null)

  choose(row: AlarmRow): void {
    this.#alarm = row.alarm.id
    this.#person = row.alarm.person_id
  }

  choosePerson(id: string): void {
    this.#person = id
    this.#alarm = flat(laidOut(live.alarms.values())).find((row) => row.alarm.person_id === id)?.alarm.id ?? null
  }
}

export const selection = new Selection()
