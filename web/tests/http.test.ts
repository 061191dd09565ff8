import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { change, doneBefore, ensure, ensureFile, joined, lost, once, RefusedError } from '../src/session/http'

const PATH = '/api/alarms/7/acts'
const NOTE = { type: 'note', text: 'Six rings.' }

let asked: { key: string | null; signal: AbortSignal | null }[]
let answers: (() => Promise<Response>)[]

const nobody = () => Promise.reject(new TypeError('Failed to fetch'))
const done = () => Promise.resolve(new Response('{"done": true}'))
const refused = (status: number, body: string) => () => Promise.resolve(new Response(body, { status }))

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  answers = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    asked.push({ key: new Headers(init.headers).get('Idempotency-Key'), signal: init.signal ?? null })
    return (answers.shift() ?? done)()
  })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const keys = () => new Set(asked.map(({ key }) => key)).size

describe('a change that must not be done twice', () => {
  it('is asked for again with the same key', async () => {
    answers = [nobody, nobody]
    await expect(once(PATH, NOTE)).rejects.toThrow(TypeError)
    await expect(once(PATH, NOTE)).rejects.toThrow(TypeError)
    await once(PATH, NOTE)
    expect(asked).toHaveLength(3)
    expect(keys()).toBe(1)
  })

  it('has another key once it was answered: who writes the same again means it', async () => {
    await once(PATH, NOTE)
    await once(PATH, NOTE)
    expect(keys()).toBe(2)
  })

  it('has another key when other words are sent', async () => {
    answers = [nobody]
    await expect(once(PATH, NOTE)).rejects.toThrow(TypeError)
    await once(PATH, { ...NOTE, text: 'Seven rings.' })
    expect(keys()).toBe(2)
  })

  it('has another key when it was refused, and the same after a fault on the way or in the server', async () => {
    answers = [refused(409, '{"key": "alarm.refused.closed", "params": {}}'), refused(502, '<html>Bad gateway</html>'), refused(503, '{"key": "server.refused.database_away", "params": {}}')]
    for (let press = 0; press < 3; press += 1) await expect(once(PATH, NOTE)).rejects.toThrow(RefusedError)
    await once(PATH, NOTE)
    const [first, ...then] = asked.map(({ key }) => key)
    expect(then).not.toContain(first)
    expect(new Set(then).size).toBe(1)
  })

  it('keeps its key while the server does not know what became of it', async () => {
    answers = [refused(409, '{"key": "request.refused.begun_already", "params": {}}')]
    await expect(once(PATH, NOTE)).rejects.toThrow(RefusedError)
    await once(PATH, NOTE)
    expect(keys()).toBe(1)
  })

  it('is meant anew two minutes after the line was joined again', async () => {
    answers = [nobody]
    await expect(once(PATH, NOTE)).rejects.toThrow(TypeError)
    vi.advanceTimersByTime(600_000)
    joined()
    vi.advanceTimersByTime(100_000)
    answers = [nobody]
    await expect(once(PATH, NOTE)).rejects.toThrow(TypeError)
    expect(keys()).toBe(1)
    vi.advanceTimersByTime(121_000)
    await once(PATH, NOTE)
    expect(keys()).toBe(2)
  })
})

describe('a change on its way', () => {
  it('is given up when the server is not heard any more, and the next one is not', async () => {
    answers = [() => new Promise((_, fail) => asked[0]?.signal?.addEventListener('abort', () => fail(new DOMException('aborted', 'AbortError'))))]
    const waiting = once(PATH, NOTE)
    lost()
    await expect(waiting).rejects.toThrow(TypeError)
    await once(PATH, NOTE)
    expect(asked[1]?.signal?.aborted).toBe(false)
    expect(keys()).toBe(1)
  })

  it('carries no key where asking twice does no harm', async () => {
    await change('PUT', '/api/session/language', { language: 'kk' })
    expect(asked[0]?.key).toBeNull()
  })

  it('is told apart when it was done before its answer was lost', async () => {
    answers = [refused(409, '{"key": "request.refused.done_already", "params": {}}')]
    const error: unknown = await once(PATH, NOTE).catch((thrown: unknown) => thrown)
    expect(doneBefore(error)).toBe(true)
    answers = [refused(409, '{"key": "request.refused.done_already", "params": {}}'), refused(409, '{"key": "alarm.refused.closed", "params": {}}')]
    await ensure(PATH, NOTE)
    await expect(ensure(PATH, NOTE)).rejects.toThrow(RefusedError)
  })
})

describe('a file that must not arrive twice', () => {
  const photo = () => new File(['a strap'], 'strap.jpg', { type: 'image/jpeg' })
  const DOOR = '/my/api/alarms/7/files'

  it('is sent again with the same key after its answer was lost, and is there when the server knows it', async () => {
    const one = photo()
    answers = [nobody, refused(409, '{"key": "request.refused.done_already", "params": {}}')]
    await expect(ensureFile(DOOR, one)).rejects.toThrow(TypeError)
    await ensureFile(DOOR, one)
    expect([asked.length, keys()]).toEqual([2, 1])
  })

  it('has another key when it was refused, and when it is chosen anew', async () => {
    const one = photo()
    answers = [refused(415, '{"key": "own.refused.file_kind", "params": {}}')]
    await expect(ensureFile(DOOR, one)).rejects.toThrow(RefusedError)
    await ensureFile(DOOR, one)
    await ensureFile(DOOR, photo())
    expect(keys()).toBe(3)
  })
})
