import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import ClosingLine from '../test/closing_line.ts'

/** A real browser at a real server: `BASE_URL=http://127.0.0.1:8080 npm run e2e`. */
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('../src', import.meta.url)) } },
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['e2e/*.e2e.ts'],
    // Vitest has a BASE_URL of its own for the tests: the address is handed on under another name.
    env: { SERVER_URL: process.env['BASE_URL'] ?? 'http://127.0.0.1:4173' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    reporters: ['default', new ClosingLine('browser')],
  },
})
