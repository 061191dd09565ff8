// A person's own page: how far this browser has come, and what the page says.
import type { Language, OwnAlarm, OwnAsking, OwnDoorway, OwnPage } from '../generated/api'
import { carry, change, ensure, ensureFile, read, RefusedError } from '../session/http'
import { said } from '../session/refusal'
import { t, words } from '../words/words.svelte'

const API = '/my/api'
const AGAIN_MS = 60_000
const GONE = new Set([401, 403])

class Own {
  doorway = $state.raw<OwnDoorway | null>(null)
  page = $state.raw<OwnPage | null>(null)
  /** Why the last thing was not done, in words. */
  trouble = $state('')
  /** The code that came with the address. */
  code = $state('')
  now = $state(0)
  /** Files that arrived: when the words beside them did not, only the words are sent again. */
  readonly #taken = new WeakSet<File>()

  constructor() {
    this.code = decodeURIComponent(location.hash.slice(1)).replaceAll(/\D/g, '')
    if (this.code !== '') history.replaceState(null, '', location.pathname)
  }

  follow(): () => void {
    void this.#do(async () => this.#enter((await read(`${API}/session`)) as OwnDoorway))
    const asking = setInterval(() => {
      if (this.page && document.visibilityState === 'visible') void this.load()
    }, AGAIN_MS)
    return () => clearInterval(asking)
  }

  async #enter(doorway: OwnDoorway): Promise<void> {
    carry(doorway.csrf)
    words.timezone = doorway.timezone
    // A page that closed by itself stays behind the door: its own PIN leads back to what was being written. Behind the
    // door of another person nothing of it is left.
    if (this.page?.access !== doorway.access) this.page = null
    this.doorway = doorway
    if (doorway.standing === 'open') await this.load()
  }

  async load(): Promise<void> {
    const doorway = this.doorway
    if (doorway?.standing !== 'open') return
    await this.#do(async () => {
      const page = (await read(`${API}/page?language=${words.language}`)) as OwnPage
      // What comes after the page was closed is not shown any more.
      if (this.doorway !== doorway) return
      this.page = page
      // The server's clock: a telephone's may be wrong.
      this.now = Date.parse(page.at)
    })
  }

  /** Do something; true when it was done. What the server refuses is said, and a page that has closed is shown closed. */
  async #do(act: () => Promise<void>, again = true): Promise<boolean> {
    try {
      await act()
      this.trouble = ''
      return true
    } catch (error) {
      if (!(error instanceof RefusedError || error instanceof TypeError)) throw error
      this.trouble = said(error)
      if (!(error instanceof RefusedError && GONE.has(error.status) && this.page)) return false
      const whose = this.page.access
      await this.#look()
      // Nothing was done. Where the same person opened the page anew in another tab, it is done in the session of that one.
      const same = error.refusal?.key === 'request.refused.wrong_csrf' && this.doorway?.standing === 'open' && this.doorway.access === whose
      return again && same ? this.#do(act, false) : false
    }
  }

  async #look(): Promise<void> {
    const said_before = this.trouble
    await this.#enter((await read(`${API}/session`)) as OwnDoorway)
    this.trouble = said_before
  }

  useCode = (code: string, pin: string) => this.#do(async () => this.#enter((await change('POST', `${API}/code`, { code, pin })) as OwnDoorway))
  sayPin = (pin: string) => this.#do(async () => this.#enter((await change('POST', `${API}/pin`, { pin })) as OwnDoorway))

  async leave(forget = false): Promise<void> {
    await this.#do(async () => {
      await change('DELETE', `${API}/${forget ? 'phone' : 'session'}`)
      // What is still on its way belongs to the page that was left.
      this.doorway = this.page = null
      await this.#look()
    })
  }

  async readNote(number: number): Promise<void> {
    const done = await this.#do(async () => {
      await change('POST', `${API}/messages/${number}/receipt`)
    })
    if (done) await this.load()
  }

  /** Say something of an alarm and attach files; true when all of it was taken. */
  async say(alarm: OwnAlarm, type: 'explain' | 'contest', text: string, files: readonly File[]): Promise<boolean> {
    const done = await this.#do(async () => {
      for (const file of files) {
        if (this.#taken.has(file)) continue
        await ensureFile(`${API}/alarms/${alarm.number}/files`, file)
        this.#taken.add(file)
      }
      if (text !== '') await ensure(`${API}/alarms/${alarm.number}/words`, { type, text })
    })
    const why = this.trouble
    if (this.page) await this.load()
    if (!done) this.trouble = why || t('frame.failed')
    return done
  }

  /** Ask for a permission; true when it was taken. */
  async ask(asking: OwnAsking): Promise<boolean> {
    const done = await this.#do(async () => {
      await ensure(`${API}/requests`, asking)
    })
    if (done) await this.load()
    return done
  }

  /** Take back what nobody answered yet; what became of it meanwhile is shown. */
  async unask(number: number): Promise<void> {
    await this.#do(async () => {
      await change('DELETE', `${API}/requests/${number}`)
    })
    const why = this.trouble
    if (this.page) await this.load()
    this.trouble = why
  }

  async speak(language: Language): Promise<void> {
    await words.use(language)
    if (this.page) await this.load()
  }
}

export const own = new Own()
