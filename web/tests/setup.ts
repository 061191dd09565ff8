import { beforeEach } from 'vitest'
import english from '../src/generated/locales/en.json'
import ofCases from '../src/generated/locales/en.cases.json'
import { words } from '../src/words/words.svelte'

beforeEach(() => {
  words.catalogue = { ...english, ...ofCases }
  words.language = 'en'
  words.timezone = 'Asia/Almaty'
})
