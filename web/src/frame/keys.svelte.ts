// Single keys, bound to the place of the key and not to its letter: they work under every layout.
import type { Key } from '../generated/keys'

export interface Binding {
  code: string
  shift?: boolean
  /** What is printed on the button. */
  label: string
  does: Key
  act: () => void
  /** Not shown in the foot, only among all keys. */
  quiet?: boolean
}

/** Keys that a control uses itself while it has the focus. */
const OWN: Record<string, string> = { Enter: 'a, button', Space: 'button, input, summary', ArrowLeft: 'input', ArrowRight: 'input', ArrowUp: 'input', ArrowDown: 'input' }
const FIELDS = 'input:not([type="radio"]):not([type="checkbox"]), textarea, select, [contenteditable]'

class Keys {
  /** The last layer speaks first. */
  layers = $state.raw<readonly (readonly Binding[])[]>([])

  /** What each key does now, in the order of the layers: a later layer takes a key from an earlier one. */
  readonly bound: readonly Binding[] = $derived.by(() => {
    const all = this.layers.flat()
    const last = new Map(all.map((binding) => [binding.code + String(binding.shift ?? false), binding]))
    return all.filter((binding) => last.get(binding.code + String(binding.shift ?? false)) === binding)
  })

  /** Bind while a component lives; give the way to unbind. */
  bind(bindings: readonly Binding[]): () => void {
    this.layers = [...this.layers, bindings]
    return () => {
      this.layers = this.layers.filter((layer) => layer !== bindings)
    }
  }

  /** Act on a press. Never while a field has the focus, which Escape leaves; never with Ctrl, Alt or Meta. */
  press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.repeat && event.code !== 'KeyJ' && event.code !== 'KeyK') return
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const target = event.target instanceof HTMLElement ? event.target : null
    if (event.code === 'Escape' && target?.closest(FIELDS)) {
      event.preventDefault()
      target.blur()
      return
    }
    const own = OWN[event.code]
    if (target?.closest(FIELDS) || (own && target?.closest(own))) return
    const found = this.layers.toReversed().flat().find((key) => key.code === event.code && (key.shift ?? false) === event.shiftKey)
    if (!found) return
    event.preventDefault()
    found.act()
  }
}

export const keys = new Keys()
