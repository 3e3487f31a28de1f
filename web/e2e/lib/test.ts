/**
 * What every test of the page starts from: a server of its own worker, somebody who asks,
 * and a page that may talk to nobody but that server and must not fail in silence.
 */
import {
  type BrowserContext,
  test as base,
  expect,
  type Frame,
  type Page,
} from '@playwright/test';
import { type Account, Server } from '../../../test/e2e/lib/server.mjs';

export type { Account };
export { expect, Server };

interface Own {
  /** Console errors that the test expects: the browser reports each refused request. */
  refusals: RegExp[];
}

interface Shared {
  server: Server;
  /** The owner of polls that tests make. */
  ada: Account;
}

export const test = base.extend<Own, Shared>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's pattern
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.end();
    },
    { scope: 'worker' },
  ],
  ada: [async ({ server }, use) => use(await server.api.register()), { scope: 'worker' }],
  // A newcomer's first vote asks whether they are somebody already.
  refusals: [[/401 .*\/api\/users\/me/], { option: true }],
  baseURL: async ({ server }, use) => use(server.url),
  context: async ({ context, baseURL, refusals }, use) => {
    const wrong = watch(context, String(baseURL), refusals);
    await use(context);
    expect(wrong, 'console errors, exceptions, and requests that leave the origin').toEqual(
      [],
    );
  },
});

/** Everything that goes wrong in the pages of a context, as it happens. */
export function watch(
  context: BrowserContext,
  origin: string,
  expected: RegExp[] = [],
): string[] {
  const wrong: string[] = [];
  const add = (what: string) => {
    if (!expected.some((pattern) => pattern.test(what))) wrong.push(what);
  };
  const check = (url: string) => {
    const { protocol, host } = new URL(url);
    if (host !== new URL(origin).host && !/^(data|blob):/.test(protocol))
      add(`asked ${url}`);
  };
  context.on('request', (request) => check(request.url()));
  context.on('page', (page) => page.on('websocket', (socket) => check(socket.url())));
  context.on('console', (line) => {
    if (line.type() === 'error') add(`${line.text()} (${line.location().url})`);
  });
  context.on('weberror', (error) => add(String(error.error())));
  return wrong;
}

/** Signs a browser in without its forms. */
export async function signIn(
  context: BrowserContext,
  server: Server,
  account: Account,
): Promise<void> {
  await context.addCookies([
    { name: 'pollux_session', value: account.token, url: server.url },
  ]);
  await context.addInitScript(() => {
    try {
      localStorage.setItem('pollux.session', 'yes');
    } catch {
      // a frame that has no storage
    }
  });
}

/** The number in the bar of an option. */
export function barOf(page: Page | Frame, option: string) {
  return page.getByTestId('bar').filter({ hasText: option });
}

/** A figure for whoever reads the run. */
export function report(line: string): void {
  process.stdout.write(`    ${line}\n`);
}
