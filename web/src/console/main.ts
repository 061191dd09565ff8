import '../styles/fonts.css'
import '../styles/tokens.css'
import '../styles/components.css'
import '../styles/console.css'
import { mount } from 'svelte'
import { firstLanguage, words } from '../words/words.svelte'
import Console from './Console.svelte'
import { look } from './look.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('no place for the page')

look.apply()
await words.use(firstLanguage())
mount(Console, { target })
