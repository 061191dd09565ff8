// Runs a Python script under MicroPython with the product's own device code, as a board would run it.
//   node run.mjs SCRIPT < INPUT    the script imports `given` (the input's text) and `aes` from `tests.micropython.board`.
import { createCipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { loadMicroPython } from '@micropython/micropython-webassembly-pyscript/micropython.mjs'

const SOURCES = new URL('../src/baqylau/', import.meta.url)
const TABLE = new URL('../tests/micropython/table.py', import.meta.url)
const ON_DEVICE = ['on_device.txt', 'tracker/on_device.txt'].flatMap((list) =>
  readFileSync(new URL(list, import.meta.url), 'utf8').trim().split('\n'),
)
const HEAP_BYTES = 4 * 1024 * 1024
const BOARD = `
from binascii import hexlify, unhexlify
import host

def aes(key):
    name = hexlify(key).decode()
    return lambda block: unhexlify(host.encrypted(name, hexlify(block).decode()))

given = host.given
`

function encrypted(key, block) {
  const cipher = createCipheriv(`aes-${key.length * 4}-ecb`, Buffer.from(key, 'hex'), null)
  cipher.setAutoPadding(false)
  return cipher.update(Buffer.from(block, 'hex')).toString('hex')
}

function folder(fs, path) {
  if (path && !fs.analyzePath(path).exists) {
    folder(fs, path.slice(0, path.lastIndexOf('/')))
    fs.mkdir(path)
  }
}

const python = await loadMicroPython({ heapsize: HEAP_BYTES, stdout: (line) => console.log(line), linebuffer: true })
function put(path, text) {
  folder(python.FS, path.slice(0, path.lastIndexOf('/')))
  python.FS.writeFile(path, text)
}

for (const name of ON_DEVICE) put(`/flash/baqylau/${name}`, readFileSync(new URL(name, SOURCES)))
put('/flash/tests/micropython/board.py', BOARD)
put('/flash/tests/micropython/table.py', readFileSync(TABLE))
python.registerJsModule('host', { encrypted, given: readFileSync(0, 'utf8') })
python.runPython('import sys; sys.path.insert(0, "/flash")')
python.runPython(readFileSync(process.argv[2], 'utf8'))
