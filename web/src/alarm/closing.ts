// What a closing still needs: the button names it while it cannot be pressed.
import type { Action, Cause, Code } from '../generated/api'
import type { Key } from '../generated/keys'

const LIKELY: Record<string, readonly Cause[]> = {
  A: ['check_not_passed', 'device_fault', 'health_or_emergency', 'own_fault', 'network_outage'],
  B: ['device_tampered', 'device_fault', 'weak_signal', 'maintenance', 'health_or_emergency'],
  C: ['network_outage', 'weak_signal', 'device_fault', 'signal_blocked', 'not_charged'],
  E: ['check_not_passed', 'device_fault', 'health_or_emergency', 'own_fault', 'network_outage'],
  K: ['left_place', 'device_fault', 'weak_signal', 'permission_not_entered', 'health_or_emergency'],
  L: ['weak_signal', 'device_fault', 'signal_blocked', 'own_fault', 'health_or_emergency'],
  M: ['not_carried', 'device_fault', 'weak_signal', 'not_charged', 'health_or_emergency'],
  P: ['left_place', 'device_fault', 'weak_signal', 'permission_not_entered', 'health_or_emergency'],
  S: ['device_tampered', 'device_fault', 'network_outage', 'weak_signal', 'maintenance'],
  T: ['not_charged', 'device_fault', 'maintenance', 'network_outage', 'health_or_emergency'],
  V: ['came_near', 'device_fault', 'weak_signal', 'permission_not_entered', 'health_or_emergency'],
  Z: ['entered_zone', 'left_place', 'weak_signal', 'permission_not_entered', 'health_or_emergency'],
}

const CAUSES: readonly Cause[] = [
  'left_place', 'entered_zone', 'came_near', 'device_tampered', 'signal_blocked', 'not_carried', 'not_charged', 'check_not_passed',
  'device_fault', 'weak_signal', 'network_outage', 'own_fault', 'maintenance', 'permission_not_entered', 'health_or_emergency', 'over_by_itself',
]

export const ACTIONS: readonly Action[] = [
  'talked_with_person', 'person_came_back', 'visited', 'device_inspected', 'device_replaced', 'permission_entered', 'inspector_told', 'police_told', 'engineers_told', 'only_watched',
]

const OURS: readonly Cause[] = ['own_fault', 'network_outage', 'device_fault', 'maintenance']

/** The causes that a code is likely to have. */
export const likely = (code: Code): readonly Cause[] => [...(LIKELY[code.charAt(0)] ?? OURS), 'other']

/** All the others. */
export function unlikely(code: Code): Cause[] {
  const first = new Set(likely(code))
  return CAUSES.filter((cause) => !first.has(cause))
}

export interface Closing {
  ready: boolean
  label: Key
}

export function closing(cause: Cause | null, action: Action | null, grounds: string, armed: boolean): Closing {
  if (cause === null) return { ready: false, label: 'alarm.close_needs_cause' }
  if (action === null) return { ready: false, label: 'alarm.close_needs_action' }
  if (!grounds.trim()) return { ready: false, label: 'alarm.close_needs_grounds' }
  return { ready: true, label: armed ? 'alarm.close_confirm' : 'alarm.close_button' }
}
