/** The most voted polls, in the order that they have now. */
import type { Page } from '@playwright/test';
import { votes } from './lib/screens';
import { isLive } from './lib/steps';
import { test as base, expect, Server } from './lib/test';

// A server of its own: whatever other tests vote on would be on the list.
const test = base.extend<object, { server: Server }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's pattern
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.end();
    },
    { scope: 'worker' },
  ],
});

/** Each test has more votes than those before it: its polls are the first. */
async function polls(
  server: Server,
  token: string,
  rows: [title: string, votes: number, tag: string][],
): Promise<number[]> {
  const ids: number[] = [];
  for (const [title, count, tag] of rows) {
    const { id } = await server.api.create_poll(token, { title, tags: [tag] });
    await votes(server, id, [count]);
    ids.push(id);
  }
  return ids;
}

/** The list, and not the choice of its time. */
const lines = (page: Page) => page.locator('main ol > li');
const titles = (page: Page) => lines(page).getByRole('link');

test('two polls overtake the first, as the votes come in', async ({
  server,
  ada,
  page,
}) => {
  const [, second = 0, third = 0] = await polls(server, ada.token, [
    ['Alpha', 4, 'greek'],
    ['Beta', 2, 'greek'],
    ['Gamma', 1, 'late'],
  ]);
  await page.goto('/leaderboard');
  await expect(titles(page)).toHaveText(['Alpha', 'Beta', 'Gamma']);
  await isLive(page);
  await expect(page.getByText('Live: the list follows every vote.')).toBeVisible();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await votes(server, third, [0, 2]);
  await expect(titles(page)).toHaveText(['Alpha', 'Gamma', 'Beta']);
  await votes(server, second, [3]);
  await expect(titles(page)).toHaveText(['Beta', 'Alpha', 'Gamma']);
  await votes(server, third, [0, 0, 3]);
  await expect(titles(page)).toHaveText(['Gamma', 'Beta', 'Alpha']);
  await expect(lines(page).first()).toContainText('6 votes');
  expect(asked).toEqual([]); // all of it came over the connection
  await expect(lines(page).filter({ hasText: 'in all' })).toHaveCount(0);
});

test('is of the last day or hour, and of one tag, where that is asked for', async ({
  server,
  page,
  ada,
}) => {
  await polls(server, ada.token, [
    ['Delta', 9, 'north'],
    ['Epsilon', 8, 'south'],
  ]);
  await page.goto('/leaderboard');
  await expect(titles(page).first()).toHaveText('Delta');
  await page.getByRole('link', { name: 'Last hour' }).click();
  await expect(page).toHaveURL('/leaderboard?window=hour');
  await expect(lines(page).first()).toContainText('9 votes');
  await expect(lines(page).first()).toContainText('9 in all');
  await expect(page.getByText('refreshed every 10 seconds')).toBeVisible();
  await page.getByLabel('Tag').selectOption('south');
  await expect(page).toHaveURL('/leaderboard?window=hour&tag=south');
  await expect(titles(page)).toHaveText(['Epsilon']);
  await page.getByRole('link', { name: 'Last day' }).click();
  await expect(page).toHaveURL('/leaderboard?window=day&tag=south');
  await expect(titles(page)).toHaveText(['Epsilon']);
  await page.reload();
  await expect(titles(page)).toHaveText(['Epsilon']);
  await page.goBack();
  await expect(page).toHaveURL('/leaderboard?window=hour&tag=south');
  await page.getByLabel('Tag').selectOption({ label: 'All tags' });
  await expect(titles(page).filter({ hasText: 'Delta' })).toHaveCount(1);
});

test('a list of one tag follows too, a little later', async ({ server, ada, page }) => {
  const [, second = 0] = await polls(server, ada.token, [
    ['Zeta', 2, 'slow'],
    ['Eta', 1, 'slow'],
  ]);
  await page.clock.install();
  await page.goto('/leaderboard?tag=slow');
  await expect(titles(page)).toHaveText(['Zeta', 'Eta']);
  await votes(server, second, [2]);
  await expect(async () => {
    await page.clock.fastForward(11_000);
    await expect(titles(page)).toHaveText(['Eta', 'Zeta'], { timeout: 1000 });
  }).toPass();
});

test.describe('where WebSocket is blocked', () => {
  test.use({ refusals: [/WebSocket/] });

  test('the order still follows the votes', async ({ server, ada, page }) => {
    const [, second = 0] = await polls(server, ada.token, [
      ['Theta', 14, 'blocked'],
      ['Iota', 13, 'blocked'],
    ]);
    await page.routeWebSocket(/\/ws/, (socket) => socket.close());
    await page.goto('/leaderboard');
    await expect(titles(page).first()).toHaveText('Theta');
    await expect(page.getByRole('status').filter({ hasText: /^live$/ })).toBeVisible();
    await votes(server, second, [2]);
    await expect(titles(page).first()).toHaveText('Iota');
    await expect(lines(page).first()).toContainText('15 votes');
  });
});
