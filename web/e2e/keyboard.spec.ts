/** From the feed to a vote to a poll of one's own, without a mouse. */
import type { Locator, Page } from '@playwright/test';
import { openFeed } from './lib/feed';
import { barOf, expect, signIn, test } from './lib/test';

/** Presses Tab until the control has the focus; nobody should need more steps. */
async function tabTo(page: Page, target: Locator, steps = 60): Promise<void> {
  for (let i = 0; i < steps; i++) {
    if (await target.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`not reached with ${steps} times Tab: ${target}`);
}

test('from the feed to a vote to a new poll', async ({ server, ada, context, page }) => {
  await server.api.create_poll(ada.token, { title: 'Older', options: ['One', 'Two'] });
  const poll = await server.api.create_poll(ada.token, {
    title: 'The newest of all',
    options: ['Left', 'Middle', 'Right'],
  });
  const bob = await server.api.register();
  await signIn(context, server, bob);
  await openFeed(page, '/');
  await expect(page.getByRole('heading', { name: 'The newest of all' })).toBeVisible();

  await tabTo(page, page.getByRole('radio', { name: 'Left' }));
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Middle' })).toBeChecked();
  await tabTo(page, page.getByRole('button', { name: 'Vote', exact: true }).first());
  await page.keyboard.press('Enter');
  await expect(barOf(page, 'Middle')).toContainText('your vote');
  expect((await server.api.results(poll.id)).options[1]?.votes).toBe(1);

  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { name: 'Older' })).toBeInViewport();
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/\/new$/);

  await tabTo(page, page.getByRole('textbox', { name: /title|question/i }));
  await page.keyboard.type('Made with keys alone?');
  await tabTo(page, page.getByRole('textbox', { name: /option 1/i }));
  await page.keyboard.type('Yes');
  await tabTo(page, page.getByRole('textbox', { name: /option 2/i }));
  await page.keyboard.type('Of course');
  await tabTo(page, page.getByRole('button', { name: /^create/i }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/p\/\d+/);
  await expect(page.getByRole('heading', { name: 'Made with keys alone?' })).toBeVisible();
});
