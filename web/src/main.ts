import './styles/fonts.css'
import './styles/tokens.css'
import './styles/components.css'
import './styles/frame.css'
import './styles/live.css'
import './styles/alarm.css'
import './styles/pages.css'
import './styles/check.css'
import './styles/access.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { session } from './session/session.svelte'
import { firstLanguage, words } from './words/words.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('no place for the page')

await words.use(firstLanguage())
session.follow()
await session.begin().catch(() => {
  session.me = null
})
mount(App, { target })
