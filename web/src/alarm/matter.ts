// What an alarm is about: a person with their equipment, what stands in a case, an area with many, or our own system.
import type { Alarm } from '../generated/api'

export type Matter = 'person' | 'case' | 'area' | 'ourselves'

export function matter(alarm: Pick<Alarm, 'code'>): Matter {
  if (alarm.code === 'C07') return 'area'
  if (alarm.code.startsWith('W')) return 'case'
  return alarm.code.startsWith('X') ? 'ourselves' : 'person'
}
