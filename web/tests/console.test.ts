import { describe, expect, it } from 'vitest'
import { signed } from '../src/console/said'

describe('a change on the finder', () => {
  it('has its sign, and none where it rounds to nothing', () => {
    expect([2.4, -3.6, 0.2, -0.3].map(signed)).toEqual(['+2', '−4', '0', '0'])
  })
})
