/** Words may come in another order than they were asked for. */
import { i18n } from '@lingui/core';
import { expect, test, vi } from 'vitest';
import { later } from '~/test/later';
import { activateLocale, chooseLocale, openCatalogue } from './i18n';

const german = vi.hoisted(() => ({ comes: Promise.resolve() }));
vi.mock('./first.de', async (importOriginal) => {
  await german.comes;
  return importOriginal();
});

test('the last choice of a language wins, however late the words of another come', async () => {
  const { promise, keep } = later();
  german.comes = promise;
  const first = chooseLocale('de');
  await chooseLocale('en');
  keep();
  await first;
  expect(i18n.locale).toBe('en');
  expect(document.documentElement.lang).toBe('en');
});

test('a screen that is opened meanwhile has its words in both', async () => {
  await activateLocale('en');
  const first = chooseLocale('de');
  await openCatalogue('create');
  await first;
  expect(i18n.locale).toBe('de');
  const inGerman = Object.keys(i18n.messages).length;
  await activateLocale('en');
  expect(Object.keys(i18n.messages)).toHaveLength(inGerman);
});
