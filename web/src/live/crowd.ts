// A screen of very many people: asks again and again for what its map shows. Loaded only where they are too many.
import { live } from '../feed/live.svelte'
import { api } from '../session/api'
import { selection } from './selection.svelte'
import { shown } from './shown'

const EVERY_MS = 2000

/** Ask at once and then every two seconds; a question that is still on its way is not asked again. */
export function follow(): () => void {
  let asking = false
  const ask = async () => {
    if (asking || document.visibilityState !== 'visible') return
    asking = true
    try {
      live.look(await api.view(shown.window, selection.person))
    } catch {
      // The bar over the page says that the line is lost; what was shown last stays.
    } finally {
      asking = false
    }
  }
  const stop = shown.hear(() => void ask())
  const timer = setInterval(() => void ask(), EVERY_MS)
  void ask()
  return () => {
    stop()
    clearInterval(timer)
  }
}
