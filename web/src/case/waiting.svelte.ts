// How many proposals and overdue visits wait for whoever sits here: the figure in the navigation.
import { read } from '../session/http'
import type { DueVisits, ProposalList } from '../generated/api'

const AGAIN_MS = 60_000

class Waiting {
  mine = $state(0)
  overdue = $state(0)
  #timer: ReturnType<typeof setInterval> | undefined

  /** Ask now. A figure that cannot be had stays as it was: the page itself says why. */
  async load(): Promise<void> {
    const asked = [read('/api/proposals') as Promise<ProposalList>, read('/api/visits?limit=1') as Promise<DueVisits>] as const
    const [list, visits] = await Promise.all([asked[0].catch(() => null), asked[1].catch(() => null)])
    if (list) this.mine = list.mine
    if (visits) this.overdue = visits.overdue
  }

  watch(): () => void {
    void this.load()
    this.#timer = setInterval(() => void this.load(), AGAIN_MS)
    return () => clearInterval(this.#timer)
  }
}

export const waiting = new Waiting()
