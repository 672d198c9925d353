/** The colours, once: charts take them as an argument, style sheets as custom properties. */
export const PALETTE = {
  ink: '#17212d',
  ink_soft: '#465364',
  ink_faint: '#586474',
  line: '#e1e6eb',
  line_strong: '#c9d1da',
  ground: '#f2f4f7',
  card: '#ffffff',
  accent: '#1b5a96',
  accent_soft: '#e4edf6',
  second: '#a2590b',
  past: '#b7c3d0',
  past_strong: '#8293a6',
  good: '#12724a',
  good_soft: '#e3f3eb',
  bad: '#b3261e',
  bad_soft: '#fbe9e7',
  wait: '#5a6777',
  wait_soft: '#eceff3',
  warn: '#8a5a00',
  warn_soft: '#fff3d9',
} as const

export type Palette = typeof PALETTE

/** Puts the colours on an element as `--ink`, `--ink-soft`, … */
export function applyPalette(element: HTMLElement): void {
  for (const [name, colour] of Object.entries(PALETTE))
    element.style.setProperty(`--${name.replaceAll('_', '-')}`, colour)
}
