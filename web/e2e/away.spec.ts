/** A server that is away while a screen is opened whose code was never fetched. */
import { expectReading, feedOf, openFeed } from './lib/feed';
import { isLive } from './lib/steps';
import { expect, Server, test } from './lib/test';

test('a screen is waited for, and comes by itself when the server is back', async ({
  browser,
}) => {
  const own = await Server.start();
  const context = await browser.newContext({ baseURL: own.url, locale: 'en-US' });
  const page = await context.newPage();
  const ada = await own.api.register();
  await feedOf(own, ada, 'away', 2);
  await openFeed(page, '/?tag=away');
  await isLive(page);
  await own.kill();

  await page.getByRole('link', { name: 'Leaderboard' }).click();
  const waiting = page.getByRole('status').filter({ hasText: 'Waiting for a connection…' });
  await expect(waiting).toBeVisible();
  await expect(page.getByRole('button', { name: 'Load again' })).toBeVisible();
  await page.goBack(); // what was there before still is
  await expectReading(page, 'away 1');
  await page.getByRole('button', { name: 'Share' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await expect(dialog).toContainText('Waiting for a connection…');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole('link', { name: 'Leaderboard' }).click();
  await expect(waiting).toBeVisible();

  own.opts.config = { 'server.port': own.port };
  await own.start();
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible({
    timeout: 40_000, // it asks ever more rarely, after 30 s at the latest
  });
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeFocused();
  await context.close();
  await own.end();
});
