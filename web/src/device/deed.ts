// What an officer did on equipment with a console, in words.
import type { FieldDeed } from '../generated/api'
import { t } from '../words/words.svelte'

export function deed(one: Pick<FieldDeed, 'kind' | 'order' | 'off' | 'on'>): string {
  if (one.kind === 'walk') return t('console.job.walk')
  if (one.kind !== 'order') return t(`console.job.${one.kind}`, { off: one.off, on: one.on })
  return t(one.order === 'walk' ? 'console.job.walk_unit' : one.order === 'report' ? 'console.job.report' : 'console.job.locate', { on: one.on })
}
