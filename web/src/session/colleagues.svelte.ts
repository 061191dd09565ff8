// Who else may sign in: to whom an alarm can be handed over.
import type { Colleague } from '../generated/api'
import { api } from './api'
import { session } from './session.svelte'

class Colleagues {
  #all = $state.raw<readonly Colleague[]>([])

  /** Everybody but who asks. */
  readonly others = $derived(this.#all.filter(({ login }) => login !== session.me?.login))

  async load(): Promise<void> {
    this.#all = await api.colleagues()
  }

  /** The name behind a login, or the login while nobody told. */
  name(login: string): string {
    return this.#all.find((one) => one.login === login)?.name ?? login
  }
}

export const colleagues = new Colleagues()
