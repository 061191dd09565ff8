// How many proposals wait for whoever sits here: the figure in the navigation.
import { read } from '../session/http'
import type { ProposalList } from '../generated/api'

const AGAIN_MS = 60_000

class Waiting {
  mine = $state(0)
  #timer: ReturnType<typeof setInterval> | undefined

  /** Ask now. A figure that cannot be had stays as it was: the page itself says why. */
  async load(): Promise<void> {
    const list = await (read('/api/proposals') as Promise<ProposalList>).catch(() => null)
    if (list) this.mine = list.mine
  }

  watch(): () => void {
    void this.load()
    this.#timer = setInterval(() => void this.load(), AGAIN_MS)
    return () => clearInterval(this.#timer)
  }
}

export const waiting = new Waiting()
