/** The feed: one poll a screen, what is done stays done, and whatever may go wrong. */
import type { Page, Request } from '@playwright/test';
import {
  atRest,
  card,
  drawFinger,
  expectReading,
  feedOf,
  openFeed,
  titleOf,
} from './lib/feed';
import { holdBack } from './lib/steps';
import { barOf, expect, Server, signIn, test, watch } from './lib/test';

/** The requests that a page sends from now on to one path of the API. */
function requestsTo(page: Page, path: RegExp, method = 'GET'): Request[] {
  const sent: Request[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (path.test(pathname) && request.method() === method) sent.push(request);
  });
  return sent;
}

const LIST = /^\/api\/polls$/;
const SKIP = /\/skip$/;
const GUEST = /^\/api\/auth\/guest$/;

/** Where it is day: a time of tomorrow would be said with its date. */
const FAR_FROM_MIDNIGHT = new Date().getUTCHours() < 12 ? 'Etc/GMT-6' : 'Etc/GMT+6';

async function voteFor(page: Page, title: string, option: string): Promise<void> {
  const poll = card(page, title);
  await poll.getByRole('radio', { name: option }).check();
  await poll.getByRole('button', { name: 'Vote', exact: true }).click();
}

test.describe('by finger', () => {
  test.use({ hasTouch: true, isMobile: true });

  test('a fling goes on by one poll, and one back', async ({ server, ada, page }) => {
    await feedOf(server, ada, 'fling', 4);
    await openFeed(page, '/?tag=fling');
    await expectReading(page, 'fling 1');
    await drawFinger(page, { x: 200, y: 640 }, { x: 200, y: 200 });
    await expectReading(page, 'fling 2');
    await drawFinger(page, { x: 200, y: 640 }, { x: 200, y: 200 });
    await expectReading(page, 'fling 3');
    await drawFinger(page, { x: 200, y: 250 }, { x: 200, y: 690 });
    await expectReading(page, 'fling 2');
  });

  test('a swipe to the left skips; upwards, to the right or by little it does not', async ({
    server,
    ada,
    page,
  }) => {
    await feedOf(server, ada, 'swipe', 4);
    await openFeed(page, '/?tag=swipe');
    const skips = requestsTo(page, SKIP, 'POST');
    await expectReading(page, 'swipe 1');
    await drawFinger(page, { x: 100, y: 200 }, { x: 340, y: 200 });
    await drawFinger(page, { x: 300, y: 200 }, { x: 240, y: 200 });
    await drawFinger(page, { x: 300, y: 640 }, { x: 250, y: 200 });
    await expectReading(page, 'swipe 2');
    expect(skips).toHaveLength(0);
    await drawFinger(page, { x: 340, y: 200 }, { x: 60, y: 215 });
    await expectReading(page, 'swipe 3');
    await expect(card(page, 'swipe 2')).toHaveCount(0);
    expect(skips).toHaveLength(1);
    await drawFinger(page, { x: 200, y: 250 }, { x: 200, y: 690 });
    await expectReading(page, 'swipe 1');
  });
});

test('a notch of the wheel goes on by one poll', async ({ server, ada, page }) => {
  await feedOf(server, ada, 'wheel', 3);
  await openFeed(page, '/?tag=wheel');
  await expectReading(page, 'wheel 1');
  await page.mouse.move(200, 400);
  await page.mouse.wheel(0, 100);
  await expectReading(page, 'wheel 2');
  await page.mouse.wheel(0, -100);
  await expectReading(page, 'wheel 1');
});

test('sixty polls: each is there once, fetched ahead, and few are in the page', async ({
  server,
  ada,
  page,
}) => {
  const COUNT = 60;
  await feedOf(server, ada, 'walk', COUNT);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const pages = requestsTo(page, LIST);
  await openFeed(page, '/?tag=walk');
  for (let n = 1; n <= COUNT; n++) {
    await expectReading(page, titleOf('walk', n));
    await expect(card(page, titleOf('walk', n))).toHaveAttribute('aria-posinset', `${n}`);
    expect(await page.getByRole('article').count()).toBeLessThan(40);
    if (n === 5) expect(pages).toHaveLength(1);
    if (n === 6) await expect.poll(() => pages.length).toBe(2); // of ten polls each
    await page.keyboard.press('j');
  }
  await expectReading(page, 'You have seen all of these.');
  // Each page once; who is at the end for long looks for what is new before the first.
  const cursors = pages.flatMap(
    (request) => new URL(request.url()).searchParams.get('cursor') ?? [],
  );
  expect(cursors).toHaveLength(5);
  expect(new Set(cursors).size).toBe(5);
  await page.keyboard.press('k');
  await expectReading(page, titleOf('walk', COUNT));
  await expect(card(page, titleOf('walk', COUNT))).toHaveAttribute('aria-setsize', '60');
});

