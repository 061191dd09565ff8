import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Me } from '../src/generated/api'
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
