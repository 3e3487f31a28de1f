/** What a host page asks of its widget, in the frame's address. */

import { LOCALES, type Locale } from '~/i18n/i18n';
import type { Theme } from '~/lib/theme';

export interface Options {
  theme: Theme;
  /** null: the browser's. */
  locale: Locale | null;
  /** The host's own ground shows through. */
  isTransparent: boolean;
}

function isLocale(tag: string | null): tag is Locale {
  return tag !== null && Object.hasOwn(LOCALES, tag);
}

/** What it does not know, it takes as not said. */
export function optionsOf(search: string): Options {
  const query = new URLSearchParams(search);
  const theme = query.get('theme');
  const locale = query.get('lang');
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    locale: isLocale(locale) ? locale : null,
    isTransparent: query.get('background') === 'transparent',
  };
}