test('skips by button and by key: the next poll comes in its place', async ({
  server,
  ada,
  page,
}) => {
  await feedOf(server, ada, 'skip', 4);
  await openFeed(page, '/?tag=skip');
  await card(page, 'skip 1').getByRole('button', { name: 'Skip' }).click();
  await expectReading(page, 'skip 2');
  await expect(page.getByRole('heading', { name: 'skip 2' })).toBeFocused();
  await page.keyboard.press('s');
  await expectReading(page, 'skip 3');
  await expect(card(page, 'skip 1')).toHaveCount(0);
  await expect(card(page, 'skip 2')).toHaveCount(0);
  await expect(card(page, 'skip 3')).toHaveAttribute('aria-posinset', '1');
});

test('what was voted on or skipped never comes back', async ({
  server,
  ada,
  context,
  page,
}) => {
  await feedOf(server, ada, 'done', 5);
  await openFeed(page, '/?tag=done');
  await expectReading(page, 'done 1');
  await page.keyboard.press('j');
  await expectReading(page, 'done 2');
  await voteFor(page, 'done 2', 'Both');
  await expect(card(page, 'done 2').getByTestId('bar')).toHaveCount(3);
  await page.keyboard.press('j');
  await expectReading(page, 'done 3');
  await page.keyboard.press('s');
  await expectReading(page, 'done 4');

  // Back and forth: what was skipped is gone, the result stays, and is no form again.
  await page.keyboard.press('k');
  await expectReading(page, 'done 2');
  await expect(barOf(page, 'Both')).toContainText('your vote');
  await expect(card(page, 'done 2').getByRole('radio')).toHaveCount(0);
  await page.keyboard.press('j');
  await expectReading(page, 'done 4');

  const left = ['done 1', 'done 4', 'done 5'];
  const walkThrough = async (tab: Page) => {
    while ((await tab.getByRole('feed').evaluate((feed) => feed.scrollTop)) > 0)
      await tab.keyboard.press('k');
    for (const title of left) {
      await expectReading(tab, title);
      await tab.keyboard.press('j');
    }
    await expectReading(tab, 'You have seen all of these.');
  };
  await page.getByRole('link', { name: 'Leaderboard' }).click();
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
  await page.goBack();
  await expectReading(page, 'done 4'); // where the reader was
  await walkThrough(page);
  await openFeed(page, '/?tag=done');
  await walkThrough(page);
  const second = await context.newPage();
  await openFeed(second, '/?tag=done');
  await walkThrough(second);
});

test('two quick votes of a newcomer make one guest of them', async ({
  server,
  ada,
  page,
}) => {
  const [first = 0, second = 0] = await feedOf(server, ada, 'newcomer', 3);
  const guests = requestsTo(page, GUEST, 'POST');
  let letIn: () => void = () => {};
  const allowed = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  await page.route('**/api/auth/guest', async (route) => {
    await allowed;
    await route.continue();
  });
  await openFeed(page, '/?tag=newcomer');
  await voteFor(page, 'newcomer 1', 'Tabs');
  await expect(card(page, 'newcomer 1').getByText('Sending…')).toBeVisible();
  await page.keyboard.press('j');
  await expectReading(page, 'newcomer 2');
  await voteFor(page, 'newcomer 2', 'Spaces');
  await expect(card(page, 'newcomer 2').getByText('Sending…')).toBeVisible();
  letIn();
  await expect(
    card(page, 'newcomer 2').getByText('your vote', { exact: true }),
  ).toBeVisible();
  await page.keyboard.press('j');
  await expectReading(page, 'newcomer 3');
  await voteFor(page, 'newcomer 3', 'Both');
  await expect(
    card(page, 'newcomer 3').getByText('your vote', { exact: true }),
  ).toBeVisible();
  expect(guests).toHaveLength(1);
  expect((await server.api.results(first)).totalVotes).toBe(1);
  expect((await server.api.results(second)).totalVotes).toBe(1);
});

