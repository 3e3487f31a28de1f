/**
 * The page's languages. A catalogue belongs to a folder of src/: those of the first screen
 * come in one file a language, those of what follows it on many screens in another (shared),
 * and a screen that is loaded on demand brings its own.
 */
import { i18n, type Messages } from '@lingui/core';
import { remember, remembered } from '../lib/remember';

export const LOCALES = { en: 'English', de: 'Deutsch' } as const;
export type Locale = keyof typeof LOCALES;

const KEY = 'locale';
const FIRST: Record<Locale, () => Promise<{ messages: Messages }>> = {
  en: () => import('./first.en'),
  de: () => import('./first.de'),
};
const SHARED: typeof FIRST = {
  en: () => import('./shared.en'),
  de: () => import('./shared.de'),
};
const ON_DEMAND = import.meta.glob<{ messages: Messages }>([
  '../*/locales/*.po',
  '!../{api,app,feed,live,loading,results,session,ui,vote}/locales/*.po',
]);

/** The folders whose screens have been opened: a change of language has to bring them. */
const opened = new Map<string, Promise<void>>();

/** The last choice counts, however late the words of the one before it come. */
let wanted: Locale = 'en';

function isLocale(tag: string | null | undefined): tag is Locale {
  return tag != null && Object.hasOwn(LOCALES, tag);
}

/** The reader's choice, else the first of the browser's languages that we speak. */
export function preferredLocale(): Locale {
  const chosen = remembered(KEY);
  if (isLocale(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLocale) ?? 'en';
}

async function catalogueOf(folder: string, locale: Locale): Promise<Messages> {
  const own = ON_DEMAND[`../${folder}/locales/${locale}.po`];
  const parts = await Promise.all([SHARED[locale](), own?.()]);
  return Object.assign({}, ...parts.map((part) => part?.messages));
}

export async function activateLocale(locale: Locale = preferredLocale()): Promise<void> {
  wanted = locale;
  const parts = await Promise.all([
    FIRST[locale]().then((first) => first.messages),
    ...[...opened.keys()].map((folder) => catalogueOf(folder, locale)),
  ]);
  if (locale !== wanted) return;
  i18n.load(locale, Object.assign({}, ...parts));
  i18n.activate(locale);
  document.documentElement.lang = locale;
}

export async function chooseLocale(locale: Locale): Promise<void> {
  remember(KEY, locale);
  await activateLocale(locale);
}

/** Before a screen that is loaded on demand is shown; the shared words come along. */
export function openCatalogue(folder: string): Promise<void> {
  const known = opened.get(folder);
  if (known !== undefined) return known;
  const coming = bringCatalogue(folder).catch((error) => {
    opened.delete(folder); // the next one who asks tries again
    throw error;
  });
  opened.set(folder, coming);
  return coming;
}

async function bringCatalogue(folder: string): Promise<void> {
  for (const locale of new Set([(i18n.locale || wanted) as Locale, wanted]))
    i18n.load(locale, await catalogueOf(folder, locale));
}
