import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import CloseForm from '../src/alarm/CloseForm.svelte'
import { closing, likely, unlikely } from '../src/alarm/closing'
import { short } from '../src/alarm/heard'
import { matter } from '../src/alarm/matter'
import RuleBand from '../src/alarm/RuleBand.svelte'
import Why from '../src/alarm/Why.svelte'
import { about, why } from '../src/alarm/reason'
import { climb } from '../src/alarm/level'
import { choices, endOf } from '../src/alarm/resting'
import { todos } from '../src/alarm/steps'
import { did, doer, wrote } from '../src/alarm/told'
import { thresholdValue } from '../src/alarm/threshold'
import { keys } from '../src/frame/keys.svelte'
import HotCard from '../src/live/HotCard.svelte'
import QueueRow from '../src/live/QueueRow.svelte'
import { api } from '../src/session/api'
import { AT, later, page, row } from './rows'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

describe('why', () => {
  it('says what is known: since when, where, how far and how sure', () => {
    expect(why(row({ id: 1 }), Date.parse(AT))).toBe('The tracker has been inside “school No. 3” since 22:04:12. It is 31\u00a0m from the edge, accurate to 9\u00a0m.')
  })

  it('names no distance when none was measured', () => {
    const silent = row({ id: 1, code: 'P02' }, { verdict: null, place: 'home' })
    expect(why(silent, Date.parse(AT))).toBe('The person was due at “home” at 22:04:12; nothing confirms it.')
  })

  it('says of our own system which part it is and what happened there', () => {
    const ours = row({ id: 1, code: 'X05', person_id: '' }, { verdict: null, place: 'accounts' })
    expect([about(ours), why(ours, Date.parse(AT))]).toEqual(['Accounts', 'At 22:04:12 an account was added or a role was changed.'])
    const part = row({ id: 2, code: 'X02', person_id: '' }, { verdict: null, place: 'judge' })
    expect(about(part)).toBe('judge')
  })

  it('writes thresholds with the unit of their name', () => {
    expect(thresholdValue({ name: 'confirm_within_s', value: 180 })).toBe('180 s')
    expect(thresholdValue({ name: 'battery_percent', value: 9 })).toBe('9%')
    expect(thresholdValue({ name: 'return_fixes', value: 2 })).toBe('2')
    expect(short('7f3a0000c1c1')).toBe('7f3a·c1')
  })
})

describe('steps', () => {
  it('are done by the act that names them', () => {
    const act = { at: AT, by: 'ruslan', act: { type: 'step' as const, step: 'ask_to_leave_zone' as const } }
    expect(todos(['call_person', 'ask_to_leave_zone'], [act]).map((one) => one.done !== null)).toEqual([false, true])
  })
})

describe('acts', () => {
  const now = Date.parse(AT)

  it('are told in words, with who did them and what was written', () => {
    const contact = { type: 'contact' as const, whom: 'wearer' as const, channel: 'call' as const, reached: false, text: 'Six rings.' }
    expect(did(contact, 'ruslan', now)).toBe('Person, Call: not reached')
    expect(wrote(contact)).toBe('Six rings.')
    expect(did({ type: 'close', cause: 'weak_signal', action: 'only_watched', grounds: 'Cellar.' }, 'ruslan', now)).toBe('closed: Weak signal; Watched, nothing to do')
    expect(did({ type: 'escalate', level: 1 }, 'rule/escalation', now)).toBe('passed on: senior')
  })

  it('of a rule name the rule, and a rest that ends by itself says so', () => {
    expect(doer('rule/escalation')).toBe('rule escalation')
    expect(did({ type: 'resume' }, 'rule/rest', now)).toBe('came back by itself')
    expect(did({ type: 'resume' }, 'ruslan', now)).toBe('took up again')
  })
})

describe('levels', () => {
  it('say who is asked next and how soon, until nobody stands higher', () => {
    expect(climb(row({ id: 1 }), Date.parse(later(1)))).toEqual({ to: 1, left_ms: 120_000 })
    expect(climb(row({ id: 1, level: 1 }), Date.parse(later(9)))).toEqual({ to: 2, left_ms: 0 })
    expect(climb(row({ id: 1, level: 2 }), Date.parse(AT))).toBeNull()
    expect(climb({ ...row({ id: 1 }), take_until: null }, Date.parse(AT))).toBeNull()
  })
})

describe('what an alarm is about', () => {
  it('is our own system or an area where nobody is named, and a finding about us is not doubted as ours once more', () => {
    const late = row({ id: 7, person_id: '', code: 'X01' })
    const band = render(RuleBand, { page: page(late), row: late })
    expect(screen.getByText('About our own system')).toBeTruthy()
    band.unmount()
    const outage = row({ id: 8, person_id: '', code: 'C07' })
    render(RuleBand, { page: page(outage), row: outage })
    expect(screen.getByText('About an area')).toBeTruthy()
    expect([late, outage].map((one) => matter(one.alarm))).toEqual(['ourselves', 'area'])
    render(Why, { page: page(late), row: late, zones: [] })
    expect(screen.queryByText(/Could it be us/)).toBeNull()
  })

  it('is the case where the registers say it, and not what any device said', () => {
    const ends = row({ id: 10, code: 'W07' })
    render(RuleBand, { page: page(ends), row: ends })
    expect(screen.getByText('About the case')).toBeTruthy()
    render(Why, { page: page(ends), row: ends, zones: [] })
    expect(screen.getByText(/follows from what is entered in the case/)).toBeTruthy()
    expect(screen.queryByText(/Could it be us/)).toBeNull()
  })

  it('is a person and their equipment otherwise', () => {
    const cut = row({ id: 9, code: 'B01' })
    render(Why, { page: page(cut), row: cut, zones: [] })
    expect(screen.getByText(/Could it be us/)).toBeTruthy()
    expect(matter(cut.alarm)).toBe('person')
  })
})

