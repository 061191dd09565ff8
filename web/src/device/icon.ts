// Which shape stands for a kind of device.
import type { DeviceKind } from '../generated/api'

export function icon(kind: DeviceKind): 'band' | 'home' | 'link' | 'pin' {
  if (kind === 'bracelet') return 'band'
  if (kind === 'home_unit') return 'home'
  return kind === 'relay' ? 'link' : 'pin'
}
