/** What one person does, another one sees: at once, and after whatever happened in between. */
import { lasting_port } from '../../test/e2e/lib/server.mjs';
import { castVote, isLive, watchCalls } from './lib/steps';
import { barOf, expect, report, Server, test, watch } from './lib/test';

test('a vote in one browser moves the bar in another', async ({
  server,
  ada,
  browser,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token);
  const other = await browser.newContext({ baseURL: server.url });
  const watching = await other.newPage();
  await watching.goto(`/p/${poll.id}`);
  await watching.getByRole('button', { name: /show results/i }).click();
  await expect(barOf(watching, 'Spaces')).toContainText('0%');
  await expect(watching.getByRole('status').filter({ hasText: /live/i })).toBeVisible();

  // The clock is the watching page's own: from the click in one to the change in the other.
  await watching.evaluate(() => {
    new MutationObserver((_, observer) => {
      if (!document.body.textContent?.includes('100%')) return;
      observer.disconnect();
      document.body.dataset.movedAt = String(Date.now());
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await page.goto(`/p/${poll.id}`);
  await page.getByRole('radio', { name: 'Spaces' }).check();
  await page.evaluate(() => {
    document.addEventListener('click', () => {
      document.body.dataset.clickedAt = String(Date.now());
    });
  });
  await page.getByRole('button', { name: 'Vote', exact: true }).click();
  await expect(barOf(page, 'Spaces')).toContainText('100%');
  await expect(barOf(watching, 'Spaces')).toContainText('100%');

  const clicked = Number(await page.locator('body').getAttribute('data-clicked-at'));
  const moved = Number(await watching.locator('body').getAttribute('data-moved-at'));
  report(`from the click in one browser to the bar in the other: ${moved - clicked} ms`);
  expect(moved).toBeGreaterThanOrEqual(clicked);
  await other.close();
});

test('the page shows what the server counted, not what it hopes', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/p/${poll.id}`);
  await page.getByRole('radio', { name: 'Both' }).check();
  // Somebody else was there first: the answer to this vote has two votes in it.
  const [token] = await server.api.crowd(1);
  await server.api.vote(String(token), poll.id, 0, { expect: 201 });
  await page.getByRole('button', { name: 'Vote', exact: true }).click();
  await expect(barOf(page, 'Both')).toContainText('50.0%');
  await expect(barOf(page, 'Tabs')).toContainText('50.0%');
});

test('a vote that is sent twice is counted once', async ({ server, ada, browser }) => {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  const poll = await server.api.create_poll(ada.token);
  let tries = 0;
  await page.route('**/vote', async (route) => {
    tries += 1;
    if (tries > 1) return route.continue();
    await route.fetch(); // it arrives, and its answer is lost
    return route.abort('connectionreset');
  });
  await page.goto(`/p/${poll.id}`);
  await castVote(page, 'Tabs');
  await expect(barOf(page, 'Tabs')).toContainText('your vote');
  expect(tries).toBe(2);
  expect((await server.api.results(poll.id)).totalVotes).toBe(1);
  await context.close();
});

test.describe('with refused requests', () => {
  test.use({ refusals: [/Failed to load|WebSocket|ERR_/] });

  test('it comes back after the server was killed, and after a reload', async ({
    browser,
  }) => {
    const own = await Server.start({ config: { 'server.port': await lasting_port() } });
    const account = await own.api.register();
    const poll = await own.api.create_poll(account.token);
    const context = await browser.newContext({ baseURL: own.url });
    const page = await context.newPage();
    await page.goto(`/p/${poll.id}`);
    await castVote(page, 'Spaces');
    await expect(barOf(page, 'Spaces')).toContainText('100%');

    await expect(page.getByRole('status').filter({ hasText: /^live/i })).toBeVisible();
    await own.kill();
    await expect(
      page.getByRole('status').filter({ hasText: /reconnecting|offline/i }),
    ).toBeVisible();
    await expect(barOf(page, 'Spaces')).toContainText('100%'); // the newest that is known stays
    await own.start();
    await expect(page.getByRole('status').filter({ hasText: /^live/i })).toBeVisible();

    const [token] = await own.api.crowd(1);
    await own.api.vote(String(token), poll.id, 0, { expect: 201 });
    await expect(barOf(page, 'Tabs')).toContainText('50.0%');
    await page.reload();
    await expect(barOf(page, 'Spaces')).toContainText('your vote');
    await expect(barOf(page, 'Tabs')).toContainText('50.0%');
    await context.close();
    await own.stop();
    await own.verify();
    await own.end();
  });

  test('where WebSocket is blocked it follows by server-sent events', async ({
    server,
    ada,
    page,
  }) => {
    const poll = await server.api.create_poll(ada.token);
    await page.routeWebSocket(/\/ws/, (socket) => socket.close());
    await page.goto(`/p/${poll.id}`);
    await page.getByRole('button', { name: /show results/i }).click();
    await expect(page.getByRole('status').filter({ hasText: /^live/i })).toBeVisible();
    const [token] = await server.api.crowd(1);
    await server.api.vote(String(token), poll.id, 1, { expect: 201 });
    await expect(barOf(page, 'Spaces')).toContainText('100%');
  });
});

test('closing shows by itself, and only its time is asked for, once', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token, {
    resultsVisibility: 'after_close',
  });
  await page.goto(`/p/${poll.id}`);
  await castVote(page, 'Both');
  await expect(page.getByText(/when the poll closes/i).first()).toBeVisible();
  await expect(page.getByTestId('bar')).toHaveCount(0);
  await isLive(page);
  const asked = watchCalls(page);
  await server.api.post(`/api/polls/${poll.id}/close`, { token: ada.token, expect: 200 });
  await expect(barOf(page, 'Both')).toContainText('100%');
  const itself = `GET /api/polls/${poll.id}`;
  await expect.poll(() => asked).toEqual([itself]); // within a second, each reader at another time
});

test('two tabs of one reader agree', async ({ server, ada, context, page }) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/p/${poll.id}`);
  await castVote(page, 'Tabs');
  await expect(barOf(page, 'Tabs')).toContainText('your vote');
  const second = await context.newPage();
  watch(context, server.url);
  await second.goto(`/p/${poll.id}`);
  await expect(barOf(second, 'Tabs')).toContainText('your vote');
});
