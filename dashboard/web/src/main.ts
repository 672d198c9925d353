import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './i18n/i18n'
import { router } from './router'
import { applyPalette } from './style/palette'
import './style/base.css'
import './style/chart.css'
import './style/print.css'

applyPalette(document.documentElement)
createApp(App).use(i18n).use(router).mount('#app')
