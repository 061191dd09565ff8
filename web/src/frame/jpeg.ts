/** Gives what is drawn as a JPEG of so many octets at most, as good as they allow. */
export async function jpeg(canvas: HTMLCanvasElement, mostBytes: number): Promise<Uint8Array> {
  for (const quality of [0.85, 0.7, 0.5, 0.3]) {
    const made = await new Promise<Blob | null>((take) => canvas.toBlob(take, 'image/jpeg', quality))
    if (made && made.size <= mostBytes) return new Uint8Array(await made.arrayBuffer())
  }
  throw new Error('too large')
}

/** Gives octets as the interface takes them. */
export function base64(content: Uint8Array): string {
  return btoa(Array.from(content, (one) => String.fromCharCode(one)).join(''))
}
