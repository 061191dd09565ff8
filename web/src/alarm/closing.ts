// What a closing still needs: the button names it while it cannot be pressed.
import type { Cause } from '../generated/api'
import type { Key } from '../generated/keys'

export const CAUSES: readonly Cause[] = ['left_place', 'device_fault', 'entered_zone', 'weak_signal', 'device_tampered', 'health_or_emergency', 'permission_not_entered', 'other']

export type Closing = { ready: false; label: Key } | { ready: true; label: Key }

export function closing(cause: Cause | null, grounds: string, armed: boolean): Closing {
  if (cause === null) return { ready: false, label: 'alarm.close_needs_cause' }
  if (!grounds.trim()) return { ready: false, label: 'alarm.close_needs_grounds' }
  return { ready: true, label: armed ? 'alarm.close_confirm' : 'alarm.close_button' }
}
