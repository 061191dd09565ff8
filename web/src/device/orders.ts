// An order to a device in words: what it is, how far it has come, and what the device said of it.
import type { CommandRow } from '../generated/api'
import { exact } from '../words/say'
import { maybe, t } from '../words/words.svelte'

/** When it reached the state in which it is. */
export function reachedAt(row: CommandRow): string {
  return row.ended_at ?? row.acknowledged_at ?? row.sent_at ?? row.command.issued_at
}

export const stateOf = (row: CommandRow, now_ms: number) => t('command.reached', { by: row.by, state: t(`command.state.${row.state}`), time: exact(reachedAt(row), now_ms) })

/** What the device said of it: a sentence where we know its word, else the word itself. */
export function detailOf({ detail }: CommandRow): string {
  return detail && (maybe(`command.detail.${detail.replaceAll(' ', '_')}`) ?? detail)
}

export const under = (row: CommandRow) => row.state === 'queued' || row.state === 'sent' || row.state === 'acknowledged'
