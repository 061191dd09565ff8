import { describe, expect, it } from 'vitest'
import { filled, maybe, t } from '../src/words/words.svelte'

describe('sentences', () => {
  it('fill their named places', () => {
    expect(t('live.late', { age: '41 min' })).toBe('arrived 41 min late')
  })

  it('take the form that the count asks for in Russian', () => {
    const forms = { one: '{count} новая', few: '{count} новые', many: '{count} новых', other: '{count} новые' }
    expect([1, 3, 5, 21].map((count) => filled(forms, 'ru', { count }))).toEqual(['1 новая', '3 новые', '5 новых', '21 новая'])
  })

  it('know when a key of the server is not in the catalogues', () => {
    expect(maybe('alarm.refused.closed')).toContain('closed')
    expect(maybe('nothing.like.this')).toBeUndefined()
  })
})
