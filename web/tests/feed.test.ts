import { describe, expect, it } from 'vitest'
import { Feed, PICTURE_MS, QUIET_MS, type LineEvents, type Listener } from '../src/feed/feed'
import type { LiveSnapshot } from '../src/generated/api'
import { row } from './rows'

/** A server in memory, with its lines and a clock that the test moves. */
function world() {
  let now = 1000
  let timers: { at: number; act: () => void }[] = []
  const opened: { after: number; events: LineEvents; closed: boolean }[] = []
  const told: string[] = []
  let cursor = 7
  let fail = false
  let slow: ((snapshot: LiveSnapshot) => void)[] | null = null
  const listener: Listener = {
    snapshot: (snapshot) => told.push(`snapshot ${snapshot.cursor}`),
    alarm: (event) => told.push(`alarm ${event.cursor}`),
    people: () => told.push('people'),
    beat: () => told.push('beat'),
    live: () => told.push('live'),
    lost: (since) => told.push(`lost since ${since}`),
    refused: (error) => error === 'signed out',
  }
  const feed = new Feed(
    {
      snapshot: () => {
        if (slow) return new Promise((answer) => slow?.push(answer))
        return fail ? Promise.reject(new TypeError('nobody answers')) : Promise.resolve({ cursor } as LiveSnapshot)
      },
      open: (after, events) => {
        const line = { after, events, closed: false }
        opened.push(line)
        return { close: () => (line.closed = true) }
      },
      now: () => now,
      later: (act, ms) => {
        const timer = { at: now + ms, act }
        timers.push(timer)
        return () => (timers = timers.filter((one) => one !== timer))
      },
    },
    listener,
  )
  const pass = async (ms: number) => {
    now += ms
    const ripe = timers.filter((timer) => timer.at <= now)
    timers = timers.filter((timer) => timer.at > now)
    ripe.forEach((timer) => timer.act())
    await Promise.resolve()
    await Promise.resolve()
  }
  const alarm = (id: number) => JSON.stringify({ type: 'alarm', cursor: id, row: row({ id }) })
  const set = (to: { cursor?: number; fail?: boolean }) => {
    cursor = to.cursor ?? cursor
    fail = to.fail ?? fail
  }
  /** From now on pictures stay on their way until the test lets them arrive. */
  const hold = (): ((snapshot: LiveSnapshot) => void)[] => (slow = [])
  return { feed, opened, told, pass, alarm, set, hold }
}

describe('the feed', () => {
  it('listens from the cursor of the picture on', async () => {
    const { feed, opened, told, alarm } = world()
    await feed.connect()
    opened[0]?.events.message('alarm', alarm(8))
    expect(opened[0]?.after).toBe(7)
    expect(told).toEqual(['snapshot 7', 'live', 'alarm 8'])
  })

  it('hears each alarm once, however often it is sent', async () => {
    const { feed, opened, told, alarm } = world()
    await feed.connect()
    for (const id of [8, 8, 7]) opened[0]?.events.message('alarm', alarm(id))
    expect(told.filter((word) => word.startsWith('alarm'))).toEqual(['alarm 8'])
  })

  it('after a loss fetches the whole picture again and misses nothing', async () => {
    const { feed, opened, told, pass, set } = world()
    await feed.connect()
    opened[0]?.events.message('beat', '{}')
    opened[0]?.events.lost()
    expect(told.at(-1)).toBe('lost since 1000')
    expect(opened[0]?.closed).toBe(true)
    set({ cursor: 12 })
    await pass(500)
    expect(told.at(-1)).toBe('snapshot 12')
    expect(opened[1]?.after).toBe(12)
  })

  it('takes a silent line for a lost one', async () => {
    const { feed, opened, told, pass } = world()
    await feed.connect()
    opened[0]?.events.message('beat', '{}')
    await pass(QUIET_MS)
    expect(told.at(-1)).toBe('lost since 1000')
  })

  it('waits longer each time while nobody answers, and says since when', async () => {
    const { feed, told, pass, set } = world()
    set({ fail: true })
    await feed.connect()
    for (const wait of [500, 1000, 2000, 4000, 8000, 8000]) await pass(wait)
    expect(told.filter((word) => word === 'lost since 1000')).toHaveLength(7)
  })

  it('asks again for a picture that stays on its way, and does not listen to the first one when it comes after all', async () => {
    const { feed, opened, told, pass, hold } = world()
    const pictures = hold()
    void feed.connect()
    await pass(PICTURE_MS)
    await pass(500)
    expect(pictures).toHaveLength(2)
    for (const [index, answer] of pictures.entries()) answer({ cursor: 20 + index } as LiveSnapshot)
    await pass(0)
    expect(told).toEqual(['lost since 1000', 'snapshot 21'])
    expect(opened.map((line) => line.after)).toEqual([21])
  })

  it('holds one line, however often somebody asks to try at once', async () => {
    const { feed, opened, pass, hold } = world()
    const pictures = hold()
    for (let press = 0; press < 3; press += 1) void feed.connect()
    for (const answer of pictures) answer({ cursor: 7 } as LiveSnapshot)
    await pass(0)
    expect(opened).toHaveLength(1)
  })

  it('stops for good when it is closed', async () => {
    const { feed, opened, told, pass } = world()
    await feed.connect()
    feed.close()
    opened[0]?.events.lost()
    await pass(60_000)
    expect(told).toEqual(['snapshot 7'])
  })
})
