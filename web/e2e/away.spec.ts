/** A server that is away: while a screen is opened whose code was never fetched, or for a vote. */
import { lasting_port } from '../../test/e2e/lib/server.mjs';
import { expectReading, feedOf, openFeed } from './lib/feed';
import { castVote, isLive } from './lib/steps';
import { barOf, expect, Server, test } from './lib/test';

test('a screen is waited for, and comes by itself when the server is back', async ({
  browser,
}) => {
  const own = await Server.start({ config: { 'server.port': await lasting_port() } });
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

  await own.start();
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeFocused();
  await context.close();
  await own.end();
});

test('a vote waits for a server that is away, and a skip says so until it is back', async ({
  browser,
}) => {
  const own = await Server.start({ config: { 'server.port': await lasting_port() } });
  const context = await browser.newContext({ baseURL: own.url, locale: 'en-US' });
  const page = await context.newPage();
  const ada = await own.api.register();
  const [first, second] = await feedOf(own, ada, 'away', 2);
  const skipper = await context.newPage();
  await page.goto(`/p/${second}`);
  await castVote(page, 'Tabs'); // a guest now: neither has to become one
  await expect(barOf(page, 'Tabs')).toContainText('your vote');
  await openFeed(skipper, '/?tag=away');
  await isLive(skipper);
  await page.goto(`/p/${first}`);
  await isLive(page);
  await own.kill();

  await castVote(page, 'Tabs');
  await expect(page.getByRole('alert')).toHaveText(
    /^There is no answer to your vote yet\./,
  );
  await skipper.getByRole('button', { name: 'Skip' }).click();
  await expect(skipper.getByRole('alert')).toHaveText(/cannot be reached/);

  await own.start();
  await expect(barOf(page, 'Tabs')).toContainText('your vote');
  await expect(skipper.getByRole('alert')).toHaveCount(0);
  expect((await own.api.results(Number(first))).totalVotes).toBe(1);
  await context.close();
  await own.end();
});
