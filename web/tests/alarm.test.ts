import { fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import CloseForm from '../src/alarm/CloseForm.svelte'
import { closing } from '../src/alarm/closing'
import { short } from '../src/alarm/heard'
import { why } from '../src/alarm/reason'
import { stepsOf } from '../src/alarm/steps'
import { thresholdValue } from '../src/alarm/threshold'
import { keys } from '../src/frame/keys.svelte'
import HotCard from '../src/live/HotCard.svelte'
import QueueRow from '../src/live/QueueRow.svelte'
import { api } from '../src/session/api'
import { AT, later, row } from './rows'

afterEach(() => vi.restoreAllMocks())

describe('why', () => {
  it('says what is known: since when, where, how far and how sure', () => {
    expect(why(row({ id: 1 }), Date.parse(AT))).toBe('The tracker has been inside “school No. 3” since 22:04:12. It is 31\u00a0m from the edge, accurate to 9\u00a0m.')
  })

  it('names no distance when none was measured', () => {
    const silent = row({ id: 1, code: 'P02' }, { verdict: null, place: 'home' })
    expect(why(silent, Date.parse(AT))).toBe('The person was due at “home” at 22:04:12; nothing confirms it.')
  })

  it('writes thresholds with the unit of their name', () => {
    expect(thresholdValue({ name: 'confirm_within_s', value: 180 })).toBe('180 s')
    expect(thresholdValue({ name: 'battery_percent', value: 9 })).toBe('9%')
    expect(thresholdValue({ name: 'return_fixes', value: 2 })).toBe('2')
    expect(short('7f3a0000c1c1')).toBe('7f3a·c1')
  })
})

describe('steps', () => {
  it('are done by a note that begins with their number', () => {
    const act = { at: AT, by: 'ruslan', kind: 'note', text: '[2/4] Warn them', cause: null }
    expect(stepsOf('Z01', 4, [act]).map((step) => step.done !== null)).toEqual([false, true, false, false])
  })
})

describe('closing', () => {
  it('names what is missing, cause first', () => {
    expect(closing(null, 'words', false)).toEqual({ ready: false, label: 'alarm.close_needs_cause' })
    expect(closing('other', '  ', false)).toEqual({ ready: false, label: 'alarm.close_needs_grounds' })
    expect(closing('other', 'words', true)).toEqual({ ready: true, label: 'alarm.close_confirm' })
  })

  it('asks once more in place before it closes', async () => {
    const closed = vi.spyOn(api, 'close').mockResolvedValue(row({ id: 5, state: 'closed' }))
    render(CloseForm, { row: row({ id: 5, state: 'taken', taken_by: 'me' }) })
    expect(screen.getByRole('button').textContent).toContain('Choose a cause')
    await fireEvent.click(screen.getByLabelText('Weak signal'))
    await fireEvent.input(screen.getByLabelText('What was found, what was done'), { target: { value: 'Was in the cellar.' } })
    await fireEvent.click(screen.getByRole('button', { name: /Close alarm/ }))
    expect(closed).not.toHaveBeenCalled()
    await fireEvent.click(screen.getByRole('button', { name: /Confirm closing/ }))
    expect(closed).toHaveBeenCalledWith(5, { cause: 'weak_signal', grounds: 'Was in the cellar.' })
  })
})

describe('rows of the queue', () => {
  it('a priority 1 that nobody took offers one main act', async () => {
    const take = vi.spyOn(api, 'take').mockResolvedValue(row({ id: 7, state: 'taken', taken_by: 'me' }))
    const { container } = render(HotCard, { row: row({ id: 7 }), selected: true, onpick: () => undefined })
    expect(container.querySelectorAll('.btn.main')).toHaveLength(1)
    await fireEvent.click(screen.getByRole('button', { name: /Take/ }))
    expect(take).toHaveBeenCalledWith(7)
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
