// The hours of a week as spans on a circle of minutes: painted, wiped, and written as the windows of a schedule. Pure.
import type { Window } from '../generated/api'

export const DAY_MIN = 1440
export const DAYS: readonly number[] = [0, 1, 2, 3, 4, 5, 6]
const WEEK_MIN = 7 * DAY_MIN

/** From `start` minutes after the midnight of a day (0 is Monday) for `length` minutes, never longer than a day. */
export interface Span {
  day: number
  start: number
  length: number
}

/** Cells of the grid: the same hours on neighbouring days. Minutes count from the midnight of each day and may pass the next. */
export interface Area {
  first: number
  last: number
  start: number
  end: number
}

const at = ({ day, start }: Span) => day * DAY_MIN + start

export function spansOf(windows: readonly Window[]): Span[] {
  const spans = windows.flatMap(({ start_min, end_min, weekdays }) =>
    weekdays.map((day) => ({ day, start: start_min, length: end_min > start_min ? end_min - start_min : end_min + DAY_MIN - start_min })),
  )
  return spans.sort((a, b) => at(a) - at(b) || a.length - b.length)
}

/** The windows that say the same: days with the same hours share one, in the order of their beginning. */
export function windowsOf(spans: readonly Span[]): Window[] {
  const found = new Map<string, Window>()
  for (const { day, start, length } of spans) {
    const end = start + length
    const end_min = end > DAY_MIN ? end - DAY_MIN : end
    const same = found.get(`${start}-${end_min}`)
    const days = [...(same?.weekdays ?? []), day]
    found.set(`${start}-${end_min}`, { start_min: start, end_min: end_min === DAY_MIN ? 0 : end_min, weekdays: DAYS.filter((one) => days.includes(one)) })
  }
  return [...found.values()].sort((a, b) => (a.weekdays[0] ?? 0) - (b.weekdays[0] ?? 0) || a.start_min - b.start_min)
}

type Range = [from: number, until: number]

/** Ranges within the week, cut where they pass its end, in order and never touching. */
function laid(ranges: readonly Range[]): Range[] {
  const cut = ranges.flatMap(([from, until]): Range[] => {
    const begin = ((from % WEEK_MIN) + WEEK_MIN) % WEEK_MIN
    const end = begin + (until - from)
    return end <= WEEK_MIN ? [[begin, end]] : [[begin, WEEK_MIN], [0, end - WEEK_MIN]]
  })
  const joined: Range[] = []
  for (const [from, until] of cut.sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], until)
    else if (until > from) joined.push([from, until])
  }
  return joined
}

const less = (ranges: readonly Range[], [from, until]: Range): Range[] =>
  ranges.flatMap(([begin, end]): Range[] => {
    const left: Range[] = [[begin, Math.min(end, from)], [Math.max(begin, until), end]]
    return left.filter(([a, b]) => b > a)
  })

/** Ranges as spans: what touches over midnight is one; what is longer than a day is cut at each midnight. */
function cut(ranges: readonly Range[]): Span[] {
  const whole = [...ranges]
  const [first, last] = [whole[0], whole.at(-1)]
  if (first && last && first !== last && first[0] === 0 && last[1] === WEEK_MIN) {
    whole.shift()
    whole[whole.length - 1] = [last[0], last[1] + first[1]]
  }
  return whole.flatMap(([from, until]) => {
    const span = (begin: number, end: number): Span => ({ day: Math.floor(begin / DAY_MIN) % 7, start: begin % DAY_MIN, length: end - begin })
    if (until - from <= DAY_MIN) return [span(from, until)]
    const edges = [from, ...Array.from({ length: 14 }, (_, index) => (index + 1) * DAY_MIN).filter((edge) => edge > from && edge < until), until]
    return edges.slice(1).map((edge, index) => span(edges[index] ?? from, edge))
  }).sort((a, b) => at(a) - at(b))
}

const rangesOf = (spans: readonly Span[]) => laid(spans.map((span): Range => [at(span), at(span) + span.length]))
const areaOf = ({ first, last, start, end }: Area) => laid(DAYS.filter((day) => day >= first && day <= last).map((day): Range => [day * DAY_MIN + start, day * DAY_MIN + end]))

/** Put an area under duty, or take it out. */
export function painted(spans: readonly Span[], area: Area, on: boolean): Span[] {
  const [before, change] = [rangesOf(spans), areaOf(area)]
  return cut(on ? laid([...before, ...change]) : change.reduce<Range[]>((left, range) => less(left, range), before))
}

/** Whether a minute of a day lies in one of the spans. */
export function covers(spans: readonly Span[], day: number, minute: number): boolean {
  const when = (((day * DAY_MIN + minute) % WEEK_MIN) + WEEK_MIN) % WEEK_MIN
  return spans.some((span) => (((when - at(span)) % WEEK_MIN) + WEEK_MIN) % WEEK_MIN < span.length)
}

/** A part of a span in the row of a day, in minutes from the row's beginning. */
export interface Piece {
  row: number
  from: number
  until: number
  /** Whether the span goes on in the row before, or after. */
  before: boolean
  after: boolean
  span: Span
}

/** What to draw in rows that begin at `origin` minutes after midnight: at noon, a night is one piece. */
export function pieces(spans: readonly Span[], origin: number): Piece[] {
  return spans.flatMap((span) => {
    const begin = at(span) - origin
    const end = begin + span.length
    const found: Piece[] = []
    for (let row = Math.floor(begin / DAY_MIN); row * DAY_MIN < end; row += 1) {
      const [from, until] = [Math.max(0, begin - row * DAY_MIN), Math.min(DAY_MIN, end - row * DAY_MIN)]
      found.push({ row: (row + 7) % 7, from, until, before: begin < row * DAY_MIN, after: end > (row + 1) * DAY_MIN, span })
    }
    return found
  })
}

/** Whether a night would be cut by rows that begin at midnight. */
export const overMidnight = (spans: readonly Span[]) => spans.some(({ start, length }) => start + length > DAY_MIN)

export const hoursOf = (spans: readonly Span[]) => rangesOf(spans).reduce((sum, [from, until]) => sum + until - from, 0) / 60

const two = (value: number) => String(value).padStart(2, '0')

/** 22:00, and 24:00 where a day ends. */
export const clockOf = (minutes: number) => (minutes === DAY_MIN ? '24:00' : `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`)

/** Minutes after midnight of a time of day, or nothing where there is no such time. */
export function minutesOf(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (!found) return null
  const [hour, minute] = [Number(found[1]), Number(found[2])]
  return hour < 24 && minute < 60 ? hour * 60 + minute : null
}
