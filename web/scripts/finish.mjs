// After the build: holds the pages to their size, and lays a compressed twin beside each text file.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const target = join(dirname(dirname(fileURLToPath(import.meta.url))), '..', 'src', 'baqylau', 'monitoring', 'workstation', 'static')
const TEXT = new Set(['.js', '.css', '.html', '.json', '.svg'])

/** Kilobytes as sent, compressed by gzip. The map's engine comes later and only where a map is. */
const BUDGET_KB = { engine: 320, 'maplibre-gl-worker': 160, kk: 58, ru: 58, en: 48, my: 12, 'kk.own': 8, 'ru.own': 8, 'en.own': 8 }
/** What the first page asks for before it shows anything. */
const FIRST_KB = 100
const FIRST = new Set(readFileSync(join(target, 'index.html'), 'utf8').match(/assets\/[\w.-]+\.js/g))

const files = readdirSync(target, { recursive: true, encoding: 'utf8' }).map((name) => join(target, name))
let over = false
let first = 0
for (const file of files) {
  if (!TEXT.has(extname(file)) || !statSync(file).isFile()) continue
  const bytes = readFileSync(file)
  const zipped = gzipSync(bytes, { level: 9 })
  writeFileSync(`${file}.gz`, zipped)
  writeFileSync(`${file}.br`, brotliCompressSync(bytes))
  if ([...FIRST].some((asked) => file.endsWith(asked))) first += zipped.length
  const name = file.endsWith('.js') ? /([^/\\]+)-[\w-]{8}\.js$/.exec(file)?.[1] : undefined
  const limit = name && BUDGET_KB[name]
  if (limit && zipped.length > limit * 1024) {
    over = true
    process.stderr.write(`${name} is ${Math.ceil(zipped.length / 1024)} kB compressed, its budget is ${limit} kB\n`)
  }
}
if (first > FIRST_KB * 1024) {
  over = true
  process.stderr.write(`the first page is ${Math.ceil(first / 1024)} kB compressed, its budget is ${FIRST_KB} kB\n`)
}
process.exitCode = over ? 1 : 0
