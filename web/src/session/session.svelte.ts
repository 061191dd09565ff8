// Who is signed in at this place.
import type { Credentials, Invitation, Language, Me } from '../generated/api'
import { words } from '../words/words.svelte'
import { api } from './api'
import { carry, RefusedError } from './http'

class Session {
  /** `undefined` until the server has said. */
  me = $state<Me | null | undefined>(undefined)

  async #enter(me: Me): Promise<void> {
    carry(me.csrf)
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
