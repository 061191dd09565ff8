// Plain colours for the map and its canvases, read from the tokens through a probe: once per theme change.
const NAMES = [
  'text', 'text-2', 'text-3', 'surface', 'line-2', 'free', 'unknown', 'outside', 'excused',
  'p1', 'p1-on', 'p2', 'p2-on', 'p2-text', 'p3', 'p4',
  'm-land', 'm-block', 'm-build', 'm-green', 'm-water', 'm-minor', 'm-road', 'm-road-c', 'm-rail', 'm-label', 'm-halo', 'm-excl', 'm-inside', 'm-req', 'm-attend', 'm-terr',
] as const

export type Colours = Record<(typeof NAMES)[number], string>

export function readColours(): Colours {
  const probe = document.createElement('i')
  probe.hidden = true
  document.body.append(probe)
  const read = (name: string) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colours = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Colours
  probe.remove()
  return colours
}
