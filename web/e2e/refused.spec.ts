/** A vote that is refused: it says why, and nothing is counted twice. */
import type { Browser, Page, Route } from '@playwright/test';
import { within_a_day } from '../../test/e2e/lib/wait.mjs';
import { castVote, choose, press, withoutDates } from './lib/steps';
import { barOf, expect, Server, signIn, test, watch } from './lib/test';

const TIME = /\d+:\d\d.[AP]M/;

async function expectAlert(page: Page, sentence: string | RegExp): Promise<void> {
  await expect(page.getByRole('alert')).toHaveText(sentence);
}

/** Nothing comes but the answers to what the page asks. */
async function blockLive(page: Page): Promise<void> {
  await page.routeWebSocket(/\/ws/, (socket) => socket.close());
  await page.route(/\/live(\?|$)/, (route) => route.abort());
}

test.describe('refused', () => {
  // The browser reports each refused request, and each that was blocked.
  test.use({ refusals: [/Failed to load|WebSocket|ERR_/] });

  test('the poll closed, and the page has not heard of it', async ({
    server,
    ada,
    page,
  }) => {
    const poll = await server.api.create_poll(ada.token);
    await blockLive(page);
    await page.goto(`/p/${poll.id}`);
    await choose(page, 'Tabs');
    await server.api.post(`/api/polls/${poll.id}/close`, { token: ada.token });
    await press(page, 'Vote');
    await expectAlert(page, 'This poll has closed. Votes are no longer taken.');
    await expect(page.getByText('This poll is closed.')).toBeVisible();
    await expect(page.getByRole('radio')).toHaveCount(0);
    expect((await server.api.results(poll.id)).totalVotes).toBe(0);
  });

  test('voted on elsewhere', async ({ server, ada, context, page }) => {
    const poll = await server.api.create_poll(ada.token);
    const account = await server.api.register();
    await signIn(context, server, account);
    await page.goto(`/p/${poll.id}`);
    await choose(page, 'Both');
    await server.api.vote(account.token, poll.id, 1, { expect: 201 });
    await press(page, 'Vote');
    await expectAlert(page, 'You have already voted here, and that vote counts.');
    await expect(barOf(page, 'Spaces')).toContainText('your vote');
    expect((await server.api.results(poll.id)).totalVotes).toBe(1);
  });

  test('skipped elsewhere', async ({ server, ada, context, page }) => {
    const poll = await server.api.create_poll(ada.token);
    const account = await server.api.register();
    await signIn(context, server, account);
    await page.goto(`/p/${poll.id}`);
    await choose(page, 'Both');
    await server.api.post(`/api/polls/${poll.id}/skip`, { token: account.token });
    await press(page, 'Vote');
    await expectAlert(page, 'You skipped this poll.');
    await expect(page.getByText(/^You skipped this poll\. /)).toBeVisible();
  });

  async function lastVoteOfTheDay(browser: Browser): Promise<void> {
    const strict = await Server.start({ config: { 'limits.votes_per_day': 2 } });
    const account = await strict.api.register();
    const context = await browser.newContext({ baseURL: strict.url, locale: 'en-US' });
    const wrong = watch(context, strict.url, [/status of (401|429)/]);
    const page = await context.newPage();
    for (const rest of [
      'You have 1 vote left today.',
      'That was your last vote for today.',
    ]) {
      const poll = await strict.api.create_poll(account.token);
      await page.goto(`/p/${poll.id}`);
      await castVote(page, 'Tabs');
      await expect(page.getByText(rest)).toBeVisible();
    }
    const third = await strict.api.create_poll(account.token);
    await page.goto(`/p/${third.id}`);
    await castVote(page, 'Tabs');
    await expectAlert(
      page,
      new RegExp(
        `^Not counted: your votes for today are used up\\. You can vote again from .*${TIME.source}\\.$`,
      ),
    );
    await expect(page.getByRole('radio', { name: 'Tabs' })).toBeChecked();
    expect((await strict.api.results(third.id)).totalVotes).toBe(0);
    expect(wrong).toEqual([]);
    await context.close();
    await strict.end();
  }

  test('the last vote of the day: until when', ({ browser }) =>
    within_a_day(() => lastVoteOfTheDay(browser)));

  test('the page has a clock that is fast and cannot tell, and the poll is not open', async ({
    server,
    ada,
    page,
  }) => {
    const hour = 3600_000;
    const poll = await server.api.create_poll(ada.token, {
      opensAt: new Date(Date.now() + hour).toISOString(),
    });
    await page.clock.install({ time: Date.now() + 2 * hour });
    await withoutDates(page);
    await page.goto(`/p/${poll.id}`);
    await castVote(page, 'Tabs');
    await expectAlert(page, /^This poll is not open yet\. Opening: .*\d+:\d\d.[AP]M\.$/);
  });

  test('the poll was deleted', async ({ server, ada, page }) => {
    const poll = await server.api.create_poll(ada.token);
    await blockLive(page);
    await page.goto(`/p/${poll.id}`);
    await choose(page, 'Tabs');
    await server.api.delete(`/api/polls/${poll.id}`, { token: ada.token });
    await press(page, 'Vote');
    await expectAlert(page, 'There is no such thing here any more.');
  });

  test('the session has ended', async ({ server, ada, context, page }) => {
    const poll = await server.api.create_poll(ada.token);
    const account = await server.api.register();
    await signIn(context, server, account);
    await page.goto(`/p/${poll.id}`);
    await expect(page.getByRole('link', { name: account.user.username })).toBeVisible();
    await choose(page, 'Tabs');
    await server.api.delete('/api/users/me', {
      token: account.token,
      body: { password: 'correct horse' },
    });
    await press(page, 'Vote');
    await expect(page.locator('main').getByRole('alert')).toHaveText(
      'Your session has ended. Sign in again, please.',
    );
    await expect(
      page.locator('main').getByRole('link', { name: 'Sign in' }),
    ).toHaveAttribute('href', `/sign-in?next=${encodeURIComponent(`/p/${poll.id}`)}`);
  });

  /** What no test can bring a healthy server to say. */
  const FAILURES = [
    [500, 'internal', 'Something has failed on the server. Try again.'],
    [404, 'not_found', 'There is no such thing here any more.'],
    [403, 'forbidden', 'You may not do this.'],
    [
      422,
      'unknown_option',
      'This option is no longer there. Reload the page to see the poll as it is now.',
    ],
  ] as const;
  for (const [status, code, sentence] of FAILURES)
    test(`${code}: has its sentence, and the vote can be sent again`, async ({
      server,
      ada,
      page,
    }) => {
      const poll = await server.api.create_poll(ada.token);
      const keys = new Set<string | undefined>();
      const refuse = (route: Route) => {
        keys.add(route.request().headers()['idempotency-key']);
        return route.fulfill({
          status,
          contentType: 'application/problem+json',
          body: JSON.stringify({ type: 'about:blank', title: 'No', status, code }),
        });
      };
      await page.route('**/vote', refuse);
      await page.goto(`/p/${poll.id}`);
      await castVote(page, 'Tabs');
      await expectAlert(page, sentence);
      await expect(page.getByRole('radio', { name: 'Tabs' })).toBeChecked();
      await page.unroute('**/vote', refuse);
      page.on('request', (request) => {
        if (request.url().endsWith('/vote')) keys.add(request.headers()['idempotency-key']);
      });
      await page.getByRole('button', { name: /^(Try again|Vote)$/ }).click();
      await expect(barOf(page, 'Tabs')).toContainText('your vote');
      expect(keys.size).toBe(1); // so that it counts once, however often it arrived
    });

  for (const [status, code] of [
    [503, 'overloaded'],
    [503, 'unavailable'],
    [408, 'request_timeout'],
  ] as const)
    test(`${code}: the vote is sent again by itself, and counts once`, async ({
      server,
      ada,
      page,
    }) => {
      const poll = await server.api.create_poll(ada.token);
      const refuse = (route: Route) =>
        route.fulfill({
          status,
          contentType: 'application/problem+json',
          body: JSON.stringify({ type: 'about:blank', title: 'No', status, code }),
        });
      await page.route('**/vote', refuse);
      await page.goto(`/p/${poll.id}`);
      await castVote(page, 'Tabs');
      await expectAlert(page, /^There is no answer to your vote yet\./);
      await page.unroute('**/vote', refuse);
      await expect(barOf(page, 'Tabs')).toContainText('your vote');
      await expect(page.getByRole('alert')).toHaveCount(0);
      expect((await server.api.results(poll.id)).totalVotes).toBe(1);
    });

  test('offline: says so, keeps the vote, and it counts once', async ({
    server,
    ada,
    context,
    page,
  }) => {
    const poll = await server.api.create_poll(ada.token);
    await page.goto(`/p/${poll.id}`);
    await choose(page, 'Tabs');
    await context.setOffline(true);
    await press(page, 'Vote');
    await expectAlert(page, /^You are offline\. Your vote is kept/);
    await expect(
      page.getByRole('button', { name: 'Waiting for a connection…' }),
    ).toBeVisible();
    await choose(page, 'Tabs'); // nothing can be changed while it waits
    await page.getByText('Spaces', { exact: true }).click();
    await expect(page.getByRole('radio', { name: 'Tabs' })).toBeChecked();
    await context.setOffline(false);
    await expect(barOf(page, 'Tabs')).toContainText('your vote');
    await expect(page.getByRole('alert')).toHaveCount(0);
    expect((await server.api.results(poll.id)).totalVotes).toBe(1);
  });

  test('offline: a vote that is not to be sent is not sent', async ({
    server,
    ada,
    context,
    page,
  }) => {
    const poll = await server.api.create_poll(ada.token);
    await page.goto(`/p/${poll.id}`);
    await choose(page, 'Tabs');
    await context.setOffline(true);
    await press(page, 'Vote');
    await press(page, 'Do not send');
    await expect(page.getByRole('alert')).toHaveCount(0);
    await context.setOffline(false);
    await castVote(page, 'Both');
    await expect(barOf(page, 'Both')).toContainText('your vote');
    const { options } = await server.api.results(poll.id);
    expect(options.map(({ votes }) => votes)).toEqual([0, 0, 1]);
  });
});
