// Requests to our own server. What it refuses comes back as a key of the catalogues.
import type { Refusal } from '../generated/api'

/** The server said no, and why. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    readonly refusal: Refusal | null,
  ) {
    super(refusal?.key ?? `HTTP ${status}`)
  }
}

/** What the server says when it does not take the page for that of whoever is signed in. */
const LAPSED: ReadonlySet<string> = new Set(['session.refused.expired', 'session.refused.not_signed_in', 'request.refused.wrong_csrf'])

let token = ''
let locked: (() => void) | null = null
let lapsed: (() => void) | null = null

/** How long after a loss whoever asks for the same again means the same: later they mean it once more. */
const SAME_WITHIN_MS = 120_000
/** Changes whose answer never came, by what was asked, with the key under which the server knows each. */
const unanswered = new Map<string, { key: string; until: number }>()
/** Files on their way, with the key under which the server knows each: a file that is chosen anew is another one. */
const sent = new WeakMap<Blob, string>()
let line = new AbortController()

/** Wait no longer for changes that are on their way: nothing was heard from the server for too long. */
export function lost(): void {
  line.abort()
  line = new AbortController()
}

/** The server is heard again: now is when somebody asks again for what was never answered. */
export function joined(): void {
  for (const one of unanswered.values()) one.until = Date.now() + SAME_WITHIN_MS
}

function keyOf(asked: string): string {
  const known = unanswered.get(asked)
  if (known && Date.now() < known.until) return known.key
  return fresh()
}

function fresh(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (octet) => octet.toString(16).padStart(2, '0')).join('')
}

/** What is done when the server says that the page is covered. */
export function onLocked(act: () => void): void {
  locked = act
}

/** What is done when the session of the page is over, or is another one. */
export function onLapsed(act: () => void): void {
  lapsed = act
}

/** The token that every change carries from now on. */
export function carry(csrf: string): void {
  token = csrf
}

async function refusal(response: Response): Promise<Refusal | null> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null && 'key' in body ? (body as Refusal) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

async function send(method: string, path: string, body?: unknown, more: { key?: string; signal?: AbortSignal } = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-CSRF-Token'] = token
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (more.key) headers['Idempotency-Key'] = more.key
  const response = await fetch(path, { method, headers, credentials: 'same-origin', cache: 'no-store', signal: more.signal ?? null, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return taken(response)
}

/** Give an answer that is no refusal. */
async function taken(response: Response): Promise<Response> {
  if (response.ok) return response
  const why = await refusal(response)
  if (response.status === 423) locked?.()
  if (why && LAPSED.has(why.key)) lapsed?.()
  throw new RefusedError(response.status, why)
}

/** Read a fact. Raises `RefusedError`, or `TypeError` when nobody answers. */
export async function read(path: string): Promise<unknown> {
  return (await send('GET', path)).json()
}

async function answered(method: string, path: string, body?: unknown, key?: string): Promise<unknown> {
  try {
    const response = await send(method, path, body, { ...(key ? { key } : {}), signal: line.signal })
    if (response.status === 202) return 'waits'
    return response.status === 204 ? null : await response.json()
  } catch (error) {
    if (error instanceof DOMException) throw new TypeError('nobody answers', { cause: error })
    throw error
  }
}

/** Ask for a change and read what became of it; `waits` where a second person has to agree first. */
export const change = (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> => answered(method, path, body)

/**
 * Ask for what must not be done twice. Whoever lost the answer and asks for the same again gets it done once: the
 * server knows it by its key, and says so by a refusal that `doneBefore` tells apart.
 */
export async function once(path: string, body?: unknown): Promise<unknown> {
  const asked = JSON.stringify([path, body])
  const key = keyOf(asked)
  try {
    const answer = await answered('POST', path, body, key)
    unanswered.delete(asked)
    return answer
  } catch (error) {
    if (settled(error)) unanswered.delete(asked)
    else unanswered.set(asked, { key, until: Date.now() + SAME_WITHIN_MS })
    throw error
  }
}

/** Ask for what must not be done twice, where nothing of the answer is needed: done before is done. */
export async function ensure(path: string, body?: unknown): Promise<void> {
  try {
    await once(path, body)
  } catch (error) {
    if (!doneBefore(error)) throw error
  }
}

/** Whether it is known what became of it. A fault on the way or in the server is no answer: something may have been done. */
function settled(error: unknown): boolean {
  return error instanceof RefusedError && error.status < 500 && error.refusal?.key !== 'request.refused.begun_already'
}

/** Whether the server knows that this was done before, when its answer was lost. */
export function doneBefore(error: unknown): boolean {
  return error instanceof RefusedError && error.refusal?.key === 'request.refused.done_already'
}

/** Send a file as it is, and read what became of it. */
export async function upload(path: string, content: Blob, key?: string): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json', 'X-CSRF-Token': token, 'Content-Type': content.type }
  if (key) headers['Idempotency-Key'] = key
  const response = await taken(await fetch(path, { method: 'POST', headers, credentials: 'same-origin', cache: 'no-store', body: content }))
  return response.status === 204 ? null : response.json()
}

/** Send a file that must not arrive twice: sent again after its answer was lost, it is the one that is there already. */
export async function ensureFile(path: string, content: Blob): Promise<void> {
  const key = sent.get(content) ?? fresh()
  sent.set(content, key)
  try {
    await upload(path, content, key)
  } catch (error) {
    if (settled(error)) sent.delete(content)
    if (!doneBefore(error)) throw error
  }
}

/** Ask for a file that is made for the asking. */
export async function bytes(path: string, body: unknown): Promise<Blob> {
  return (await send('POST', path, body)).blob()
}

/** A file that was made for the asking, and the number it has in the register of papers; none for what is no paper. */
export async function file(path: string, body: unknown): Promise<{ file: Blob; number: string | null }> {
  const response = await send('POST', path, body)
  return { file: await response.blob(), number: response.headers.get('Baqylau-Paper') }
}
