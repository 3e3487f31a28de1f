/** Light or dark: the system's choice, until the reader makes one. */
import { remember, remembered } from './remember';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'theme';

export function currentTheme(): Theme {
  const stored = remembered(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export function applyTheme(theme: Theme = currentTheme()): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function chooseTheme(theme: Theme): void {
  remember(KEY, theme === 'system' ? null : theme);
  applyTheme(theme);
}
