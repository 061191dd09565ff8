// A picture made small enough to travel: at most 1024 pixels wide, JPEG in base 64.
const WIDEST = 1024
const QUALITY = 0.7

/** What the officer photographed; nothing where nothing was chosen. */
export async function picture(chosen: HTMLInputElement): Promise<string> {
  const file = chosen.files?.[0]
  if (!file) return ''
  const whole = await createImageBitmap(file)
  const scale = Math.min(1, WIDEST / Math.max(whole.width, whole.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(whole.width * scale)
  canvas.height = Math.round(whole.height * scale)
  canvas.getContext('2d')?.drawImage(whole, 0, 0, canvas.width, canvas.height)
  whole.close()
  return canvas.toDataURL('image/jpeg', QUALITY).split(',')[1] ?? ''
}
