// The line to the server. Nothing is missed: after a loss the whole picture is fetched again and the feed goes on
// after its cursor. Pure of the browser: the line, the clock and the timers come in.
import type { FeedAlarm, FeedBeat, FeedPeople, LiveSnapshot } from '../generated/api'

/** Longest quiet of a line that lives: the server beats every two seconds. */
export const QUIET_MS = 7000
/** How long the picture may be on its way: a line that only looks open would hold it for minutes. */
export const PICTURE_MS = 30_000
const WAITS_MS = [500, 1000, 2000, 4000, 8000]

export interface Line {
  close: () => void
}

export interface LineEvents {
  message: (kind: 'alarm' | 'people' | 'beat', data: string) => void
  lost: () => void
}

export interface Ports {
  snapshot: () => Promise<LiveSnapshot>
  open: (after: number, events: LineEvents) => Line
  now: () => number
  later: (act: () => void, ms: number) => () => void
}

export interface Listener {
  snapshot: (snapshot: LiveSnapshot, asked_at: number) => void
  alarm: (event: FeedAlarm) => void
  people: (event: FeedPeople) => void
  beat: (event: FeedBeat) => void
  live: () => void
  /** The line is gone; `since` is when it was last heard. */
  lost: (since: number) => void
  /** The server answered that we may not listen. */
  refused: (error: unknown) => boolean
}

export class Feed {
  #line: Line | null = null
  #cancel: () => void = () => undefined
  #heard_at: number
  #tries = 0
  #cursor = 0
  #closed = false
  /** What was asked before the last attempt is not listened to any more. */
  #turn = 0

  constructor(
    private readonly ports: Ports,
    private readonly listener: Listener,
  ) {
    this.#heard_at = ports.now()
  }

  /** Fetch the picture and listen from it on. */
  async connect(): Promise<void> {
    this.#drop()
    const turn = this.#turn
    const asked_at = this.ports.now()
    this.#cancel = this.ports.later(() => this.#retry(), PICTURE_MS)
    try {
      const snapshot = await this.ports.snapshot()
      if (turn !== this.#turn) return
      this.#cursor = snapshot.cursor
      this.listener.snapshot(snapshot, asked_at)
      this.#listen()
    } catch (error) {
      if (turn !== this.#turn) return
      this.#cancel()
      if (!this.listener.refused(error)) this.#retry()
    }
  }

  close(): void {
    this.#closed = true
    this.#drop()
  }

  #listen(): void {
    this.#line = this.ports.open(this.#cursor, {
      message: (kind, data) => this.#take(kind, data),
      lost: () => this.#retry(),
    })
    this.#watch()
  }

  #take(kind: 'alarm' | 'people' | 'beat', data: string): void {
    this.#heard_at = this.ports.now()
    this.#tries = 0
    this.listener.live()
    this.#watch()
    if (kind === 'alarm') {
      const event = JSON.parse(data) as FeedAlarm
      if (event.cursor <= this.#cursor) return
      this.#cursor = event.cursor
      this.listener.alarm(event)
    } else if (kind === 'people') this.listener.people(JSON.parse(data) as FeedPeople)
    else this.listener.beat(JSON.parse(data) as FeedBeat)
  }

  #watch(): void {
    this.#cancel()
    this.#cancel = this.ports.later(() => this.#retry(), QUIET_MS)
  }

  #drop(): void {
    this.#turn += 1
    this.#cancel()
    this.#line?.close()
    this.#line = null
  }

  #retry(): void {
    if (this.#closed) return
    this.#drop()
    this.listener.lost(this.#heard_at)
    const wait = WAITS_MS[Math.min(this.#tries, WAITS_MS.length - 1)] ?? 0
    this.#tries += 1
    this.#cancel = this.ports.later(() => void this.connect(), wait)
  }
}
