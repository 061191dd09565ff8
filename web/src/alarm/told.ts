// An act in words: what was done, and what was said with it.
import type { ActEntry } from '../generated/api'
import { exact } from '../words/say'
import { t } from '../words/words.svelte'

type Act = ActEntry['act']

const RULE = 'rule/'

const PERSON = 'person/'

/** Who did it: a name, the rule that did, or the person whom it is about, on their own page. */
export function doer(by: string): string {
  if (by.startsWith(PERSON)) return t('alarm.by_person')
  return by.startsWith(RULE) ? t('alarm.by_rule', { rule: by.slice(RULE.length) }) : by
}

export function did(act: Act, by: string, now: number): string {
  switch (act.type) {
    case 'step':
      return t('alarm.act.step', { step: t(`step.${act.step}`) })
    case 'contact':
      return t('alarm.act.contact', { whom: t(`whom.${act.whom}`), channel: t(`channel.${act.channel}`), result: t(act.reached ? 'alarm.reached' : 'alarm.not_reached') })
    case 'assign':
      return t('alarm.act.assign', { to: act.to })
    case 'suspend':
      return t('alarm.act.suspend', { time: exact(act.until_at, now) })
    case 'resume':
      return t(by.startsWith(RULE) ? 'alarm.act.resume_by_itself' : 'alarm.act.resume')
    case 'close':
      return act.action === null ? t(`cause.${act.cause}`) : t('alarm.act.close', { cause: t(`cause.${act.cause}`), action: t(`action.${act.action}`) })
    case 'decide':
      return t('alarm.act.decide', { decision: t(`decision.${act.decision}`) })
    case 'escalate':
      return t('alarm.act.escalate', { level: t(`level.${act.level}`) })
    case 'hold':
      return t('alarm.act.hold', { number: String(act.incident_id) })
    case 'take':
    case 'note':
    case 'reopen':
    case 'explain':
    case 'contest':
    case 'free':
      return t(`alarm.act.${act.type}`)
  }
}

/** The words that somebody wrote with an act. */
export function wrote(act: Act): string {
  if ('text' in act) return act.text
  if ('grounds' in act) return act.grounds
  return 'why' in act ? act.why : ''
}
