// The picture of the live screen, kept up to date by the feed. Every page reads it.
import type { AlarmRow, CrowdCounts, FeedAlarm, Health, Installation, LivePerson, LiveSnapshot, LiveView, MapCell, ZoneShape } from '../generated/api'
import { api } from '../session/api'
import { joined, lost, RefusedError } from '../session/http'
import { words } from '../words/words.svelte'
import { Feed } from './feed'
import { openLine } from './line'
import { now } from './now.svelte'

type Heard = (row: AlarmRow, fresh: boolean) => void

class Live {
  installation = $state.raw<Installation | null>(null)
  people = $state.raw<ReadonlyMap<string, LivePerson>>(new Map())
  alarms = $state.raw<ReadonlyMap<number, AlarmRow>>(new Map())
  zones = $state.raw<readonly ZoneShape[]>([])
  health = $state.raw<Health | null>(null)
  /** Where people are too many to be told each: how many stand where. `people` are then those that the screen shows. */
  crowd = $state.raw<CrowdCounts | null>(null)
  cells = $state.raw<readonly MapCell[]>([])
  lastClosed = $state.raw<AlarmRow | null>(null)
  connected = $state(false)
  /** Since when the line is lost, on this computer's clock; null while it lives or was never there. */
  lost_since = $state<number | null>(null)
  screen_ms = $state<number | null>(null)
  #feed: Feed | null = null
  #heard = new Set<Heard>()
  #joined = new Set<() => void>()

  start(): void {
    this.#feed?.close()
    this.#feed = new Feed(
      {
        snapshot: api.live,
        open: openLine,
        now: Date.now,
        later: (act, ms) => {
          const timer = setTimeout(act, ms)
          return () => clearTimeout(timer)
        },
      },
      {
        snapshot: (snapshot, asked_at) => this.#show(snapshot, asked_at),
        alarm: (event) => this.#alarm(event),
        people: (event) => this.#persons(event.people, event.at),
        beat: (event) => this.#beat(event.health),
        live: () => {
          this.connected = true
          this.lost_since = null
        },
        lost: (since) => this.#lose(since),
        refused: (error) => error instanceof RefusedError && error.status === 401,
      },
    )
    void this.#feed.connect()
  }

  /** Listen no more for now; what was heard stays. */
  rest(): void {
    this.#feed?.close()
    this.#feed = null
  }

  stop(): void {
    this.rest()
    this.installation = null
    this.people = new Map()
    this.alarms = new Map()
  }

  /** Try at once, not after the wait. */
  again(): void {
    void this.#feed?.connect()
  }

  /** Be told of each alarm that changes; `fresh` when it was not known before. */
  hear(listener: Heard): () => void {
    this.#heard.add(listener)
    return () => this.#heard.delete(listener)
  }

  /** Be told when the line is joined again: what a page shows may have changed meanwhile. */
  rejoined(act: () => void): () => void {
    this.#joined.add(act)
    return () => this.#joined.delete(act)
  }

  /** Take over what the server answered to an act, before the feed tells it. */
  told(row: AlarmRow): void {
    const alarms = new Map(this.alarms)
    const held = row.alarm.incident_id !== null
    const fresh = !held && !alarms.has(row.alarm.id)
    if (row.alarm.state === 'closed') this.lastClosed = row
    // What an incident holds asks nobody: it is counted on the incident's own row.
    if (row.alarm.state === 'closed' || held) alarms.delete(row.alarm.id)
    else alarms.set(row.alarm.id, row)
    this.alarms = alarms
    for (const listener of this.#heard) listener(row, fresh)
  }

  #show(snapshot: LiveSnapshot, asked_at: number): void {
    now.learn(snapshot.at, asked_at, Date.now())
    words.timezone = snapshot.installation.timezone
    const before = this.installation ? this.alarms : null
    this.installation = snapshot.installation
    const { compare } = new Intl.Collator('kk')
    this.people = new Map(snapshot.people.toSorted((a, b) => compare(a.name, b.name)).map((person) => [person.id, person]))
    this.alarms = new Map(snapshot.alarms.map((row) => [row.alarm.id, row]))
    this.zones = snapshot.zones
    this.crowd = snapshot.crowd
    this.cells = []
    this.health = snapshot.health
    if (!before) return
    for (const row of snapshot.alarms) if (!before.has(row.alarm.id)) for (const listener of this.#heard) listener(row, true)
    joined()
    for (const act of this.#joined) act()
  }

  /** Take over what the server shows of a crowd. */
  look(view: LiveView): void {
    if (this.crowd === null) return
    this.crowd = view.counts
    this.cells = view.cells
    this.people = new Map(view.people.map((person) => [person.id, person]))
    this.zones = view.zones
    this.screen_ms = now.lag(view.at)
  }

  /** How many people there are, shown or not. */
  get size(): number {
    return this.crowd?.people ?? this.people.size
  }

  #alarm(event: FeedAlarm): void {
    this.told(event.row)
  }

  #persons(changed: readonly LivePerson[], at: string): void {
    this.screen_ms = now.lag(at)
    const people = new Map(this.people)
    for (const person of changed) people.set(person.id, person)
    this.people = people
  }

  #beat(health: Health): void {
    this.health = health
    this.screen_ms = now.lag(health.at)
  }

  #lose(since: number): void {
    this.connected = false
    this.lost_since ??= since
    this.screen_ms = null
    lost()
  }
}

export const live = new Live()
