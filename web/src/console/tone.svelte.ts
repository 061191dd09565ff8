// The finder's tone: its pitch follows the trend, never the level; off by one touch.
const FADE_S = 0.03
const TONE_S = 0.14
const LOUDNESS = 0.18

class Tone {
  on = $state(false)
  #context: AudioContext | null = null

  turn(): void {
    this.on = !this.on
    if (this.on) this.#context ??= new AudioContext()
    void this.#context?.resume()
  }

  play(hz: number | null): void {
    const context = this.#context
    if (!this.on || hz === null || !context) return
    const from = context.currentTime
    const gain = context.createGain()
    gain.gain.setValueAtTime(0, from)
    gain.gain.linearRampToValueAtTime(LOUDNESS, from + FADE_S)
    gain.gain.linearRampToValueAtTime(0, from + TONE_S)
    const tone = new OscillatorNode(context, { frequency: hz })
    tone.connect(gain).connect(context.destination)
    tone.start(from)
    tone.stop(from + TONE_S + FADE_S)
  }
}

export const tone = new Tone()
