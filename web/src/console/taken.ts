// A picture made small enough to travel: at most 1024 pixels wide, and of no more octets than a record takes.
import { base64, jpeg } from '../frame/jpeg'

const WIDEST = 1024
const MOST_BYTES = 200_000

/** What the officer photographed, as a JPEG in base 64. */
export async function picture(file: Blob): Promise<string> {
  const whole = await createImageBitmap(file)
  const scale = Math.min(1, WIDEST / Math.max(whole.width, whole.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(whole.width * scale)
  canvas.height = Math.round(whole.height * scale)
  canvas.getContext('2d')?.drawImage(whole, 0, 0, canvas.width, canvas.height)
  whole.close()
  return base64(await jpeg(canvas, MOST_BYTES))
}
