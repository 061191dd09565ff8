// A scale bar: the largest round length that fits.
const ROUND_M = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000]

export interface Scale {
  metres: number
  px: number
}

export function scale(latitude: number, zoom: number, room_px: number): Scale {
  const perPixel = (78_271.517 * Math.cos((latitude * Math.PI) / 180)) / 2 ** zoom
  const metres = ROUND_M.findLast((length) => length / perPixel <= room_px) ?? 1
  return { metres, px: metres / perPixel }
}
