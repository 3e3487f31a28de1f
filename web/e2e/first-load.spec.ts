/**
 * What a phone has to fetch until it shows a poll that can be voted on, and what comes after
 * that by itself: counted as the browser counts it, until nothing is on its way any more.
 */
import type { CDPSession, Page } from '@playwright/test';
import { expect, report, test } from './lib/test';

/** Brotli is smaller: the limits are of gzip, so that is what this browser takes. */
const GZIP = { 'Accept-Encoding': 'gzip' };

const SCREENS = [
  { name: 'the widget', path: (id: number) => `/embed/${id}`, limit: 60_000 },
];

interface Loaded {
  url: string;
  type: string;
  status: number;
  /** Of the body, as it was sent. */
  bytes: number;
}

/** Writes down every request of a page. */
class Network {
  private readonly open = new Map<string, Loaded & { head: number }>();
  readonly loaded: Loaded[] = [];
  changes = 0;

  constructor(session: CDPSession) {
    session.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
      this.changes++;
      const { url } = request;
      this.open.set(requestId, {
        url,
        type: type ?? 'Other',
        status: 0,
        bytes: 0,
        head: 0,
      });
    });
    session.on('Network.responseReceived', ({ requestId, response, type }) => {
      const request = this.open.get(requestId);
      if (request === undefined) return;
      request.type = type;
      request.status = response.status;
      request.head = response.encodedDataLength;
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      this.end(requestId, encodedDataLength);
    });
    session.on('Network.loadingFailed', ({ requestId }) => this.end(requestId, 0));
  }

  private end(requestId: string, length: number): void {
    const request = this.open.get(requestId);
    if (request === undefined) return;
    this.changes++;
    this.open.delete(requestId);
    this.loaded.push({ ...request, bytes: Math.max(0, length - request.head) });
  }

  get isIdle(): boolean {
    return this.open.size === 0;
  }

  sum(type: string): number {
    const of = this.loaded.filter((request) => request.type === type);
    return of.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/**
 * Until nothing is on its way, and nothing more is asked for when the page's own clock goes
 * on: what it does later, it does now.
 */
async function quiet(page: Page, network: Network): Promise<void> {
  for (let before = -1; before !== network.changes || !network.isIdle; ) {
    before = network.changes;
    await page.clock.runFor(5_000);
    await page.evaluate(
      () => new Promise<void>((idle) => requestIdleCallback(() => idle())),
    );
    await expect.poll(() => network.isIdle).toBe(true);
  }
}

for (const { name, path, limit } of SCREENS)
  test(`${name} fetches ${limit / 1000} kB of JavaScript at most, all told`, async ({
    server,
    ada,
    browser,
  }) => {
    const { id } = await server.api.create_poll(ada.token, {
      title: 'The first that is seen',
    });
    const context = await browser.newContext({
      baseURL: server.url,
      locale: 'de-DE', // the longer words
      extraHTTPHeaders: GZIP,
    });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const network = new Network(session);
    await page.clock.install();
    await page.goto(path(id));
    await expect(page.getByRole('radio').first()).toBeVisible();
    await quiet(page, network);
    const kinds = ['Script', 'Stylesheet', 'Document', 'Font', 'Image', 'Fetch'];
    const sums = kinds.map((kind) => `${kind} ${network.sum(kind)}`);
    report(`${name}, bytes: ${sums.join(', ')}; ${network.loaded.length} requests`);
    const failed = network.loaded.filter(({ status }) => status >= 400);
    expect(failed, 'requests that were refused').toEqual([]);
    expect(network.sum('Script')).toBeGreaterThan(30_000);
    expect(network.sum('Script')).toBeLessThanOrEqual(limit);
    await context.close();
  });

const LIMIT_BYTES = 100_000;

test('JavaScript for the first screen stays under 100 kB gzipped', async ({
  server,
  ada,
  browser,
}) => {
  await server.api.create_poll(ada.token, { title: 'The first that is seen' });
  // Brotli is smaller: the limit is of gzip, so that is what this browser takes.
  const context = await browser.newContext({
    baseURL: server.url,
    extraHTTPHeaders: { 'Accept-Encoding': 'gzip' },
  });
  const page = await context.newPage();
  await page.addInitScript(() => {
    // However slow the machine is, the rest is not fetched because the poll takes too long.
    const LONG_MS = 1000;
    const start = setTimeout;
    const startShort = (run: TimerHandler, ms = 0, ...args: unknown[]) =>
      ms < LONG_MS ? start(run, ms, ...args) : 0;
    window.setTimeout = startShort as typeof setTimeout;
    new MutationObserver((_, observer) => {
      if (document.querySelector('input[type=radio]') === null) return;
      observer.disconnect();
      document.documentElement.dataset.firstPollAt = String(performance.now());
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto('/');
  await expect(page.getByRole('radio').first()).toBeVisible();
  // What goes on from the first poll comes after it; the test may see it too late to tell.
  const all = await page.evaluate(() => {
    const shownAt = Number(document.documentElement.dataset.firstPollAt);
    return performance
      .getEntriesByType('resource')
      .filter((entry): entry is PerformanceResourceTiming => /\.js$/.test(entry.name))
      .filter((entry) => entry.startTime < shownAt)
      .map((entry) => entry.encodedBodySize);
  });
  const total = all.reduce((sum, size) => sum + size, 0);
  report(
    `JavaScript fetched until the first poll is there: ${total} bytes in ${all.length} files`,
  );
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThanOrEqual(LIMIT_BYTES);
  await context.close();
});
