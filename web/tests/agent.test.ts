import { describe, expect, it } from 'vitest'
import { named } from '../src/access/agent'

const MOZILLA = 'Mozilla/5.0'
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko)'

describe('a session is told by browser and system', () => {
  it.each([
    [`${MOZILLA} (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`, 'Edge, Windows'],
    [`${MOZILLA} (Windows NT 10.0; Win64; x64) ${BLINK} Chrome/130.0.0.0 YaBrowser/24.12 Safari/537.36`, 'Yandex Browser, Windows'],
    [`${MOZILLA} (X11; Linux x86_64) ${BLINK} Chrome/131.0.0.0 Safari/537.36`, 'Chrome, Linux'],
    [`${MOZILLA} (Linux; Android 14; K) ${BLINK} Chrome/131.0.0.0 Mobile Safari/537.36`, 'Chrome, Android'],
    [`${MOZILLA} (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0`, 'Firefox, Linux'],
    [`${MOZILLA} (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1`, 'Safari, iPhone'],
    [`${MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15`, 'Safari, macOS'],
  ])('%s', (agent, said) => expect(named(agent)).toBe(said))

  it('says of a stranger what it says of itself', () => {
    expect(named('python-httpx/0.28.1')).toBe('python-httpx/0.28.1')
    expect(named('')).toBe('')
  })
})
