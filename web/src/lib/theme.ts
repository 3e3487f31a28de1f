/** Light or dark: the system's choice, until the reader makes one. */
import { remember, remembered } from './remember';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'theme';

/** In the order of index.html, which has the colour of the browser's own frame for each. */
const SCHEMES = ['light', 'dark'];

export function currentTheme(): Theme {
  const stored = remembered(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export function applyTheme(theme: Theme = currentTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.querySelectorAll<HTMLMetaElement>('[name=theme-color]').forEach((colour, i) => {
    const scheme = SCHEMES[i];
    const isChosen = theme === scheme ? 'all' : 'not all';
    colour.media = theme === 'system' ? `(prefers-color-scheme: ${scheme})` : isChosen;
  });
}

export function chooseTheme(theme: Theme): void {
  remember(KEY, theme === 'system' ? null : theme);
  applyTheme(theme);
}
