// Questions about the store of equipment, by name.
import type { Acting, Batch, DeviceKind, StockCard, StockPage, StockState } from '../generated/api'
import { file, once, read } from '../session/http'

export type Act = Acting['act']
/** What is done with a device; taking an act back is done to the act. */
export type Deed = Exclude<Act['type'], 'withdrawn'>
export const DEEDS = ['taken_in', 'issued', 'repair', 'lost', 'written_off'] as const satisfies readonly Deed[]
export const STATES = ['in_stock', 'issued', 'fitted', 'returned', 'in_repair', 'lost', 'written_off', 'not_recorded'] as const satisfies readonly StockState[]
export const KINDS = ['bracelet', 'tracker', 'home_unit', 'mobile_unit', 'relay', 'av_unit', 'breath_unit', 'console'] as const satisfies readonly DeviceKind[]

export interface StockQuestion {
  state: StockState | ''
  kind: DeviceKind | ''
  words: string
}

const door = (device: string) => `/api/stock/${encodeURIComponent(device)}`

export const stock = {
  page(question: StockQuestion, after: string | null): Promise<StockPage> {
    const named = Object.entries({ ...question, after: after ?? '' }).filter(([, value]) => value !== '')
    return read(`/api/stock?${new URLSearchParams(named).toString()}`) as Promise<StockPage>
  },
  takeIn: (batch: Batch) => once('/api/stock', batch) as Promise<StockPage>,
  card: (device: string) => read(door(device)) as Promise<StockCard>,
  act: (device: string, act: Act) => once(`${door(device)}/acts`, { act }) as Promise<StockCard>,
  paper: (device: string, number: number, language: string) => file(`${door(device)}/acts/${number}/paper`, { language }),
}

const SOON_DAYS = 30

/** Whether a day is over, or near enough that somebody should see to it. */
export function nearness(day: string | null, today: string): 'over' | 'soon' | null {
  if (day === null) return null
  const days = (Date.parse(day) - Date.parse(today)) / 86_400_000
  return days < 0 ? 'over' : days <= SOON_DAYS ? 'soon' : null
}

/** The fields of an act as a form holds them, and the act that they are. */
export interface Draft {
  at: string
  place: string
  batch: string
  battery_until: string
  warranty_until: string
  to: string
  workshop: string
  fault: string
  text: string
  grounds: string
}

export const blank = (at: string): Draft => ({ at, place: '', batch: '', battery_until: '', warranty_until: '', to: '', workshop: '', fault: '', text: '', grounds: '' })

export function takenIn({ at, place, batch, battery_until, warranty_until }: Draft): Batch['act'] {
  return { type: 'taken_in', at, place, batch, battery_until: battery_until || null, warranty_until: warranty_until || null }
}

export function actOf(deed: Deed, draft: Draft): Act {
  const { at, to, workshop, fault, text, grounds } = draft
  switch (deed) {
    case 'taken_in':
      return takenIn(draft)
    case 'issued':
      return { type: 'issued', at, to }
    case 'repair':
      return { type: 'repair', at, workshop, fault }
    case 'lost':
      return { type: 'lost', at, text }
    case 'written_off':
      return { type: 'written_off', at, grounds }
  }
}

/** Which fields each deed asks for, in the order of the form. */
export const FIELDS = {
  taken_in: ['place', 'batch', 'battery_until', 'warranty_until'],
  issued: ['to'],
  repair: ['workshop', 'fault'],
  lost: ['text'],
  written_off: ['grounds'],
} as const satisfies Record<Deed, readonly (keyof Draft)[]>
export const DAYS: ReadonlySet<string> = new Set(['battery_until', 'warranty_until'])
export const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['batch', 'battery_until', 'warranty_until'])
