// What the map of the live screen shows, for whoever asks the server for it.
export interface Shown {
  west: number
  south: number
  east: number
  north: number
  zoom: number
}

class ShownWindow {
  window: Shown | null = null
  #heard = new Set<() => void>()

  /** The map was moved. */
  move(window: Shown): void {
    this.window = window
    for (const listener of this.#heard) listener()
  }

  hear(listener: () => void): () => void {
    this.#heard.add(listener)
    return () => this.#heard.delete(listener)
  }
}

export const shown = new ShownWindow()
