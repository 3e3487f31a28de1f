/** A poll's own page: what a link leads to, and what its owner does there. */
import type { Page } from '@playwright/test';
import { ahead_of } from '../../test/e2e/lib/wait.mjs';
import { votes } from './lib/screens';
import { castVote, isLive, oneMore, textOf, watchCalls, withoutDates } from './lib/steps';
import { barOf, expect, type Server, signIn, test } from './lib/test';

const MINUTE = 60_000;

const inDialog = (page: Page) => page.getByRole('dialog');

interface Bucket {
  votes: number[];
}

/** What the table has to say: all votes by the end of each bucket. */
async function sums(server: Server, poll: number): Promise<number[][]> {
  const path = `/api/polls/${poll}/stats?bucket=minute`;
  const { timeline } = (await server.api.get(path)).body as { timeline: Bucket[] };
  return timeline.map((_, row) =>
    [0, 1, 2].map((option) =>
      timeline.slice(0, row + 1).reduce((sum, { votes }) => sum + (votes[option] ?? 0), 0),
    ),
  );
}

test('says how many are watching now', async ({ server, ada, page, browser }) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/p/${poll.id}`);
  await expect(page.getByText('1 person is watching')).toBeVisible();
  const other = await browser.newContext({ baseURL: server.url });
  const second = await other.newPage();
  await second.goto(`/p/${poll.id}`);
  await expect(second.getByText('2 people are watching')).toBeVisible();
  // Who is there already learns it with the next result,
  await oneMore(server, poll.id, 0);
  await expect(page.getByText('2 people are watching')).toBeVisible();
  await other.close();
  // or, where nobody votes, a little later.
  await expect(page.getByText('1 person is watching')).toBeVisible();
});

test('counts down, and at its end is closed without being asked', async ({
  server,
  ada,
  page,
}) => {
  const closesAt = Date.now() + 60 * MINUTE;
  const poll = await server.api.create_poll(ada.token, {
    closesAt: new Date(closesAt).toISOString(),
  });
  // The reader's clock is the test's own, so that nothing depends on how fast this runs.
  await page.clock.install({ time: closesAt - 20 * MINUTE });
  await withoutDates(page);
  await page.goto(`/p/${poll.id}`);
  const timer = page.getByRole('timer');
  await expect(timer).toHaveText('Closes in 20 minutes');
  await isLive(page);
  // By then it looks again; an answer still on the way would be overdue at the next leap.
  const looked = page.waitForResponse(`**/api/polls/${poll.id}`);
  await page.clock.pauseAt(closesAt - 61_000);
  await (await looked).finished();
  await expect(timer).toHaveText('Closes in 1:01');
  await page.clock.runFor(1000);
  await expect(timer).toHaveText('Closes in 1:00');
  await page.clock.runFor(1000);
  await expect(timer).toHaveText('Closes in 0:59');
  await page.clock.pauseAt(closesAt);
  await expect(timer).toHaveText('Closing now…');
  await expect(page.getByText('Open', { exact: true })).toBeVisible(); // the server decides
  await page.clock.resume();
  await isLive(page);

  const asked = watchCalls(page);
  await ahead_of(1000, (moment) =>
    server.api.patch(`/api/polls/${poll.id}`, {
      token: ada.token,
      body: { closesAt: new Date(moment).toISOString() },
      expect: 200,
    }),
  );
  await expect(page.getByText('Closed', { exact: true })).toBeVisible();
  await expect(page.getByText('This poll is closed.')).toBeVisible();
  await expect(page.getByRole('radio')).toHaveCount(0);
  await expect(timer).toHaveCount(0);
  expect(asked).toEqual([]);
});

test('is followed without voting, and without becoming anybody', async ({
  server,
  ada,
  context,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/p/${poll.id}`);
  await page.getByRole('button', { name: 'Show results' }).click();
  await expect(barOf(page, 'Spaces')).toContainText('0%');
  await isLive(page);
  await oneMore(server, poll.id, 1);
  await expect(barOf(page, 'Spaces')).toContainText('100%');
  await expect(barOf(page, 'Spaces')).toContainText('1 vote');
  await page.getByRole('button', { name: 'Back to voting' }).click();
  await expect(page.getByRole('radio')).toHaveCount(3);
  expect(await context.cookies()).toEqual([]);
});

