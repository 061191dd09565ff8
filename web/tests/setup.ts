import { beforeEach } from 'vitest'
import english from '../src/generated/locales/en.json'
import { words } from '../src/words/words.svelte'

beforeEach(() => {
  words.catalogue = english
  words.language = 'en'
  words.timezone = 'Asia/Almaty'
})
