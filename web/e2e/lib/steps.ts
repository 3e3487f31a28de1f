/** Steps that many tests take, and what they look at. */
import {
  type BrowserContext,
  type Download,
  expect,
  type Frame,
  type Page,
} from '@playwright/test';
import type { Server } from './test';

export async function choose(page: Page | Frame, option: string): Promise<void> {
  await page.getByRole('radio', { name: option }).check();
}

export async function press(page: Page | Frame, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Chooses an option and sends it. */
export async function castVote(page: Page | Frame, option: string): Promise<void> {
  await choose(page, option);
  await press(page, 'Vote');
}

/** What is fetched after the first sight is there, the live connection too. */
export async function isLive(page: Page | Frame): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: /^live$/i })).toBeVisible();
}

/** One guest more has voted. */
export async function oneMore(server: Server, poll: number, option: number): Promise<void> {
  const [token] = await server.api.crowd(1);
  await server.api.vote(String(token), poll, option, { expect: 201 });
}

/** What is asked for is not answered before it is released. */
export async function holdBack(page: Page, url: string): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(url, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** No answer says what time it is: the clock is the test's own. */
export async function withoutDates(page: Page): Promise<void> {
  await page.route('**/api/**', async (route) => {
    const response = await route.fetch();
    const { date, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  // Before the page's own script runs.
  await page.addInitScript(() => {
    document.addEventListener('readystatechange', () =>
      document.getElementById('poll')?.removeAttribute('data-now'),
    );
  });
}

/** The paths of the API that are asked for from now on. */
export function watchCalls(source: Page | BrowserContext): string[] {
  const asked: string[] = [];
  source.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/')) asked.push(`${request.method()} ${pathname}`);
  });
  return asked;
}

/** A downloaded file's text. */
export async function textOf(download: Download): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
