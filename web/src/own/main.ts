import '../styles/fonts.css'
import '../styles/tokens.css'
import '../styles/components.css'
import '../styles/own.css'
import { mount } from 'svelte'
import { firstLanguage, words } from '../words/words.svelte'
import Own from './Own.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('no place for the page')

words.ofOwnPage()
await words.use(firstLanguage())
mount(Own, { target })
