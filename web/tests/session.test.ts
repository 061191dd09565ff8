import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Me } from '../src/generated/api'
import { once } from '../src/session/http'
import { session } from '../src/session/session.svelte'
import { words } from '../src/words/words.svelte'

const ME: Me = { login: 'aliya', name: 'Әлия С.', csrf: 'c', language: 'kk', role: 'operator', may: [], locked: false, lock_after_s: 900, timezone: 'Asia/Almaty' }

afterEach(() => {
  vi.unstubAllGlobals()
  session.me = null
})

describe('who is signed in', () => {
  it('reads every time as it is at the installation, also who never watches the live screen', async () => {
    words.timezone = 'America/Santiago'
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ ...ME, language: 'en', role: 'auditor' }))))
    await session.begin()
    expect(session.me?.role).toBe('auditor')
    expect(words.timezone).toBe('Asia/Almaty')
  })
})

describe('covering the page', () => {
  it('is told to the server as soon as it answers again: loading anew uncovers nothing', async () => {
    let away = true
    const asked: string[] = []
    vi.stubGlobal('fetch', (path: string) => {
      asked.push(path)
      return away ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(new Response(null, { status: 204 }))
    })
    session.me = ME
    await session.cover()
    expect(session.me.locked).toBe(true)
    expect(session.untold).toBe(true)
    away = false
    await session.tell()
    expect(session.untold).toBe(false)
    expect(asked).toEqual(['/api/session/lock', '/api/session/lock'])
  })

  it('is not told on and on to a server that ended the session', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"key": "session.refused.expired", "params": {}}', { status: 401 })))
    session.me = ME
    await session.cover()
    expect(session.untold).toBe(false)
  })
})

describe('a session that ends under the page', () => {
  const EXPIRED: [number, object] = [401, { key: 'session.refused.expired', params: {} }]
  let answers: Record<string, [number, object | null]>
  let asked: { what: string; csrf: string | null; key: string | null }[]
  let left: string[]

  beforeEach(async () => {
    answers = { 'GET /api/session': [200, ME] }
    asked = []
    left = []
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
      const what = `${init.method ?? 'GET'} ${path}`
      const headers = new Headers(init.headers)
      asked.push({ what, csrf: headers.get('X-CSRF-Token'), key: headers.get('Idempotency-Key') })
      const answer = answers[what]
      return answer ? Promise.resolve(new Response(JSON.stringify(answer[1]), { status: answer[0] })) : Promise.reject(new TypeError('Failed to fetch'))
    })
    vi.spyOn(location, 'replace').mockImplementation((path) => void left.push(String(path)))
    await session.signOut().catch(() => undefined)
    await session.begin()
    answers = { 'GET /api/session': [200, null], 'POST /api/alarms/7/acts': EXPIRED }
  })

  afterEach(() => {
    vi.restoreAllMocks()
    session.over = false
  })

  const note = () => once('/api/alarms/7/acts', { type: 'note', text: 'Six rings.' })
  const refused = () => expect(note()).rejects.toThrow('session.refused.expired')

  it('covers it, and its owner goes on where they were', async () => {
    await refused()
    await vi.waitFor(() => expect(asked.at(-1)?.what).toBe('GET /api/session'))
    expect([session.over, session.hidden, session.me?.login]).toEqual([true, true, 'aliya'])
    answers = { 'POST /api/session': [200, { ...ME, csrf: 'another' }], 'POST /api/alarms/7/acts': [200, {}] }
    await session.signIn({ login: 'aliya', password: 'right', code: '' })
    expect([session.over, session.hidden]).toEqual([false, false])
    await note()
    expect(asked.at(-1)?.csrf).toBe('another')
    expect(left).toEqual([])
  })

  it('is begun anew for anybody else, and stays covered until then', async () => {
    await refused()
    answers = { 'POST /api/session': [200, { ...ME, login: 'marat' }] }
    await session.signIn({ login: 'marat', password: 'right', code: '' })
    expect(left).toEqual(['/'])
    expect([session.hidden, session.me?.login]).toEqual([true, 'aliya'])
  })

  it('goes on by itself where its owner signed in anew in another window', async () => {
    answers = { 'GET /api/session': [200, { ...ME, csrf: 'another' }], 'POST /api/alarms/7/acts': [403, { key: 'request.refused.wrong_csrf', params: {} }] }
    await expect(note()).rejects.toThrow('request.refused.wrong_csrf')
    await vi.waitFor(() => expect(session.over).toBe(false))
    answers = { 'POST /api/alarms/7/acts': [200, {}] }
    await note()
    expect(asked.at(-1)?.csrf).toBe('another')
  })

  it('is covered at once where somebody else signed in in another window', async () => {
    answers = { 'GET /api/session': [200, { ...ME, login: 'marat', csrf: 'another' }], 'POST /api/alarms/7/acts': EXPIRED }
    await refused()
    await vi.waitFor(() => expect(left).toEqual(['/']))
    expect(session.hidden).toBe(true)
  })

  it('stays covered while nobody answers who is signed in', async () => {
    answers = { 'POST /api/alarms/7/acts': EXPIRED }
    await refused()
    await vi.waitFor(() => expect(asked.at(-1)?.what).toBe('GET /api/session'))
    expect([session.over, session.me?.login]).toEqual([true, 'aliya'])
  })

  it('asks again with the same key for what was on its way when it ended', async () => {
    answers = {}
    await expect(note()).rejects.toThrow(TypeError)
    const { key } = asked.at(-1) ?? {}
    answers = { 'POST /api/session': [200, { ...ME, csrf: 'another' }], 'POST /api/alarms/7/acts': [200, {}] }
    await session.signIn({ login: 'aliya', password: 'right', code: '' })
    await note()
    expect(asked.at(-1)?.key).toBe(key)
  })

  it('is left by its own door though the server ended it before', async () => {
    await refused()
    answers = { 'DELETE /api/session': EXPIRED }
    await session.signOut()
    expect([session.me, session.over]).toEqual([null, false])
  })
})
