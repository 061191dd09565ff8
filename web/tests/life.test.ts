import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, describe, expect, it, vi } from 'vitest'
import Record from '../src/alarm/Record.svelte'
import { acts } from '../src/alarm/acts.svelte'
import { live } from '../src/feed/live.svelte'
import { rate, share } from '../src/load/figure'
import { picked, pickable } from '../src/live/picked.svelte'
import { api } from '../src/session/api'
import { row } from './rows'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
  live.stop()
  picked.clear()
})

describe('acts pressed one after the other', () => {
  it('are all sent, in their order, though the first is still on its way', async () => {
    const answers: (() => void)[] = []
    const act = vi.spyOn(api, 'act').mockImplementation((id) => new Promise((resolve) => answers.push(() => resolve(row({ id })))))
    const taken = acts.take(3)
    const noted = acts.do(3, { type: 'note', text: 'On the way.' })
    await vi.waitFor(() => expect(act).toHaveBeenCalledTimes(1))
    answers.shift()?.()
    expect(await taken).toBe(true)
    await vi.waitFor(() => expect(act).toHaveBeenLastCalledWith(3, { type: 'note', text: 'On the way.' }))
    answers.shift()?.()
    expect(await noted).toBe(true)
  })

  it('go on after a refusal', async () => {
    vi.spyOn(api, 'act').mockRejectedValueOnce(new Error('no')).mockResolvedValueOnce(row({ id: 3 }))
    expect(await Promise.all([acts.take(3), acts.do(3, { type: 'resume' })])).toEqual([false, true])
  })

  it('are sent once where the same key is pressed twice', async () => {
    const act = vi.spyOn(api, 'act').mockResolvedValue(row({ id: 3 }))
    expect(await Promise.all([acts.take(3), acts.take(3)])).toEqual([true, true])
    expect(act).toHaveBeenCalledTimes(1)
  })
})

describe('what happened', () => {
  it('is written down as a contact, reached or not', async () => {
    const act = vi.spyOn(api, 'act').mockResolvedValue(row({ id: 3 }))
    render(Record, { row: row({ id: 3 }), kind: 'contact', choose: () => undefined, done: () => Promise.resolve() })
    await fireEvent.input(screen.getByLabelText('What was said'), { target: { value: 'Six rings.' } })
    await fireEvent.click(screen.getByRole('button', { name: 'No answer' }))
    expect(act).toHaveBeenCalledWith(3, { type: 'contact', whom: 'wearer', channel: 'call', reached: false, text: 'Six rings.' })
  })

  it('about nobody in particular asks for no words of a person', () => {
    render(Record, { row: row({ id: 3, person_id: '', code: 'X03' }), kind: 'explain', choose: () => undefined, done: () => Promise.resolve() })
    expect(screen.queryByRole('button', { name: "Person's words" })).toBeNull()
  })
})

describe('many at once', () => {
  it('are alarms of the third priority about a person', () => {
    expect([row({ id: 1, priority: 3 }), row({ id: 2, priority: 1 }), row({ id: 3, priority: 3, person_id: '' })].map(pickable)).toEqual([true, false, false])
  })

  it('forget what somebody else has closed meanwhile', () => {
    live.told(row({ id: 1, priority: 3 }))
    live.told(row({ id: 2, priority: 3 }))
    picked.all()
    expect(picked.rows).toHaveLength(2)
    live.told(row({ id: 1, priority: 3, state: 'closed' }))
    expect(picked.rows.map(({ alarm }) => alarm.id)).toEqual([2])
  })
})

describe('what an incident holds', () => {
  it('leaves the queue and comes back when it is freed', () => {
    live.told(row({ id: 4 }))
    live.told(row({ id: 4, incident_id: 9 }))
    expect(live.alarms.has(4)).toBe(false)
    live.told(row({ id: 4 }))
    expect(live.alarms.has(4)).toBe(true)
  })
})

describe('figures of the load', () => {
  it('are a dash where there is nothing that they could be of', () => {
    expect([share(null), share(0.034), share(0.34), rate(null), rate(0.271), rate(12.4)]).toEqual(['–', '3%', '34%', '–', '0.27', '12'])
  })
})
