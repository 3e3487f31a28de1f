/**
 * German, which is long, on the smallest screen there is, and with that magnified four times
 * (1280 by 1024 at 400 % is 320 by 256): nothing is cut off, and nothing is beyond the edge.
 */
import type { Locator, Page } from '@playwright/test';
import { open, SCREENS, type Screen, type Seed, seed } from './lib/screens';
import { expect, signIn, test } from './lib/test';

test.use({
  locale: 'de-DE',
  viewport: { width: 320, height: 568 },
  refusals: [/status of 40[14]/],
});

let seeded: Seed;
test.beforeAll(async ({ server }) => {
  seeded = await seed(server, 'ada'); // a longer name is shortened in the bar, and whole in the account
});

/** What a reader does not see all of, each with how it begins. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const isInside = (element: Element, test: (one: Element) => boolean): boolean =>
      element !== document.body &&
      (test(element) || isInside(element.parentElement as Element, test));
    /** For screen readers alone, or not shown at all. */
    const isUnseen = (element: Element) => {
      const { width, height } = element.getBoundingClientRect();
      return width <= 1 || height <= 1 || getComputedStyle(element).visibility === 'hidden';
    };
    const scrollsSideways = (element: Element) =>
      /auto|scroll/.test(getComputedStyle(element).overflowX) &&
      element.scrollWidth > element.clientWidth;
    const cuts = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
    const isCutAside = (element: Element) =>
      cuts(getComputedStyle(element).overflowX) &&
      element.scrollWidth > element.clientWidth + 1;
    /** Where lines are counted, a button shows the rest. */
    const isCutBelow = (element: Element) => {
      const { overflowY, webkitLineClamp } = getComputedStyle(element);
      const isHigh = element.scrollHeight > element.clientHeight + 1;
      return webkitLineClamp === 'none' && cuts(overflowY) && isHigh;
    };
    const isBeyond = (element: Element) => {
      const { left, right } = element.getBoundingClientRect();
      const isOut = right > innerWidth + 0.5 || left < -0.5;
      return isOut && !isInside(element, scrollsSideways);
    };
    const hasText = (element: Element) => element.textContent?.trim() !== '';
    const faultOf = (element: Element) => {
      if (isBeyond(element)) return 'beyond the edge';
      if (hasText(element) && isCutAside(element)) return 'cut at the side';
      return hasText(element) && isCutBelow(element) ? 'cut below' : null;
    };
    const found = [...document.body.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => !isInside(element, isUnseen))
      .map((element) => ({ fault: faultOf(element), element }))
      .filter(({ fault }) => fault !== null)
      .map(({ fault, element }) => `${fault}: ${element.outerHTML.slice(0, 200)}`);
    if (root.scrollWidth > root.clientWidth) found.push('the page scrolls sideways');
    return found;
  });
}

async function fits(page: Page): Promise<void> {
  for (const height of [568, 256]) {
    await page.setViewportSize({ width: 320, height });
    await expect.poll(() => cutOff(page), `${height} px high`).toEqual([]);
  }
}

for (const screen of SCREENS)
  test(`${screen.name}: nothing is cut off`, async ({ server, context, page }) => {
    if (screen.as === 'ada') await signIn(context, server, seeded.ada);
    await open(page, screen, seeded);
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await fits(page);
  });

test('a link that is longer than the screen is wide is seen whole', async ({
  server,
  context,
  page,
}) => {
  await signIn(context, server, seeded.ada);
  await page.goto(`/p/${seeded.fresh}`);
  await button(page, 'Umfrage teilen').click();
  const link = page.getByRole('textbox', { name: 'Link' });
  await link.evaluate((field: HTMLTextAreaElement) => {
    field.value = `https://abstimmungen.example.org/${'unterordner/'.repeat(5)}p/123456789`;
  });
  await fits(page);
  const hidden = await link.evaluate((field) => field.scrollHeight - field.clientHeight);
  expect(hidden).toBeLessThanOrEqual(1);
});

const button = (page: Page, name: string): Locator =>
  page.getByRole('button', { name, exact: true }).first();

/** What lies over a screen. */
const DIALOGS: (Pick<Screen, 'name' | 'path'> & { press: string[] })[] = [
  { name: 'settings', path: () => '/', press: ['Einstellungen'] },
  { name: 'share', path: (s) => `/p/${s.fresh}`, press: ['Umfrage teilen'] },
  { name: 'edit', path: (s) => `/p/${s.fresh}`, press: ['Bearbeiten'] },
  { name: 'edit with votes', path: (s) => `/p/${s.secret}`, press: ['Bearbeiten'] },
  { name: 'close', path: (s) => `/p/${s.lively}`, press: ['Jetzt schließen'] },
  { name: 'delete a poll', path: (s) => `/p/${s.lively}`, press: ['Löschen'] },
  { name: 'delete the account', path: () => '/account', press: ['Konto löschen'] },
];

for (const dialog of DIALOGS)
  test(`dialog ${dialog.name}: nothing is cut off`, async ({ server, context, page }) => {
    await signIn(context, server, seeded.ada);
    await page.goto(dialog.path(seeded));
    for (const name of dialog.press) await button(page, name).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expect(page.getByText(/^Wird geladen/)).toHaveCount(0);
    await fits(page);
  });
