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

let token = ''
let locked: (() => void) | null = null

/** What is done when the server says that the page is covered. */
export function onLocked(act: () => void): void {
  locked = act
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

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-CSRF-Token'] = token
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const response = await fetch(path, { method, headers, credentials: 'same-origin', cache: 'no-store', ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  if (response.status === 423) locked?.()
  if (!response.ok) throw new RefusedError(response.status, await refusal(response))
  return response
}

/** Read a fact. Raises `RefusedError`, or `TypeError` when nobody answers. */
export async function read(path: string): Promise<unknown> {
  return (await send('GET', path)).json()
}

/** Ask for a change and read what became of it; `waits` where a second person has to agree first. */
export async function change(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
  const response = await send(method, path, body)
  if (response.status === 202) return 'waits'
  return response.status === 204 ? null : response.json()
}

/** Send a file as it is, and read what became of it. */
export async function upload(path: string, content: Blob): Promise<unknown> {
  const response = await fetch(path, { method: 'POST', headers: { Accept: 'application/json', 'X-CSRF-Token': token, 'Content-Type': content.type }, credentials: 'same-origin', cache: 'no-store', body: content })
  if (!response.ok) throw new RefusedError(response.status, await refusal(response))
  return response.json()
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
