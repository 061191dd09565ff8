// Who is signed in at this place.
import type { Credentials, Invitation, Language, Me } from '../generated/api'
import { words } from '../words/words.svelte'
import { api } from './api'
import type { Right } from './rights'
import { carry, change, joined, onLapsed, onLocked, RefusedError } from './http'
import { proved } from './passkey'

class Session {
  /** `undefined` until the server has said. */
  me = $state<Me | null | undefined>(undefined)
  /** Whether the page is covered and the server does not know it yet. */
  untold = false
  /** Whether the session ended under the page. What was being written stays, covered, for whoever wrote it. */
  over = $state(false)
  /** Whose page this is, once somebody was signed in. */
  #whose = ''
  #tell: () => void = () => undefined

  /** Whether nothing of the page may be seen or used. */
  get hidden(): boolean {
    return this.over || (this.me?.locked ?? false)
  }

  async #enter(me: Me): Promise<void> {
    if (this.#whose !== '' && this.#whose !== me.login) {
      // Nothing of one person's page is left to another: not what was written, looked for or asked.
      this.over = true
      location.replace('/')
      return
    }
    this.#whose = me.login
    carry(me.csrf)
    joined()
    words.timezone = me.timezone
    await words.use(me.language)
    this.me = me
    this.over = false
  }

  /** Somebody proved here who they are: the browser's other windows are told. */
  async #begun(me: Me): Promise<void> {
    this.untold = false
    await this.#enter(me)
    this.#tell()
  }

  /** Hear when somebody signs in or out in another window of this browser: it has one session for all of them. */
  follow(): () => void {
    const windows = new BroadcastChannel('session')
    windows.onmessage = () => void this.#look()
    this.#tell = () => windows.postMessage('changed')
    return () => windows.close()
  }

  /** Ask again who is signed in. Where nobody answers, nothing changes. */
  async #look(): Promise<void> {
    const me = await api.me().catch(() => undefined)
    if (me === undefined || (me && !this.over && me.csrf === this.me?.csrf)) return
    if (me) await this.#enter({ ...me, locked: me.locked || this.untold })
    else if (this.me) this.over = true
  }

  /** The server does not take the page for that of whoever is signed in: it is covered until that is known. */
  async lapsed(): Promise<void> {
    if (!this.me || this.over) return
    this.over = true
    await this.#look()
  }

  /** Ask who is signed in. */
  async begin(): Promise<void> {
    try {
      const me = await api.me()
      if (me) await this.#begun(me)
      else this.me = null
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      this.me = null
    }
  }

  async signIn(credentials: Credentials): Promise<void> {
    await this.#begun(await api.signIn(credentials))
  }

  /** Sign in by a passkey; false when whoever sits there turned it down. */
  async signInByPasskey(): Promise<boolean> {
    const credential = await proved((await change('POST', '/api/session/passkey/options')) as PublicKeyCredentialRequestOptionsJSON)
    if (credential === null) return false
    await this.#begun((await change('POST', '/api/session/passkey', { credential })) as Me)
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
    await this.#begun(await api.accept(invitation))
  }

  /** Leave: what was being written goes with it. A session that is over already is left all the same. */
  async signOut(): Promise<void> {
    try {
      await api.signOut()
    } catch (error) {
      if (!(error instanceof RefusedError && error.status === 401)) throw error
    }
    this.me = null
    this.over = false
    this.#tell()
  }

  /** Speak a language from now on. The server is told first: a page that is loaded anew at once speaks it too. */
  async speak(language: Language): Promise<void> {
    try {
      if (this.me) await api.speak(language)
    } finally {
      await words.use(language)
    }
  }
}

export const session = new Session()
onLocked(() => session.covered())
onLapsed(() => void session.lapsed())
