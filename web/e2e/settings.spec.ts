/** What the reader chooses for good: the language, the appearance, the keys. */
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expectReading, feedOf, openFeed } from './lib/feed';
import { open, SCREENS, type Seed, seed } from './lib/screens';
import { holdBack } from './lib/steps';
import { expect, signIn, test } from './lib/test';

const SOURCES = path.resolve(import.meta.dirname, '../src');

/** The page's own English, of more than one word, where the German is another. */
const ENGLISH = new Set(
  fs
    .readdirSync(SOURCES)
    .map((folder) => path.join(SOURCES, folder, 'locales/de.po'))
    .filter((file) => fs.existsSync(file))
    .flatMap((file) => [
      ...fs.readFileSync(file, 'utf8').matchAll(/^msgid "(.+)"\nmsgstr "(.+)"$/gm),
    ])
    .filter(([, english, german]) => english !== german)
    .flatMap(([, english = '']) => english.split(/<\/?\d+\/?>|\{\w+\}/))
    .map((part) => part.trim())
    .filter((part) => part.includes(' ')),
);

async function openSettings(page: Page, name = 'Settings'): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await expect(page.getByRole('dialog', { name })).toBeVisible();
}

test.describe('in a German browser', () => {
  test.use({ locale: 'de-DE' });

  test('it is German; who chooses English gets it at once, and from then on', async ({
    context,
    page,
  }) => {
    await page.goto('/leaderboard');
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await expect(page.getByRole('heading', { name: 'Rangliste' })).toBeVisible();
    await openSettings(page, 'Einstellungen');
    await page.getByRole('radio', { name: 'English' }).click();
    await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
    const second = await context.newPage();
    await second.goto('/sign-in');
    await expect(second.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await openSettings(second);
    await second.getByRole('radio', { name: 'Deutsch' }).click();
    await expect(second.getByRole('dialog', { name: 'Einstellungen' })).toBeVisible();
  });
});

test.describe('in a French browser', () => {
  test.use({ locale: 'fr-FR' });

  test('it is English', async ({ page }) => {
    await page.goto('/leaderboard');
    await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});

test('a language can be taken back before its words have come', async ({ page }) => {
  const release = await holdBack(page, '**/assets/first.de-*.js');
  await page.goto('/leaderboard');
  await openSettings(page);
  await page.getByRole('radio', { name: 'Deutsch' }).click();
  await expect(page.getByRole('radio', { name: 'Deutsch' })).toBeChecked();
  const words = page.waitForResponse('**/assets/first.de-*.js');
  await page.getByRole('radio', { name: 'English' }).click();
  release();
  await (await words).finished();
  await expect(page.getByRole('radio', { name: 'English' })).toBeChecked();
  await page.getByRole('radio', { name: 'Deutsch' }).click(); // by now they have
  await expect(page.getByRole('dialog', { name: 'Einstellungen' })).toBeVisible();
});

/** How bright the page is that the reader sees, of 255. */
function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    if (canvas === null) throw new Error('no canvas');
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  });
}

/** Once what was chosen is drawn. */
const expectBrightness = (page: Page) => expect.poll(() => brightness(page));

/** The colour that the browser takes for its own frame: of the first that applies. */
function frameColour(page: Page): Promise<string | undefined> {
  return page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')].find(
        ({ media }) => matchMedia(media).matches,
      )?.content,
  );
}

test('the browser’s frame follows the appearance that was chosen', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/leaderboard');
  const light = await frameColour(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await frameColour(page);
  expect(dark).not.toBe(light);

  await openSettings(page);
  await page.getByRole('radio', { name: 'Light' }).check();
  expect(await frameColour(page)).toBe(light);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
  expect(await frameColour(page)).toBe(light);
  await page.emulateMedia({ colorScheme: 'light' });
  await openSettings(page);
  await page.getByRole('radio', { name: 'Dark' }).check();
  expect(await frameColour(page)).toBe(dark);
  await page.getByRole('radio', { name: 'As the system' }).check();
  expect(await frameColour(page)).toBe(light);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await frameColour(page)).toBe(dark);
});

const DARK = 70;
const LIGHT = 200;