test('what only voters see is not offered to others', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token, { resultsVisibility: 'after_vote' });
  await oneMore(server, poll.id, 0);
  await page.goto(`/p/${poll.id}`);
  await isLive(page);
  await expect(page.getByRole('button', { name: 'Show results' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Votes over time' })).toHaveCount(0);
  await castVote(page, 'Tabs');
  await expect(barOf(page, 'Tabs')).toContainText('100%');
  await expect(page.getByRole('button', { name: 'Votes over time' })).toBeVisible();
});

test('draws its votes over time when asked to', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token);
  await votes(server, poll.id, [3, 1, 2]);
  const asked = watchCalls(page);
  await page.goto(`/p/${poll.id}`);
  await isLive(page);
  await page.getByRole('button', { name: 'Show results' }).click();
  expect(asked).not.toContain(`GET /api/polls/${poll.id}/stats`);
  await page.getByRole('button', { name: 'Votes over time' }).click();

  const chart = page.getByRole('img', { name: /^A line for each option/ });
  const drawn = () =>
    chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data = [] } =
        canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      return data.filter((value, i) => i % 4 === 3 && value > 128).length;
    });
  await expect.poll(drawn).toBeGreaterThan(500);
  await page.getByText('As a table').click();
  const rows = page.getByRole('region', { name: 'Votes over time, as a table' });
  await expect(rows.locator('tbody tr').first()).toBeVisible();
  const cells = await rows
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)),
      ),
    );
  expect(cells).toEqual(await sums(server, poll.id));
  expect(cells.at(-1)).toEqual([3, 1, 2]);
});

