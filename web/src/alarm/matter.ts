// What an alarm is about: a person with their equipment, an area with many of them, or our own system.
import type { Alarm } from '../generated/api'

export type Matter = 'person' | 'area' | 'ourselves'

export function matter(alarm: Pick<Alarm, 'code'>): Matter {
  if (alarm.code === 'C07') return 'area'
  return alarm.code.startsWith('X') ? 'ourselves' : 'person'
}