test('it is as dark as the system, until the reader chooses', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/leaderboard');
  expect(await brightness(page)).toBeLessThan(DARK);
  await page.emulateMedia({ colorScheme: 'light' });
  await expectBrightness(page).toBeGreaterThan(LIGHT);

  await openSettings(page);
  await expect(page.getByRole('radio', { name: 'As the system' })).toBeChecked();
  await page.getByRole('radio', { name: 'Dark' }).check();
  await expectBrightness(page).toBeLessThan(DARK);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
  expect(await brightness(page)).toBeLessThan(DARK);

  await page.emulateMedia({ colorScheme: 'dark' });
  await openSettings(page);
  await page.getByRole('radio', { name: 'Light' }).check();
  await expectBrightness(page).toBeGreaterThan(LIGHT);
  await page.reload();
  expect(await brightness(page)).toBeGreaterThan(LIGHT);
  await openSettings(page);
  await page.getByRole('radio', { name: 'As the system' }).check();
  await expectBrightness(page).toBeLessThan(DARK);
});

test('one of a few is chosen by arrow keys', async ({ page }) => {
  await page.goto('/leaderboard');
  await openSettings(page);
  await page.getByRole('radio', { name: 'As the system' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Light' })).toBeChecked();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeFocused();
  await expectBrightness(page).toBeLessThan(DARK);
  await page.keyboard.press('Shift+Tab'); // the group is one stop
  await expect(page.getByRole('radio', { name: 'English' })).toBeFocused();
});

test('keys that are switched off do nothing; the others go on working', async ({
  server,
  ada,
  page,
}) => {
  await feedOf(server, ada, 'keys', 3);
  await openFeed(page, '/?tag=keys');
  await expectReading(page, 'keys 1');
  await openSettings(page);
  const keys = page.getByRole('checkbox', { name: 'Single-key shortcuts' });
  await expect(keys).toBeChecked();
  await keys.uncheck();
  await page.keyboard.press('Escape');
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.method()));
  for (const key of ['j', 's', 'n', '1', 'v', '/', '?']) await page.keyboard.press(key);
  await page.keyboard.press('ArrowDown'); // a key of more than one character
  await expectReading(page, 'keys 2');
  await expect(page).toHaveURL('/?tag=keys');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('radio', { checked: true })).toHaveCount(0);
  expect(sent).not.toContain('POST');

  await openFeed(page, '/?tag=keys'); // remembered
  await expectReading(page, 'keys 1');
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowDown');
  await expectReading(page, 'keys 2');
  await openSettings(page);
  await keys.check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await expectReading(page, 'keys 3');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
});

test.describe('German all through', () => {
  // Who is nobody yet asks who they are, and a page that is not there is a 404.
  test.use({ locale: 'de-DE', refusals: [/status of 40[14]/] });

  let seeded: Seed;
  test.beforeAll(async ({ server }) => {
    seeded = await seed(server);
  });

  for (const screen of SCREENS)
    test(`${screen.name} has no English words`, async ({ server, context, page }) => {
      if (screen.as === 'ada') await signIn(context, server, seeded.ada);
      await open(page, screen, seeded);
      for (const summary of await page.locator('main summary').all()) await summary.click();
      const words = await wordsOn(page);
      expect(words.length).toBeGreaterThan(2);
      expect(words.filter((text) => ENGLISH.has(text))).toEqual([]);
    });

  test('the settings and the keys have no English words', async ({ page }) => {
    await page.goto('/leaderboard');
    await openSettings(page, 'Einstellungen');
    expect((await wordsOn(page)).filter((text) => ENGLISH.has(text))).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Tasten' })).toBeVisible();
    expect((await wordsOn(page)).filter((text) => ENGLISH.has(text))).toEqual([]);
  });
});

/** All that can be read on the screen or is said of it, text by text. */
function wordsOn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) found.push(walker.currentNode.textContent ?? '');
    for (const attribute of ['aria-label', 'title', 'placeholder', 'alt'])
      for (const element of document.body.querySelectorAll(`[${attribute}]`))
        found.push(element.getAttribute(attribute) ?? '');
    return found.map((text) => text.trim()).filter(Boolean);
  });
}
