/** A poll on the wall: what the presenter does by keys, and what the room sees. */
import type { Page } from '@playwright/test';
import { codeOf, readCode } from './lib/qr';
import { votes } from './lib/screens';
import { isLive, oneMore } from './lib/steps';
import { expect, signIn, test } from './lib/test';

test.use({ viewport: { width: 1280, height: 720 } });

const option = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ hasText: name });

const hidden = (page: Page) => page.getByText('The result is still hidden');
const shown = (page: Page) => page.getByText('The result is shown');

test('hides the result until R, and shows it live from then on', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token);
  await votes(server, poll.id, [1, 1, 0]);
  await page.goto(`/present/${poll.id}`);
  await isLive(page);
  await expect(hidden(page)).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Tabs or spaces?' })).toBeVisible();
  await expect(option(page, 'Tabs')).toHaveText(/^Tabs\s*$/);
  await expect(page.getByText('%')).toHaveCount(0);
  await expect(page.getByText('2votes')).toBeVisible(); // how many, not for what

  await page.keyboard.press('r');
  await expect(shown(page)).toBeAttached();
  await expect(option(page, 'Tabs')).toContainText('50.0%');
  await page.reload();
  await expect(option(page, 'Tabs')).toContainText('50.0%');
  await isLive(page);
  await votes(server, poll.id, [1, 1, 0]);
  await expect(option(page, 'Tabs')).toContainText('2 votes');
  await oneMore(server, poll.id, 1);
  await expect(option(page, 'Spaces')).toContainText('60.0%');
  await expect(page.getByText('5votes')).toBeVisible();

  await page.keyboard.press('Space');
  await expect(hidden(page)).toBeVisible();
  await expect(page.getByText('%')).toHaveCount(0);
  await page.reload();
  await expect(hidden(page)).toBeVisible();
});

test('F fills the screen, and gives it back', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/present/${poll.id}`);
  await expect(page.getByRole('heading', { name: 'Tabs or spaces?' })).toBeVisible();
  const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
  const button = page.getByRole('button', { name: 'Full screen' });
  await page.keyboard.press('f');
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  expect(await isFull()).toBe(true);
  await page.keyboard.press('f');
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  expect(await isFull()).toBe(false);
});

test('Q gives the whole screen to the code', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/present/${poll.id}`);
  const link = `127.0.0.1:${server.port}/p/${poll.id}`;
  const code = page.getByRole('img', { name: `QR code to join: ${link}` });
  const want = codeOf(`${server.url}/p/${poll.id}`);
  await expect(code.locator('path')).toHaveAttribute('d', /^M/);
  expect(await readCode(code, want.length)).toEqual(want);
  const width = async () => (await code.boundingBox())?.width ?? 0;
  const small = await width();
  await page.keyboard.press('q');
  await expect(page.getByRole('listitem')).toHaveCount(0);
  expect(await width()).toBeGreaterThan(small * 1.3);
  expect(await readCode(code, want.length)).toEqual(want);
  await expect(page.getByText(link)).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('heading', { name: 'Tabs or spaces?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listitem')).toHaveCount(3);
});

