import { jpeg } from '../frame/jpeg'

/** The widest and highest that a console shows, in pixels; and the octets that a package has room for. */
const WIDTH = 240
const HEIGHT = 320
const MOST_BYTES = 24_000

/** Gives a small JPEG of the middle of any picture that the browser reads, without what stood beside it in the file. */
export async function small(file: Blob): Promise<Uint8Array> {
  const picture = await createImageBitmap(file)
  const scale = Math.max(WIDTH / picture.width, HEIGHT / picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const width = picture.width * scale
  const height = picture.height * scale
  canvas.getContext('2d')?.drawImage(picture, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height)
  picture.close()
  return jpeg(canvas, MOST_BYTES)
}
