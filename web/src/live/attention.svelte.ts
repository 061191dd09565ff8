// When this screen asks for attention: the title's count, and tones at the catalogue's moments.
import { onMount } from 'svelte'
import { live } from '../feed/live.svelte'
import { now } from '../feed/now.svelte'
import type { AlarmRow } from '../generated/api'
import { graceUntil } from './remaining'
import { sound } from './sound.svelte'

/** After how many seconds a priority 1 that nobody took is heard again. */
const AGAIN_S = [60, 120, 150]

/** How many repeats are due for an alarm of this age. */
export function due(age_s: number): number {
  return AGAIN_S.filter((moment) => age_s >= moment).length
}

const waits = (row: AlarmRow) => row.alarm.state === 'open' && row.alarm.priority === 1 && row.alarm.superseded_at === null

/** Whether somebody is asked about an alarm that was left to the wearer. */
const asked = ({ alarm }: AlarmRow) => alarm.state === 'open' && alarm.cleared_at === null && alarm.superseded_at === null && alarm.incident_id === null

/** How many priority 1 wait for somebody: what the title counts. */
export const waiting = () => [...live.alarms.values()].filter(waits).length

/** Put the count of waiting priority 1 before a title. */
export function counted(title: string): string {
  const count = waiting()
  return count > 0 ? `(${count}) ${title}` : title
}

export function watchAttention(): void {
  const repeated = new Map<number, number>()
  /** What is left to the wearer: heard when that time is over. */
  const left = new Set<number>()

  onMount(() =>
    live.hear((row, fresh) => {
      if (!fresh || row.alarm.state !== 'open') return
      if (row.alarm.priority === 1) sound.priority1()
      else if (row.alarm.priority === 2 && graceUntil(row, now.ms) === null) sound.priority2()
    }),
  )

  $effect(() => {
    if (live.lost_since !== null) sound.lost()
  })

  $effect(() => {
    for (const row of live.alarms.values()) {
      if (graceUntil(row, now.ms) !== null) left.add(row.alarm.id)
      else if (left.delete(row.alarm.id) && asked(row)) sound.priority2()
    }
  })

  $effect(() => {
    for (const row of live.alarms.values()) {
      if (!waits(row)) continue
      const owed = due((now.ms - Date.parse(row.alarm.raised_at)) / 1000)
      const done = repeated.get(row.alarm.id)
      repeated.set(row.alarm.id, owed)
      if (done !== undefined && owed > done) sound.priority1()
    }
  })
}
