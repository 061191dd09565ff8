import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { PluginOption } from 'vite'
import { defineConfig } from 'vitest/config'
import { fixtures } from './fixtures/server.ts'

const STATIC = '../src/baqylau/monitoring/workstation/static'

const STYLES = /[ \t]*<link rel="stylesheet"[^>]*>\n/g

/** What several first pages share comes before what each adds to it: the later rule wins. */
const sharedStylesFirst: PluginOption = {
  name: 'shared-styles-first',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const links = html.match(STYLES) ?? []
      const shared = links.filter((link) => link.includes('/components-'))
      const sorted = [...shared, ...links.filter((link) => !shared.includes(link))]
      return html.replaceAll(STYLES, () => sorted.shift() ?? '')
    },
  },
}

export default defineConfig(({ mode }) => {
  const plugins: PluginOption[] = [svelte(), sharedStylesFirst]
  if (mode === 'fixtures') plugins.push(fixtures())
  const api = process.env.BAQYLAU_API
  return {
    plugins,
    server: { host: '127.0.0.1', ...(api ? { proxy: { '/api': api } } : {}) },
    preview: { host: '127.0.0.1' },
    // Nothing is inlined: the content security policy of the workstation allows files of its own only.
    build: {
      outDir: mode === 'fixtures' ? 'build' : STATIC,
      emptyOutDir: true,
      rolldownOptions: { input: ['index.html', 'tablet.html', 'my.html'] },
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1200,
      target: 'es2022',
    },
    worker: { format: 'es' as const },
    test: {
      environment: 'happy-dom',
      include: ['tests/**/*.test.ts'],
      setupFiles: ['tests/setup.ts'],
    },
    resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  }
})
