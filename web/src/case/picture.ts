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
  for (const quality of [0.85, 0.7, 0.5, 0.3]) {
    const made = await new Promise<Blob | null>((take) => canvas.toBlob(take, 'image/jpeg', quality))
    if (made && made.size <= MOST_BYTES) return new Uint8Array(await made.arrayBuffer())
  }
  throw new Error('too large')
}

/** Gives octets as the interface takes them. */
export function base64(content: Uint8Array): string {
  return btoa(Array.from(content, (one) => String.fromCharCode(one)).join(''))
}
