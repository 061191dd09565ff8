// Makes src/generated: the types of the API from the server's own messages, and the catalogues as JSON.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from 'json-schema-to-typescript'

const web = dirname(dirname(fileURLToPath(import.meta.url)))
const project = resolve(web, '..')
const target = join(web, 'src', 'generated')

function python() {
  const own = join(project, '.venv', 'bin', 'python')
  return process.env.BAQYLAU_PYTHON ?? (existsSync(own) ? own : 'python3')
}

function run(...args) {
  const path = [join(project, 'src'), process.env.PYTHONPATH].filter(Boolean).join(':')
  execFileSync(python(), args, { cwd: project, stdio: 'inherit', env: { ...process.env, PYTHONPATH: path } })
}

/** The compiler of types reads the older word for tuples. */
function olderDraft(node) {
  if (Array.isArray(node)) return node.map(olderDraft)
  if (node === null || typeof node !== 'object') return node
  const { prefixItems, ...rest } = node
  const kept = Object.entries(rest).filter(([key, value]) => !(key === 'discriminator' || (key === 'title' && typeof value === 'string')))
  const entries = kept.map(([key, value]) => [key, olderDraft(value)])
  return { ...Object.fromEntries(entries), ...(prefixItems ? { items: olderDraft(prefixItems) } : {}) }
}

mkdirSync(target, { recursive: true })
const file = join(target, 'api.schema.json')
run('-m', 'baqylau.monitoring.workstation.schema', file)
run('-m', 'baqylau.locales', join(target, 'locales'))

/** A name that two modules use: messages and acts keep it, what a device said is `Observed…`, of a check `Check…`, of a notice `Notice…`. */
const named = readFileSync(file, 'utf8')
  .replaceAll('baqylau.monitoring.workstation.messages.', '').replaceAll('baqylau.monitoring.workstation.minute.', '').replaceAll('baqylau.domain.observations.', 'Observed').replaceAll('baqylau.domain.checks.', 'Check').replaceAll('baqylau.domain.acts.', '').replaceAll('baqylau.domain.notices.', 'Notice')
const schema = olderDraft(JSON.parse(named))
const types = await compile(schema, 'Api', { bannerComment: '// Generated from messages.py.', additionalProperties: false })
writeFileSync(join(target, 'api.ts'), types)

const english = ['en.json', 'en.cases.json', 'en.own.json'].map((name) => JSON.parse(readFileSync(join(target, 'locales', name), 'utf8')))
const keys = english.flatMap((part) => Object.keys(part)).map((key) => `  | '${key}'`)
writeFileSync(join(target, 'keys.ts'), `// Generated from the catalogues.\nexport type Key =\n${keys.join('\n')}\n`)
