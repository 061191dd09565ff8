// The time of the server as this screen knows it: one tick a second for everything that ages.
class Now {
  /** Server's clock minus this computer's. */
  offset_ms = 0
  ms = $state(Date.now())

  constructor() {
    setInterval(() => this.tick(), 1000)
  }

  tick(): void {
    this.ms = Date.now() + this.offset_ms
  }

  /** Learn the server's clock from an answer that was asked for and came at these local instants. */
  learn(server: string, asked_at: number, answered_at: number): void {
    this.offset_ms = Date.parse(server) - (asked_at + answered_at) / 2
    this.tick()
  }

  /** How long ago the server wrote this instant. */
  lag(server: string): number {
    return Math.max(0, Date.now() + this.offset_ms - Date.parse(server))
  }
}

export const now = new Now()