test.describe('its owner', () => {
  test.use({ timezoneId: 'Europe/Berlin' });
  test.beforeEach(({ context, server, ada }) => signIn(context, server, ada));

  test('gives it another end', async ({ server, ada, page }) => {
    const poll = await server.api.create_poll(ada.token);
    await oneMore(server, poll.id, 0);
    await page.goto(`/p/${poll.id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    await expect(
      inDialog(page).getByText(/People have voted: title, options, tags and rules stay/),
    ).toBeVisible();
    await expect(inDialog(page).getByLabel('Title')).toHaveCount(0);
    await page.getByLabel('End').fill('2031-05-04T18:30');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(inDialog(page)).toHaveCount(0);
    await expect(page.getByRole('timer').locator('time')).toHaveAttribute(
      'datetime',
      '2031-05-04T16:30:00.000Z',
    );
    const { body } = await server.api.get(`/api/polls/${poll.id}`);
    expect(body).toMatchObject({ closesAt: '2031-05-04T16:30:00.000Z' });
  });

  test.describe('asks for what cannot be', () => {
    test.use({ refusals: [/status of 422/] });

    test('is told at the field what the server does not take', async ({
      server,
      ada,
      page,
    }) => {
      const poll = await server.api.create_poll(ada.token);
      await oneMore(server, poll.id, 0);
      await page.goto(`/p/${poll.id}`);
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByLabel('End').fill('2021-05-04T18:30');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByLabel('End')).toHaveAttribute('aria-invalid', 'true');
      await expect(inDialog(page)).toBeVisible();
    });
  });

  test('closes it, after a question', async ({ server, ada, page }) => {
    const poll = await server.api.create_poll(ada.token);
    await page.goto(`/p/${poll.id}`);
    await page.getByRole('button', { name: 'Close now' }).click();
    await inDialog(page).getByRole('button', { name: 'Cancel' }).click();
    expect((await server.api.results(poll.id)).status).toBe('open');
    await page.getByRole('button', { name: 'Close now' }).click();
    await inDialog(page).getByRole('button', { name: 'Close now' }).click();
    await expect(page.getByText('Closed', { exact: true })).toBeVisible();
    await expect(page.getByRole('radio')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Close now' })).toHaveCount(0);
    await expect(page.locator('#poll-status')).toBeFocused();
    expect((await server.api.results(poll.id)).status).toBe('closed');
  });

  test('takes its result away as CSV', async ({ server, ada, page }) => {
    const poll = await server.api.create_poll(ada.token);
    await votes(server, poll.id, [2, 0, 1]);
    await page.goto(`/p/${poll.id}`);
    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download CSV' }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toMatch(/\.csv$/);
    const path = `/api/polls/${poll.id}/results.csv`;
    const { text } = await server.api.get(path, { token: ada.token, expect: 200 });
    expect(text).toContain('Tabs');
    expect(await textOf(file)).toBe(`\ufeff${text}`); // the client takes the mark off
  });

  test.describe('deletes it', () => {
    test.use({ refusals: [/status of 404 .*\/api\/polls\/\d+/] });

    test('after a question, and it is gone', async ({ server, ada, browser, page }) => {
      const poll = await server.api.create_poll(ada.token, { title: 'Not for long?' });
      const other = await browser.newContext({ baseURL: server.url });
      const watching = await other.newPage();
      await watching.goto(`/p/${poll.id}`);
      await isLive(watching);
      await page.goto(`/p/${poll.id}`);
      await page.getByRole('button', { name: 'Delete' }).click();
      await inDialog(page).getByRole('button', { name: 'Cancel' }).click();
      await server.api.get(`/api/polls/${poll.id}`, { expect: 200 });
      await page.getByRole('button', { name: 'Delete' }).click();
      await inDialog(page).getByRole('button', { name: 'Delete for good' }).click();
      await expect(page).toHaveURL('/account');
      await expect(watching.getByText('Its owner has deleted this poll.')).toBeVisible();
      await expect(watching.getByRole('radio')).toHaveCount(0);
      await other.close();
      await server.api.get(`/api/polls/${poll.id}`, { expect: 404 });
      await page.goto(`/p/${poll.id}`);
      await expect(
        page.getByRole('heading', { name: 'There is no such poll' }),
      ).toBeVisible();
      await page.goto('/account?tab=polls');
      await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible();
      await expect(page.getByRole('link', { name: 'Not for long?' })).toHaveCount(0);
    });
  });
});

test('others have no part in what is the owner’s', async ({
  server,
  ada,
  context,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token);
  await signIn(context, server, await server.api.register());
  await page.goto(`/p/${poll.id}`);
  await isLive(page);
  await expect(page.getByRole('radio')).toHaveCount(3);
  for (const name of ['Edit', 'Close now', 'Delete'])
    await expect(page.getByRole('button', { name })).toHaveCount(0);
});

test.describe('a poll that is not there', () => {
  test.use({ refusals: [/status of 404/] });

  for (const id of ['999999999', '0', 'abc', '12345678901234567890'])
    test(`says so: /p/${id}`, async ({ page }) => {
      await page.goto(`/p/${id}`);
      await expect(
        page.getByRole('heading', { name: 'There is no such poll' }),
      ).toBeVisible();
      await page.getByRole('link', { name: 'To all polls' }).click();
      await expect(page).toHaveURL('/');
    });
});

test('a long description leaves room for the options', async ({ server, ada, page }) => {
  const description = 'All that there is to say about it. '.repeat(55).trim();
  const poll = await server.api.create_poll(ada.token, { description });
  await page.goto(`/p/${poll.id}`);
  await expect(page.getByRole('radio').first()).toBeInViewport();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByRole('radio').first()).not.toBeInViewport();
});
