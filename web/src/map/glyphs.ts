// The map's own signs, drawn on canvases from the tokens: a shape for each state, so that the map reads in grey.
import type { Compliance } from '../generated/api'
import type { Colours } from './colours'

export const RATIO = 2

export interface Image {
  width: number
  height: number
  data: Uint8ClampedArray
}

type Pen = CanvasRenderingContext2D

/** Draw on a square of `size` CSS pixels whose middle is the origin. */
function drawn(width: number, height: number, draw: (pen: Pen) => void, centred = true): Image {
  const canvas = document.createElement('canvas')
  canvas.width = width * RATIO
  canvas.height = height * RATIO
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('this browser draws no canvas')
  pen.scale(RATIO, RATIO)
  if (centred) pen.translate(width / 2, height / 2)
  pen.lineJoin = 'round'
  draw(pen)
  return { width: canvas.width, height: canvas.height, data: pen.getImageData(0, 0, canvas.width, canvas.height).data }
}

function disc(pen: Pen, radius: number): void {
  pen.beginPath()
  pen.arc(0, 0, radius, 0, 2 * Math.PI)
}

function filled(pen: Pen, fill: string, stroke: string, width: number): void {
  pen.fillStyle = fill
  pen.fill()
  pen.strokeStyle = stroke
  pen.lineWidth = width
  pen.stroke()
}

const MARKS: Record<Compliance, (pen: Pen, colours: Colours) => void> = {
  inside: (pen, colours) => {
    disc(pen, 5.2)
    filled(pen, colours['m-inside'], colours['m-halo'], 1.6)
  },
  outside: (pen, colours) => {
    pen.beginPath()
    for (const [x, y] of [[0, -8], [8, 0], [0, 8], [-8, 0]] as const) pen.lineTo(x, y)
    pen.closePath()
    filled(pen, colours.outside, colours['m-halo'], 1.8)
  },
  unknown: (pen, colours) => {
    disc(pen, 5.6)
    pen.setLineDash([3, 2.1])
    filled(pen, colours['m-halo'], colours.unknown, 1.8)
  },
  free: (pen, colours) => {
    disc(pen, 4.2)
    filled(pen, colours['m-halo'], colours['text-3'], 1.8)
  },
  excused: (pen, colours) => {
    disc(pen, 5)
    filled(pen, colours['m-halo'], colours.excused, 1.8)
    disc(pen, 1.7)
    pen.fillStyle = colours.excused
    pen.fill()
  },
}

export const COMPLIANCES = Object.keys(MARKS) as Compliance[]

export const mark = (compliance: Compliance, colours: Colours): Image => drawn(20, 20, (pen) => MARKS[compliance](pen, colours))

const SIGNS: Record<number, { path: string; fill?: keyof Colours; stroke?: keyof Colours; width: number; ink: keyof Colours; y: number }> = {
  1: { path: 'M7 1.5h8L20.5 7v8L15 20.5H7L1.5 15V7z', fill: 'p1', width: 0, ink: 'p1-on', y: 15.2 },
  2: { path: 'M11 1.8 21 19.4a1 1 0 0 1-.9 1.3H1.9a1 1 0 0 1-.9-1.3z', fill: 'p2', stroke: 'p2-text', width: 1.3, ink: 'p2-on', y: 18 },
  3: { path: 'M5.8 2.8h10.4a3 3 0 0 1 3 3v10.4a3 3 0 0 1-3 3H5.8a3 3 0 0 1-3-3V5.8a3 3 0 0 1 3-3z', fill: 'm-halo', stroke: 'p3', width: 1.6, ink: 'p3', y: 15.2 },
}

/** The priority's sign, as in the queue, with a casing. */
export function sign(priority: number, size: number, colours: Colours): Image {
  const shape = SIGNS[priority] ?? SIGNS[3]
  return drawn(size + 6, size + 6, (pen) => {
    if (!shape) return
    pen.scale(size / 22, size / 22)
    pen.translate(-11, -11)
    const path = new Path2D(shape.path)
    pen.strokeStyle = colours['m-halo']
    pen.lineWidth = shape.width + 3
    pen.stroke(path)
    pen.fillStyle = colours[shape.fill ?? 'm-halo']
    pen.fill(path)
    if (shape.stroke) {
      pen.strokeStyle = colours[shape.stroke]
      pen.lineWidth = shape.width
      pen.stroke(path)
    }
    pen.fillStyle = colours[shape.ink]
    pen.font = '700 12px "Inter Variable", sans-serif'
    pen.textAlign = 'center'
    pen.fillText(String(priority), 11, shape.y)
  })
}

const RING: readonly { compliance: Compliance; colour: keyof Colours; width: number; dash?: number[] }[] = [
  { compliance: 'outside', colour: 'outside', width: 6 },
  { compliance: 'unknown', colour: 'unknown', width: 4.5, dash: [2, 1.8] },
  { compliance: 'inside', colour: 'm-inside', width: 3 },
  { compliance: 'excused', colour: 'excused', width: 3, dash: [1.5, 2] },
  { compliance: 'free', colour: 'free', width: 2 },
]

/** The ring of a cluster: shares in the order of `RING`, each shape of line its own. */
export function ring(shares: readonly number[], colours: Colours): Image {
  const radius = 20
  return drawn(52, 52, (pen) => {
    disc(pen, radius + 3)
    filled(pen, colours.surface, colours['line-2'], 1)
    const whole = shares.reduce((sum, share) => sum + share, 0)
    const alone = shares.filter((share) => share > 0).length === 1
    let at = -Math.PI / 2
    RING.forEach((part, index) => {
      const angle = ((shares[index] ?? 0) / whole) * 2 * Math.PI
      if (angle > 0) {
        pen.beginPath()
        pen.arc(0, 0, radius, at + (alone ? 0 : 0.06), at + angle - (alone ? 0 : 0.06))
        pen.setLineDash(part.dash ?? [])
        pen.strokeStyle = colours[part.colour]
        pen.lineWidth = part.width
        pen.stroke()
      }
      at += angle
    })
  })
}

export const RING_ORDER = RING.map((part) => part.compliance)

/** Patterns that tell zones apart without colour: 45° hatch and dots. */
export function hatch(colours: Colours): Image {
  return drawn(8, 8, (pen) => {
    pen.strokeStyle = colours['m-excl']
    pen.globalAlpha = 0.55
    pen.lineWidth = 1.4
    for (const x of [-8, 0, 8]) {
      pen.beginPath()
      pen.moveTo(x, 8)
      pen.lineTo(x + 8, 0)
      pen.stroke()
    }
  }, false)
}

export function dots(colours: Colours): Image {
  return drawn(8, 8, (pen) => {
    pen.translate(-2, -2)
    disc(pen, 1.2)
    pen.fillStyle = colours['m-attend']
    pen.fill()
  })
}
