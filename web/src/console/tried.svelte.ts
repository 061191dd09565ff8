// Something that the officer does: what went wrong stays on the page until it works.
import { RefusedError } from '../session/http'
import { said } from '../session/refusal'

export class Tried {
  mistake = $state('')
  busy = $state(false)

  /** Do it; false when it was refused. */
  async go(what: () => Promise<unknown>): Promise<boolean> {
    this.busy = true
    try {
      await what()
      this.mistake = ''
      return true
    } catch (error) {
      if (!(error instanceof RefusedError || error instanceof TypeError)) throw error
      this.mistake = said(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
