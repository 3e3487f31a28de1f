import fs from 'node:fs';
import { i18n, type Messages } from '@lingui/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { activateLocale, chooseLocale, openCatalogue, preferredLocale } from './i18n';

function browserSpeaks(...languages: string[]): void {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages);
}

describe('the language', () => {
  beforeEach(() => browserSpeaks('en-GB'));

  test.each([
    [['de-AT', 'en'], 'de', 'the first is one of ours'],
    [['fr', 'de', 'en'], 'de', 'the first of ours'],
    [['fr-FR', 'it'], 'en', 'none of ours'],
    [[], 'en', 'the browser does not say'],
  ])('%j is %s: %s', (languages, locale) => {
    browserSpeaks(...languages);
    expect(preferredLocale()).toBe(locale);
  });

  test("the reader's choice goes first, and lasts", async () => {
    await chooseLocale('de');
    expect(preferredLocale()).toBe('de');
    expect(document.documentElement.lang).toBe('de');
  });

  test('what was remembered and is no language counts for nothing', () => {
    localStorage.setItem('pollux.locale', 'toString');
    expect(preferredLocale()).toBe('en');
  });

  /** All that are open share one catalogue: the last one opened would win. */
  test('the same words are translated the same way on every screen', () => {
    const catalogues = import.meta.glob<{ messages: Messages }>('../*/locales/de.po', {
      eager: true,
    });
    const all = Object.values(catalogues).map(({ messages }) => messages);
    const last: Messages = Object.assign({}, ...all);
    for (const [file, { messages }] of Object.entries(catalogues))
      expect(last, file).toMatchObject(messages);
    expect(Object.keys(last).length).toBeGreaterThan(100);
  });

  test('a screen that was opened keeps its words when the language changes', async () => {
    await activateLocale('en');
    await openCatalogue('create');
    const english = Object.keys(i18n.messages).length;
    await activateLocale('de');
    expect(Object.keys(i18n.messages)).toHaveLength(english);
  });
});

test('two screens that open at the same time both bring their words', async () => {
  await activateLocale('en');
  const before = Object.keys(i18n.messages).length;
  await Promise.all([openCatalogue('account'), openCatalogue('leaderboard')]);
  const both = Object.keys(i18n.messages).length;
  expect(both).toBeGreaterThan(before);
  await openCatalogue('leaderboard');
  expect(Object.keys(i18n.messages)).toHaveLength(both);
});

test('each folder has its words in one place: first, shared, or on demand', () => {
  const source = (name: string) => fs.readFileSync(`src/i18n/${name}`, 'utf8');
  const both = source('first.en.ts') + source('shared.en.ts');
  const brought = [...both.matchAll(/from '\.\.\/(\w+)\/locales\/en/g)].map(([, f]) => f);
  const onDemand = /!\.\.\/\{([\w,]+)\}/.exec(source('i18n.ts'))?.[1]?.split(',');
  expect(brought.sort()).toEqual(onDemand?.sort());
  for (const name of ['first', 'shared'])
    expect(source(`${name}.de.ts`)).toBe(
      source(`${name}.en.ts`).replaceAll('en.po', 'de.po'),
    );
});
