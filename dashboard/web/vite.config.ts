import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'
import { mockServer } from './mock/plugin.ts'

/**
 * `npm run dev` and `npm run preview` serve the pages over the made-up answers in `mock/`; with `API=http://127.0.0.1:8080` it passes
 * `/api` on to a real server instead.
 */
const api = process.env['API']
const passOn = api === undefined ? {} : { proxy: { '/api': api } }

export default defineConfig({
  plugins: [
    vue(),
    // Only the Element Plus components that a template names are bundled, each with its own style.
    components({ dts: 'src/components.d.ts', resolvers: [ElementPlusResolver()], dirs: [] }),
    ...(api === undefined ? [mockServer()] : []),
  ],
  // vue-i18n without its old API and components, which are not used.
  define: { __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { host: '127.0.0.1', ...passOn },
  preview: { host: '127.0.0.1', ...passOn },
  build: {
    // Offices keep browsers for years: the Chromium of a domestic desktop from 2021 must do.
    target: ['chrome92', 'firefox91', 'safari15'],
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Libraries change far less often than pages: their own files stay in the reader's cache.
        codeSplitting: {
          groups: [
            { name: 'echarts', test: /node_modules[\\/](echarts|zrender|tslib)[\\/]/ },
            { name: 'vue', test: /node_modules[\\/](@vue|vue|vue-router|vue-i18n|@intlify)[\\/]/ },
            { name: 'element', test: /node_modules[\\/](element-plus|@element-plus|@vueuse|@popperjs|@sxzz|@floating-ui|lodash)/ },
          ],
        },
      },
    },
  },
})