test('T turns dark into light, and stays so', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/present/${poll.id}`);
  await expect(page.getByRole('heading', { name: 'Tabs or spaces?' })).toBeVisible();
  const scheme = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  expect(await scheme()).toBe('dark');
  await page.keyboard.press('t');
  await expect.poll(scheme).toBe('light');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Tabs or spaces?' })).toBeVisible();
  expect(await scheme()).toBe('light');
  await page.keyboard.press('t');
  await expect.poll(scheme).toBe('dark');
});

test('C closes the poll, after a question, for its owner alone', async ({
  server,
  ada,
  browser,
  context,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token);
  await votes(server, poll.id, [0, 2, 1]);
  const other = await browser.newContext({ baseURL: server.url });
  const guest = await other.newPage();
  await guest.goto(`/present/${poll.id}?revealed`);
  await isLive(guest);
  await guest.keyboard.press('c');
  await guest.keyboard.press('?'); // whoever asks for the keys is told of those that do something
  await expect(guest.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await expect(guest.getByRole('dialog')).toHaveCount(1);
  await expect(guest.getByText('Close the poll')).toHaveCount(0);
  await guest.keyboard.press('Escape');

  await signIn(context, server, ada);
  await page.goto(`/present/${poll.id}`);
  await expect(page.getByRole('button', { name: 'Close the poll' })).toBeAttached();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'Close this poll?' });
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);
  expect((await server.api.results(poll.id)).status).toBe('open');
  await page.keyboard.press('c');
  await dialog.getByRole('button', { name: 'Close now' }).click();
  await expect(page.getByText('Closed — the result is still hidden (R)')).toBeVisible();
  expect((await server.api.results(poll.id)).status).toBe('closed');
  await expect(guest.getByText('Closed — final result')).toBeVisible();
  await expect(option(guest, 'Spaces')).toContainText('most votes');
  await other.close();
});

test('the arrows go through the presenter’s own polls', async ({
  server,
  ada,
  context,
  page,
}) => {
  const own = await server.api.register();
  const ids: number[] = [];
  for (const title of ['The first', 'The second', 'The third']) {
    ids.push((await server.api.create_poll(own.token, { title })).id);
    await server.api.create_poll(ada.token, { title: 'Not hers' });
  }
  await signIn(context, server, own);
  await page.goto(`/present/${ids[1]}?revealed`);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('The second');
  await expect(page.getByRole('button', { name: 'Next poll' })).toBeAttached();
  await page.keyboard.press('ArrowRight');
  await expect(heading).toHaveText('The third');
  await expect(hidden(page)).toBeVisible(); // each is revealed by itself
  await expect(page.getByRole('button', { name: 'Next poll' })).toHaveCount(0);
  await page.keyboard.press('PageUp');
  await expect(heading).toHaveText('The second');
  await page.keyboard.press('ArrowLeft');
  await expect(heading).toHaveText('The first');
  await expect(page).toHaveURL(`/present/${ids[0]}`);
  await expect(page.getByRole('button', { name: 'Previous poll' })).toHaveCount(0);
});

/** As people write them: short and long ones. */
const WORDS = [
  'Yes',
  'Somewhere by the sea, if it does not rain',
  'Donaudampfschifffahrtsgesellschaft',
  'The one that we had last year',
  'No',
];
const words = (count: number) =>
  Array.from({ length: count }, (_, i) => `${WORDS[i % WORDS.length]} ${i + 1}`);

/** What is cut off, outside the screen, or on top of something else. */
function misplaced(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const parts = [
      ...document.querySelectorAll('h1, main li, main aside > *, main footer'),
    ];
    const isCut = (part: Element) =>
      part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1;
    const isOutside = (part: Element) => {
      const { left, top, right, bottom } = part.getBoundingClientRect();
      return left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1;
    };
    const meet = (one: Element, two: Element) => {
      const [a, b] = [one.getBoundingClientRect(), two.getBoundingClientRect()];
      const isBeside = a.right <= b.left + 1 || b.right <= a.left + 1;
      return !isBeside && a.bottom > b.top + 1 && b.bottom > a.top + 1;
    };
    const name = (part: Element) => `${part.localName} ${part.textContent}`;
    const { scrollWidth, scrollHeight } = document.documentElement;
    const list = document.querySelector('main ul');
    return [
      ...(scrollWidth > innerWidth || scrollHeight > innerHeight
        ? ['the page scrolls']
        : []),
      ...(list && isCut(list) ? ['the list is cut'] : []),
      ...parts.filter((part) => part.localName !== 'footer' && isCut(part)).map(name),
      ...parts.filter(isOutside).map((part) => `${name(part)}: outside`),
      ...parts.flatMap((one, i) =>
        parts
          .slice(i + 1)
          .filter((two) => meet(one, two))
          .map((two) => `${name(one)} meets ${name(two)}`),
      ),
    ];
  });
}

/** The size of the smallest letters of a list, in pixels. */
function smallest(page: Page): Promise<number> {
  return page
    .locator('main li :not(:has(*))')
    .evaluateAll((parts) =>
      Math.min(...parts.map((part) => Number.parseFloat(getComputedStyle(part).fontSize))),
    );
}

test.describe('everything fits', () => {
  const SIZES = [
    { width: 1024, height: 768 },
    { width: 1280, height: 720 },
    { width: 1920, height: 1080 },
  ];
  for (const count of [2, 6, 20])
    test(`${count} options`, async ({ server, ada, page }) => {
      const poll = await server.api.create_poll(ada.token, {
        title: 'Where shall we go together when the summer is over and the days get short?',
        options: words(count),
      });
      await votes(server, poll.id, Array<number>(count).fill(1));
      for (const viewport of SIZES) {
        await page.setViewportSize(viewport);
        await page.goto(`/present/${poll.id}`);
        await isLive(page);
        await expect(page.getByRole('listitem')).toHaveCount(count);
        await expect(page.getByRole('img').locator('path')).toHaveAttribute('d', /^M/);
        const where = `${viewport.width} × ${viewport.height}`;
        expect(await misplaced(page), `${where}, hidden`).toEqual([]);
        await page.keyboard.press('r');
        await expect(page.getByText('%')).toHaveCount(count);
        expect(await misplaced(page), `${where}, revealed`).toEqual([]);
        expect(await smallest(page), `${where}, letters`).toBeGreaterThanOrEqual(12);
        await page.keyboard.press('q');
        await expect(page.getByRole('listitem')).toHaveCount(0);
        expect(await misplaced(page), `${where}, the code`).toEqual([]);
      }
    });
});
