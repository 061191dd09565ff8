// One thing done for a form: busy meanwhile, a mistake in words after.
import { said } from '../session/refusal'

export class Doing {
  busy = $state(false)
  mistake = $state('')

  async do(act: () => Promise<unknown>): Promise<boolean> {
    this.busy = true
    this.mistake = ''
    try {
      await act()
      return true
    } catch (error) {
      this.mistake = said(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
