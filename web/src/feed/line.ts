// The line as the browser has it: server-sent events. Reconnecting is ours, so the browser's own is never used.
import type { Line, LineEvents } from './feed'

const KINDS = ['alarm', 'people', 'beat'] as const

export function openLine(after: number, events: LineEvents): Line {
  const source = new EventSource(`/api/feed?after=${after}`)
  for (const kind of KINDS) source.addEventListener(kind, (event: MessageEvent<string>) => events.message(kind, event.data))
  source.onerror = () => events.lost()
  return { close: () => source.close() }
}
