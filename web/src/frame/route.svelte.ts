// Which page is shown. Addresses are few, so the router is a table.
export type Page =
  | { name: 'live' }
  | { name: 'alarms' }
  | { name: 'alarm'; id: number }
  | { name: 'people' }
  | { name: 'person'; id: string }
  | { name: 'minute'; id: string }
  | { name: 'replay'; id: string }
  | { name: 'patterns'; id: string }
  | { name: 'enrolment'; id: string }
  | { name: 'cases' }
  | { name: 'nearby' }
  | { name: 'case'; id: string }
  | { name: 'device'; id: string }
  | { name: 'check'; id: string }
  | { name: 'strangers' }
  | { name: 'stock' }
  | { name: 'stocked'; id: string }
  | { name: 'load' }
  | { name: 'health' }
  | { name: 'account' }
  | { name: 'staff' }
  | { name: 'audit' }
  | { name: 'welcome' }
  | { name: 'missing' }

/** The page behind a path. */
export function pageOf(path: string): Page {
  const [first = '', second, third] = path.split('/').filter(Boolean)
  if (first === '') return { name: 'live' }
  if (first === 'welcome') return { name: 'welcome' }
  if (first === 'alarms' && second === undefined) return { name: 'alarms' }
  if (first === 'alarms' && second && /^\d+$/.test(second)) return { name: 'alarm', id: Number(second) }
  if (first === 'nearby') return { name: 'nearby' }
  if (first === 'health') return { name: 'health' }
  if (first === 'load') return { name: 'load' }
  if (first === 'account' || first === 'staff' || first === 'audit') return { name: first }
  if (first === 'devices' && second === undefined) return { name: 'strangers' }
  if (first === 'devices' && second) return { name: 'device', id: decodeURIComponent(second) }
  if (first === 'stock') return second === undefined ? { name: 'stock' } : { name: 'stocked', id: decodeURIComponent(second) }
  if (first === 'checks' && second) return { name: 'check', id: decodeURIComponent(second) }
  if (first === 'cases' && second === undefined) return { name: 'cases' }
  if (first === 'people' && second && third === 'case') return { name: 'case', id: decodeURIComponent(second) }
  if (first === 'people' && second && (third === 'replay' || third === 'patterns' || third === 'enrolment')) return { name: third, id: decodeURIComponent(second) }
  if (first === 'people' && second && third === 'minute') return { name: 'minute', id: decodeURIComponent(second) }
  if (first === 'people') return second === undefined ? { name: 'people' } : { name: 'person', id: decodeURIComponent(second) }
  return { name: 'missing' }
}

class Route {
  page = $state.raw<Page>(pageOf(location.pathname))
  search = $state(location.search)

  constructor() {
    addEventListener('popstate', () => this.#look())
  }

  go(path: string): void {
    if (path !== location.pathname + location.search) history.pushState(null, '', path)
    this.#look()
  }

  /** Go on within the same page: going back leaves it at once. */
  replace(path: string): void {
    history.replaceState(null, '', path)
    this.#look()
  }

  back(): void {
    if (history.length > 1) history.back()
    else this.go('/')
  }

  #look(): void {
    this.page = pageOf(location.pathname)
    this.search = location.search
  }
}

export const route = new Route()

/** Follow a link of our own without loading the page anew. */
export function follow(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest('a')
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  if (link.origin !== location.origin || link.target || link.hash) return
  event.preventDefault()
  route.go(link.pathname + link.search)
}
