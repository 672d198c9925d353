import { createRouter, createWebHistory } from 'vue-router'
import OverviewPage from './pages/overview/OverviewPage.vue'

/** Every address of the pages. What is chosen on one is in its query, so that a link shows what its sender saw. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'overview', component: OverviewPage },
    { path: '/operations', name: 'operations', component: () => import('./pages/operations/OperationsPage.vue') },
    { path: '/:rest(.*)*', name: 'not-found', component: () => import('./pages/NotFoundPage.vue') },
  ],
})