describe('a rest', () => {
  it('is never longer than its priority allows', () => {
    expect([1, 2, 3].map((priority) => Math.max(...choices(priority)) / 3_600_000)).toEqual([1, 8, 24])
    expect(Date.parse(endOf(3_600_000, Date.parse(AT)))).toBeLessThan(Date.parse(later(60)))
  })
})

describe('closing', () => {
  it('names what is missing, cause first', () => {
    expect(closing(null, null, 'words', false)).toEqual({ ready: false, label: 'alarm.close_needs_cause' })
    expect(closing('other', null, 'words', false)).toEqual({ ready: false, label: 'alarm.close_needs_action' })
    expect(closing('other', 'visited', '  ', false)).toEqual({ ready: false, label: 'alarm.close_needs_grounds' })
    expect(closing('other', 'visited', 'words', true)).toEqual({ ready: true, label: 'alarm.close_confirm' })
  })

  it('offers every cause once, the likely ones first', () => {
    for (const code of ['B01', 'C07', 'P01', 'X03'] as const) {
      const all = [...likely(code), ...unlikely(code)]
      expect(new Set(all).size).toBe(all.length)
      expect(all).toHaveLength(17)
    }
  })

  it('asks once more in place before it closes', async () => {
    const closed = vi.spyOn(api, 'act').mockResolvedValue(row({ id: 5, state: 'closed' }))
    const mine = row({ id: 5, state: 'taken', taken_by: 'me' })
    render(CloseForm, { row: mine, page: page(mine) })
    expect(screen.getByRole('button', { name: /Choose a cause/ })).toBeTruthy()
    await fireEvent.click(screen.getByLabelText('Weak signal'))
    await fireEvent.change(screen.getByLabelText('What was done'), { target: { value: 'talked_with_person' } })
    await fireEvent.input(screen.getByLabelText('What was found, what was done'), { target: { value: 'Was in the cellar.' } })
    await fireEvent.click(screen.getByRole('button', { name: /Close alarm/ }))
    expect(closed).not.toHaveBeenCalled()
    await fireEvent.click(screen.getByRole('button', { name: /Confirm closing/ }))
    expect(closed).toHaveBeenCalledWith(5, { type: 'close', cause: 'weak_signal', action: 'talked_with_person', grounds: 'Was in the cellar.' })
  })

  it('of an incident says before how many it closes with it', () => {
    const incident = row({ id: 9, code: 'C07', person_id: '', count: 2 })
    render(CloseForm, { row: incident, page: page(incident, { held: { all: 3, open: 2 } }) })
    expect(screen.getByText(/Closes the 2 alarms of this incident too/)).toBeTruthy()
  })
})

describe('rows of the queue', () => {
  it('a priority 1 that nobody took offers one main act', async () => {
    const take = vi.spyOn(api, 'act').mockResolvedValue(row({ id: 7, state: 'taken', taken_by: 'me' }))
    const { container } = render(HotCard, { row: row({ id: 7 }), selected: true, onpick: () => undefined })
    expect(container.querySelectorAll('.btn.main')).toHaveLength(1)
    await fireEvent.click(screen.getByRole('button', { name: /Take/ }))
    expect(take).toHaveBeenCalledWith(7, { type: 'take' })
  })

  it('what late data took away is struck, what came late says so', () => {
    const { container } = render(QueueRow, { row: row({ id: 8, superseded_at: AT, late: true, raised_at: later(41) }), selected: false, onpick: () => undefined })
    expect(container.querySelector('.struck')).not.toBeNull()
    expect(container.textContent).toContain('arrived 41\u00a0min late')
  })
})

describe('keys', () => {
  const press = (code: string, target: Element = document.body) => {
    const event = new KeyboardEvent('keydown', { code, bubbles: true, cancelable: true })
    target.dispatchEvent(event)
    keys.press(event)
    return event
  }

  it('answer to the place of the key, the last layer first, and not in a field', () => {
    const acts: string[] = []
    const low = keys.bind([{ code: 'KeyA', label: 'A', does: 'key.take', act: () => acts.push('low') }])
    const high = keys.bind([{ code: 'KeyA', label: 'A', does: 'key.take', act: () => acts.push('high') }])
    press('KeyA')
    high()
    press('KeyA')
    const field = document.createElement('input')
    document.body.append(field)
    press('KeyA', field)
    low()
    press('KeyA')
    expect(acts).toEqual(['high', 'low'])
  })
})
