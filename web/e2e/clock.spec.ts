/** A device whose clock is off: what it is about is the server's time. */
import type { Locator, Page } from '@playwright/test';
import type { Poll } from '../src/api/client';
import { expect, signIn, test } from './lib/test';

const MINUTE = 60_000;

/** The page's clock runs, so far ahead. */
async function setAhead(page: Page, ms: number): Promise<void> {
  await page.addInitScript((ms) => {
    const now = Date.now.bind(Date);
    globalThis.Date = class extends Date {
      constructor(...args: []) {
        if (args.length === 0) super(now() + ms);
        else super(...args);
      }
      static override now = () => now() + ms;
    } as DateConstructor;
  }, ms);
}

/** How long the page says that it is until a moment: right, but for how long this looks. */
async function expectLeft(
  shown: Locator,
  words: RegExp,
  until: string | null,
): Promise<void> {
  const away = async () => {
    const [, minutes, seconds] = words.exec((await shown.textContent()) ?? '') ?? [];
    const left = (Date.parse(until ?? '') - Date.now()) / 1000;
    return Math.abs(60 * Number(minutes) + Number(seconds) - left);
  };
  await expect.poll(away).toBeLessThan(30);
}

const CLOSES = /Closes in (\d):(\d\d)/;
const OPENS = /Opens in (\d):(\d\d)/;
const IN_BRACKETS = /\((\d):(\d\d)\)/;

const inMinutes = (count: number) => new Date(Date.now() + count * MINUTE).toISOString();

test('a clock that is slow makes a poll that closes after five minutes', async ({
  page,
  context,
  server,
  ada,
}) => {
  await setAhead(page, -6 * MINUTE);
  await signIn(context, server, ada);
  await page.goto('/new');
  await page.getByRole('textbox', { name: 'Question' }).fill('Quick?');
  await page.getByRole('textbox', { name: 'Option 1' }).fill('Yes');
  await page.getByRole('textbox', { name: 'Option 2' }).fill('No');
  await page.getByText('More options').click();
  await page.getByRole('radio', { name: 'after 5 minutes' }).check();
  await page.getByRole('button', { name: 'Create poll' }).click();
  await expect(page).toHaveURL(/\/p\/\d+/);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  const [id] = /\d+$/.exec(new URL(page.url()).pathname) ?? [];
  const { createdAt, closesAt } = (await server.api.get(`/api/polls/${id}`)).body as Poll;
  const open = Date.parse(closesAt ?? '') - Date.parse(createdAt);
  expect(Math.abs(open - 5 * MINUTE)).toBeLessThan(MINUTE / 2);
  await expectLeft(page.getByRole('timer'), CLOSES, closesAt);
});

test('a clock that is fast does not close a poll, nor open one', async ({
  page,
  server,
  ada,
}) => {
  await setAhead(page, 10 * MINUTE);
  const open = await server.api.create_poll(ada.token, { closesAt: inMinutes(4) });
  const later = await server.api.create_poll(ada.token, { opensAt: inMinutes(4) });
  await page.goto(`/p/${open.id}`);
  await expectLeft(page.getByRole('timer'), CLOSES, open.closesAt);
  await page.goto(`/present/${open.id}`);
  await expectLeft(page.getByRole('timer'), CLOSES, open.closesAt);
  await page.goto(`/p/${later.id}`);
  await expectLeft(page.getByRole('timer'), OPENS, later.opensAt);
  await expectLeft(page.getByText(IN_BRACKETS), IN_BRACKETS, later.opensAt);
  await expect(page.getByRole('radio')).toHaveCount(0);
});
