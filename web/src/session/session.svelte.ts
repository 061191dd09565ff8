// Who is signed in at this place.
import type { Credentials, Invitation, Language, Me } from '../generated/api'
import { words } from '../words/words.svelte'
import { api } from './api'
import type { Right } from './rights'
import { carry, change, onLocked, RefusedError } from './http'
import { proved } from './passkey'

class Session {
  /** `undefined` until the server has said. */
  me = $state<Me | null | undefined>(undefined)
  /** Whether the page is covered and the server does not know it yet. */
  untold = false

  async #enter(me: Me): Promise<void> {
    carry(me.csrf)
    words.timezone = me.timezone
    await words.use(me.language)
    this.me = me
  }

  /** Ask who is signed in. */
  async begin(): Promise<void> {
    try {
      const me = await api.me()
      if (me) await this.#enter(me)
      else this.me = null
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      this.me = null
    }
  }

  async signIn(credentials: Credentials): Promise<void> {
    await this.#enter(await api.signIn(credentials))
  }

  /** Sign in by a passkey; false when whoever sits there turned it down. */
  async signInByPasskey(): Promise<boolean> {
    const credential = await proved((await change('POST', '/api/session/passkey/options')) as PublicKeyCredentialRequestOptionsJSON)
    if (credential === null) return false
    await this.#enter((await change('POST', '/api/session/passkey', { credential })) as Me)
    return true
  }

  may(action: Right): boolean {
    return this.me?.may.includes(action) ?? false
  }

  /** Cover the page: at once here, and on the server, so that loading anew uncovers nothing. */
  async cover(): Promise<void> {
    this.covered()
    this.untold = true
    await this.tell()
  }

  /** Tell the server that the page is covered; while nobody answers it has to be told again. */
  async tell(): Promise<void> {
    try {
      await change('POST', '/api/session/lock')
      this.untold = false
    } catch (error) {
      if (error instanceof RefusedError) this.untold = false
    }
  }

  covered(): void {
    if (this.me && !this.me.locked) this.me = { ...this.me, locked: true }
  }

  async uncover(password: string): Promise<void> {
    await change('POST', '/api/session/unlock', { password })
    this.untold = false
    if (this.me) this.me = { ...this.me, locked: false }
  }

  async accept(invitation: Invitation): Promise<void> {
    await this.#enter(await api.accept(invitation))
  }

  async signOut(): Promise<void> {
    await api.signOut()
    this.me = null
  }

  /** The server no longer knows us. */
  ended(): void {
    this.me = null
  }

  async speak(language: Language): Promise<void> {
    await words.use(language)
    if (this.me) await api.speak(language)
  }
}

export const session = new Session()
onLocked(() => session.covered())