test('the first vote does not move the list', async ({ server, ada, page }) => {
  await feedOf(server, ada, 'still', 14);
  await openFeed(page, '/?tag=still');
  for (const title of ['still 1', 'still 2']) {
    await expectReading(page, title);
    await page.keyboard.press('j');
  }
  await expectReading(page, 'still 3');
  await card(page, 'still 3').getByRole('radio', { name: 'Both' }).check();
  const lists = requestsTo(page, LIST);
  await atRest(page);
  await page.getByRole('feed').evaluate((feed) => {
    feed.dataset.scrolls = '0';
    feed.addEventListener('scroll', () => {
      feed.dataset.scrolls = String(Number(feed.dataset.scrolls) + 1);
    });
  });
  const vote = card(page, 'still 3').getByRole('button', { name: 'Vote', exact: true });
  await vote.click();
  await expect(card(page, 'still 3').getByText('your vote', { exact: true })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: /^live/ })).toBeVisible();
  await expectReading(page, 'still 3');
  await expect(page.getByRole('feed')).toHaveAttribute('data-scrolls', '0');
  expect(lists).toHaveLength(0);
});

test('a choice made before the list is there keeps the focus', async ({
  server,
  ada,
  page,
}) => {
  await feedOf(server, ada, 'early', 2);
  const release = await holdBack(page, '**/assets/Browse-*.js');
  await page.goto('/?tag=early');
  const second = page.getByRole('radio').nth(1);
  await second.focus();
  await page.keyboard.press('Space');
  release();
  await expect(page.getByRole('combobox', { name: 'Order' })).toBeVisible();
  await expect(second).toBeFocused();
  await expect(second).toBeChecked();
});

test.describe('with refused requests', () => {
  test.use({ refusals: [/Failed to load/] });

  test('a list that does not come says so, and can be asked for again', async ({
    server,
    ada,
    page,
  }) => {
    await feedOf(server, ada, 'retry', 12);
    await page.route('**/api/polls?*', (route) => route.abort());
    await openFeed(page, '/?tag=retry');
    await expect(
      page.getByRole('alert').filter({ hasText: 'the server cannot be reached' }),
    ).toBeVisible();
    await page.unroute('**/api/polls?*');
    await page.getByRole('button', { name: 'Try again' }).press('Enter');
    await expectReading(page, 'retry 1');
    await expect(page.getByRole('heading', { name: 'retry 1' })).toBeFocused();
  });

  test('so does a next page; the polls before it stay', async ({ server, ada, page }) => {
    await feedOf(server, ada, 'next', 12);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.route('**/api/polls?*cursor=*', (route) => route.abort());
    await openFeed(page, '/?tag=next');
    for (let n = 1; n <= 10; n++) {
      await expectReading(page, titleOf('next', n));
      await page.keyboard.press('j');
    }
    await expectReading(page, 'The polls could not be loaded');
    await page.unroute('**/api/polls?*cursor=*');
    await page.getByRole('button', { name: 'Try again' }).press('Enter');
    await expectReading(page, 'next 11');
    await expect(page.getByRole('heading', { name: 'next 11' })).toBeFocused();
    await page.keyboard.press('k');
    await expectReading(page, 'next 10');
  });

  test('too many requests: says until when to wait', async ({ browser }) => {
    const strict = await Server.start({ config: { 'limits.requests_per_minute': 5 } });
    const account = await strict.api.register();
    const context = await browser.newContext({
      baseURL: strict.url,
      locale: 'en-US',
      timezoneId: FAR_FROM_MIDNIGHT,
    });
    const wrong = watch(context, strict.url, [/status of 429/]);
    await signIn(context, strict, account);
    const page = await context.newPage();
    // Not before the page asks: what was asked too often is forgotten after a minute.
    await page.route('**/api/polls?*', async (route) => {
      for (let n = 1; n <= 5; n++)
        await strict.api.get('/api/polls', { token: account.token, expect: 'any' });
      await route.continue();
    });
    await openFeed(page, '/');
    await expect(page.getByRole('alert')).toHaveText(
      /^That was a lot in a short time\. You can go on from \d+:\d\d.[AP]M\.$/,
    );
    expect(wrong).toEqual([]);
    await context.close();
    await strict.end();
  });
});
