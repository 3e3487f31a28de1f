/**
 * Many widgets on one page of another site. By HTTP/1.1 a browser opens six connections to a
 * server: whatever keeps them takes them from the votes.
 */
import type { BrowserContext, Frame, Page } from '@playwright/test';
import {
  end,
  frameOf,
  type Guest,
  guestOf,
  LOOK,
  pollux,
  profileThatStores,
  show,
  snippet,
  startHost,
  stopHost,
} from './lib/host';
import { castVote, isLive, oneMore } from './lib/steps';
import { barOf, expect, type Server, test } from './lib/test';

const WIDGETS = 9;

test.beforeAll(startHost);
test.afterAll(stopHost);

async function makePolls(server: Server, token: string): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < WIDGETS; i++) ids.push((await server.api.create_poll(token)).id);
  return ids;
}

/** All of them on the screen: a frame that nobody sees does not go on. */
async function openAll(page: Page, server: Server, polls: number[]): Promise<Frame[]> {
  const frames = polls.map((id) => snippet(`${pollux(server)}/embed/${id}`));
  await page.setViewportSize({ width: 1100, height: 1200 });
  await show(page, frames.join('').replaceAll('width="100%"', 'width="32%"'));
  const iframes = await page.locator('iframe').all();
  return Promise.all(iframes.map(frameOf));
}

async function streams(server: Server): Promise<number> {
  const { text } = await server.api.get('/metrics', { expect: 200 });
  return Number(/^pollux_live_connections\{protocol="sse"\} (\d+)$/m.exec(text)?.[1]);
}

/** Each is live; then each is voted in, and hears of somebody else's vote. */
async function voteInAll(server: Server, frames: Frame[], polls: number[]): Promise<void> {
  for (const frame of frames) await isLive(frame);
  for (const frame of frames) {
    await castVote(frame, 'Spaces');
    await expect(barOf(frame, 'Spaces')).toContainText('your vote');
  }
  for (const id of polls) expect((await server.api.results(id)).totalVotes).toBe(1);
  for (const id of polls) await oneMore(server, id, 0);
  for (const frame of frames) await expect(barOf(frame, 'Tabs')).toContainText('50.0%');
}

const block = (context: BrowserContext) =>
  context.routeWebSocket(/\/ws/, (socket) => socket.close());

test('the last of nine widgets votes like the first', async ({ server, ada, browser }) => {
  const polls = await makePolls(server, ada.token);
  const guest = await guestOf(await browser.newContext(LOOK), server);
  const frames = await openAll(guest.page, server, polls);
  await voteInAll(server, frames, polls);
  expect(await streams(server)).toBe(0);
  await end(guest);
});

test('so it does where WebSocket is blocked, and frames may store nothing', async ({
  server,
  ada,
  browser,
}) => {
  const polls = await makePolls(server, ada.token);
  const guest = await guestOf(await browser.newContext(LOOK), server);
  await block(guest.context);
  const frames = await openAll(guest.page, server, polls);
  await voteInAll(server, frames, polls);
  expect(await streams(server)).toBe(0); // nobody can say which of them should have it
  await end(guest);
});

test.describe('where WebSocket is blocked, and frames may store', () => {
  let guest: Guest;
  let polls: number[];

  test.beforeEach(async ({ server, ada, playwright, launchOptions }, testInfo) => {
    polls = await makePolls(server, ada.token);
    const profile = profileThatStores(testInfo.outputPath('profile'));
    const options = { ...launchOptions, ...LOOK };
    const context = await playwright.chromium.launchPersistentContext(profile, options);
    guest = await guestOf(context, server);
    await block(context);
  });
  test.afterEach(() => end(guest));

  test('one widget has a stream, and all vote', async ({ server }) => {
    const frames = await openAll(guest.page, server, polls);
    for (const frame of frames) await isLive(frame);
    await expect.poll(() => streams(server)).toBe(1);
    await voteInAll(server, frames, polls);
    await expect.poll(() => streams(server)).toBe(1);
  });

  test('the widget that had the stream leaves it to another', async ({ server }) => {
    const frames = await openAll(guest.page, server, polls);
    for (const frame of frames) await isLive(frame);
    await expect.poll(() => streams(server)).toBe(1);
    const left = guest.page.locator('iframe');
    while ((await left.count()) > 1) await left.first().evaluate((one) => one.remove());
    const last = await frameOf(left);
    await expect.poll(() => streams(server)).toBe(1);
    await oneMore(server, Number(polls.at(-1)), 1);
    await last.getByRole('button', { name: /show results/i }).click();
    await expect(barOf(last, 'Spaces')).toContainText('100%');
  });
});

test('of many tabs of the page one has a stream, and each votes', async ({
  server,
  ada,
  context,
}) => {
  const polls = await makePolls(server, ada.token);
  await block(context);
  const tabs: Page[] = [];
  for (const id of polls) {
    const tab = await context.newPage();
    await tab.goto(`/p/${id}`);
    await isLive(tab);
    tabs.push(tab);
  }
  for (const tab of tabs) {
    await castVote(tab, 'Spaces');
    await expect(barOf(tab, 'Spaces')).toContainText('your vote');
  }
  expect(await streams(server)).toBeLessThanOrEqual(1);
});
