// Soft tones and nothing that loops: two for a priority 1, one for a priority 2, one low when the line is lost.
const REMEMBERED = 'baqylau.sound'
const FADE_S = 0.04
const TONE_S = 0.12
const LOUDNESS = 0.22

class Sound {
  on = $state(localStorage.getItem(REMEMBERED) !== 'off')
  /** Whether the browser lets no sound out yet: nobody has touched the page since it was loaded. */
  waits = $state('userActivation' in navigator && !navigator.userActivation.hasBeenActive)
  #context: AudioContext | null = null

  constructor() {
    for (const touch of ['click', 'keydown']) addEventListener(touch, () => (this.waits = false), { once: true })
  }

  /** The button of the sound: the first press only lets it out. */
  press(): void {
    if (this.on && this.waits) this.waits = false
    else this.turn(!this.on)
  }

  turn(on: boolean): void {
    this.on = on
    localStorage.setItem(REMEMBERED, on ? 'on' : 'off')
  }

  priority1 = () => this.#play([880, 660])
  priority2 = () => this.#play([660])
  lost = () => this.#play([220])

  test(): void {
    this.turn(true)
    this.priority1()
  }

  #play(tones_hz: readonly number[]): void {
    if (!this.on) return
    this.#context ??= new AudioContext()
    void this.#context.resume()
    tones_hz.forEach((tone, index) => this.#tone(tone, index * (TONE_S + FADE_S)))
  }

  #tone(hz: number, after_s: number): void {
    const context = this.#context
    if (!context) return
    const from = context.currentTime + after_s
    const gain = context.createGain()
    gain.gain.setValueAtTime(0, from)
    gain.gain.linearRampToValueAtTime(LOUDNESS, from + FADE_S)
    gain.gain.setValueAtTime(LOUDNESS, from + TONE_S)
    gain.gain.linearRampToValueAtTime(0, from + TONE_S + FADE_S)
    const tone = new OscillatorNode(context, { frequency: hz })
    tone.connect(gain).connect(context.destination)
    tone.start(from)
    tone.stop(from + TONE_S + 2 * FADE_S)
  }
}

export const sound = new Sound()
