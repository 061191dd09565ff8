// Playing the films of one check as if they were one: the line of the challenge follows it.
import type { MediaItem } from '../generated/api'
import { clipAt } from './challenge'

export class Playback {
  at_ms = $state(0)
  playing = $state(false)
  index = $state(0)
  readonly screens: (HTMLVideoElement | undefined)[] = $state([])

  constructor(readonly films: readonly MediaItem[]) {}

  get end_ms(): number {
    const last = this.films.at(-1)
    return last ? last.from_ms + last.duration_ms : 0
  }

  /** The screen says how far it is. */
  ticked(index: number): void {
    const [film, screen] = [this.films[index], this.screens[index]]
    if (index === this.index && film && screen) this.at_ms = film.from_ms + screen.currentTime * 1000
  }

  toggle(): void {
    if (this.playing) {
      this.#screen?.pause()
      this.playing = false
    } else {
      if (this.at_ms >= this.end_ms - 50) this.seek(0)
      this.#start()
    }
  }

  /** One film is over: the next goes on without a pause. */
  ended(index: number): void {
    if (index !== this.index) return
    const next = this.films[index + 1]
    if (!next) {
      this.playing = false
      this.at_ms = this.end_ms
      return
    }
    this.index = index + 1
    this.at_ms = next.from_ms
    if (this.#screen) this.#screen.currentTime = 0
    this.#start()
  }

  seek(to_ms: number): void {
    const found = clipAt(this.films, to_ms)
    if (found.index !== this.index) this.#screen?.pause()
    this.index = found.index
    this.at_ms = to_ms
    if (this.#screen) this.#screen.currentTime = found.at_s
    if (this.playing) this.#start()
  }

  get #screen(): HTMLVideoElement | undefined {
    return this.screens[this.index]
  }

  #start(): void {
    this.playing = true
    this.#screen?.play().catch(() => (this.playing = false))
  }
}
