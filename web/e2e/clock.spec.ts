/** A device whose clock is off: what it is about is the server's time. */
import type { Page } from '@playwright/test';
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
  await expect(page.getByRole('timer')).toHaveText(/Closes in [45]:\d\d/);
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
  await expect(page.getByRole('timer')).toHaveText(/Closes in [234]:\d\d/);
  await page.goto(`/present/${open.id}`);
  await expect(page.getByRole('timer')).toHaveText(/Closes in [234]:\d\d/);
  await page.goto(`/p/${later.id}`);
  await expect(page.getByRole('timer')).toHaveText(/Opens in [234]:\d\d/);
  await expect(page.getByText(/\([234]:\d\d\)/)).toBeVisible();
  await expect(page.getByRole('radio')).toHaveCount(0);
});
