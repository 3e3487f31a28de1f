/** The widget in somebody else's page: of another site, with what docs/embed.md tells to paste. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Frame, Page } from '@playwright/test';
import { castVote, isLive, oneMore } from './lib/steps';
import { barOf, expect, type Server, test, watch } from './lib/test';

const DOCS = readFileSync(new URL('../../docs/embed.md', import.meta.url), 'utf8');
const SAMPLE = 'https://polls.example.org/embed/12';

/** The only block of code in that language. */
function fromDocs(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(DOCS) ?? [];
  if (code === undefined) throw new Error(`docs/embed.md has no ${language}`);
  return code;
}

/** Word for word but for the address. */
function snippet(src: string): string {
  const code = fromDocs('html');
  if (!code.includes(SAMPLE)) throw new Error(`docs/embed.md does not show ${SAMPLE}`);
  return code.replace(SAMPLE, src);
}

let host: HttpServer;
let body = '';

test.beforeAll(async () => {
  host = createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    answer.end(`<!doctype html><title>Somebody else's page</title><body>${body}`);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
});
test.afterAll(() => {
  host.closeAllConnections();
  host.close();
});

const hostUrl = () => `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
/** The same server under a name that makes it another site than the host. */
const pollux = (server: Server) => `http://localhost:${server.port}`;

interface Guest {
  context: BrowserContext;
  page: Page;
  /** What went wrong, but for those that are expected. */
  wrong: string[];
}

const LOOK = { locale: 'en-US', viewport: { width: 900, height: 700 } };

/** Its browser forbids frames of other sites to store anything, as private windows do. */
async function visitor(
  browser: Browser,
  server: Server,
  expected: RegExp[] = [],
): Promise<Guest> {
  return guestOf(await browser.newContext(LOOK), server, expected);
}

async function guestOf(
  context: BrowserContext,
  server: Server,
  expected: RegExp[] = [],
): Promise<Guest> {
  const own = [new RegExp(`^asked ${hostUrl()}`), /401 .*\/api\/users\/me/];
  const wrong = watch(context, pollux(server), [...own, ...expected]);
  return { context, page: await context.newPage(), wrong };
}

/** Not a private window, and frames may store what is kept apart for their host. */
function profileThatStores(folder: string): string {
  mkdirSync(`${folder}/Default`, { recursive: true });
  const profile = { cookie_controls_mode: 0, block_third_party_cookies: false };
  writeFileSync(`${folder}/Default/Preferences`, JSON.stringify({ profile }));
  return folder;
}

/** Opens the host's page; the frame in it, which is fetched lazily. */
async function openHost(page: Page, html: string): Promise<Frame> {
  body = html;
  await page.goto(hostUrl());
  const frame = await (await page.locator('iframe').elementHandle())?.contentFrame();
  if (frame == null) throw new Error('no frame');
  await expect.poll(() => frame.url()).not.toMatch(/^(about:|$)/);
  return frame;
}

async function end({ context, wrong }: Guest): Promise<void> {
  await context.close();
  expect(wrong).toEqual([]);
}

test('votes without a cookie, live, and remembers it', async ({
  server,
  ada,
  playwright,
  launchOptions,
}, testInfo) => {
  const poll = await server.api.create_poll(ada.token);
  const profile = profileThatStores(testInfo.outputPath('profile'));
  const context = await playwright.chromium.launchPersistentContext(profile, {
    ...launchOptions,
    ...LOOK,
  });
  const guest = await guestOf(context, server);
  const { page } = guest;
  const html = snippet(`${pollux(server)}/embed/${poll.id}`);
  const frame = await openHost(page, html);
  await expect(frame.getByRole('heading', { name: 'Tabs or spaces?' })).toBeVisible();
  await castVote(frame, 'Spaces');
  await expect(barOf(frame, 'Spaces')).toContainText('your vote');
  await expect(barOf(frame, 'Spaces')).toContainText('100%');
  await isLive(frame);
  await oneMore(server, poll.id, 0);
  await expect(barOf(frame, 'Tabs')).toContainText('50.0%');
  expect(await context.cookies()).toEqual([]);

  const again = await openHost(page, html);
  await expect(barOf(again, 'Spaces')).toContainText('your vote');
  await expect(again.getByRole('radio')).toHaveCount(0);
  expect((await server.api.results(poll.id)).totalVotes).toBe(2);
  await end(guest);
});

test('where storage is forbidden it votes all the same', async ({
  server,
  ada,
  browser,
}) => {
  const poll = await server.api.create_poll(ada.token);
  const guest = await visitor(browser, server);
  const html = snippet(`${pollux(server)}/embed/${poll.id}`);
  const frame = await openHost(guest.page, html);
  const isForbidden = () => {
    try {
      return localStorage === null;
    } catch {
      return true;
    }
  };
  expect(await frame.evaluate(isForbidden)).toBe(true);
  await castVote(frame, 'Both');
  await expect(barOf(frame, 'Both')).toContainText('your vote');
  expect(await guest.context.cookies()).toEqual([]);
  const again = await openHost(guest.page, html);
  await expect(again.getByRole('radio')).toHaveCount(3); // as the document says: a newcomer
  await end(guest);
});

test('tells its height, and the documented lines fit the frame to it', async ({
  server,
  ada,
  browser,
}) => {
  const poll = await server.api.create_poll(ada.token, {
    options: Array.from({ length: 12 }, (_, i) => `Option ${i + 1}`),
  });
  const guest = await visitor(browser, server);
  const { page } = guest;
  const frame = await openHost(
    page,
    `${snippet(`${pollux(server)}/embed/${poll.id}`)}
    <script>
      messages = [];
      addEventListener('message', ({ data }) => messages.push(data));
      ${fromDocs('js')}
    </script>`,
  );
  await expect(frame.getByRole('radio')).toHaveCount(12);
  const last = () =>
    page.evaluate(() => ({
      said: (window as unknown as { messages: unknown[] }).messages.at(-1),
      height: document.querySelector('iframe')?.style.height,
    }));
  const height = () => page.locator('iframe').evaluate((one) => one.style.height);
  await expect.poll(height).toMatch(/^\d+px$/);
  const scrolls = () =>
    frame.evaluate(() => document.documentElement.scrollHeight > innerHeight);
  await expect.poll(scrolls).toBe(false);
  expect(Number.parseInt(await height(), 10)).toBeGreaterThan(600);
  const before = await height();
  await castVote(frame, 'Option 7');
  await expect(barOf(frame, 'Option 7')).toContainText('your vote');
  await expect.poll(height).not.toBe(before); // the result is not as high as the form
  await expect.poll(scrolls).toBe(false);
  const now = await last();
  expect(now.said).toEqual({
    type: 'pollux:height',
    id: poll.id,
    height: Number.parseInt(now.height ?? '', 10),
  });
  await end(guest);
});

test('shows what the address asks for', async ({ server, ada, browser }) => {
  const poll = await server.api.create_poll(ada.token);
  const guest = await visitor(browser, server);
  const base = `${pollux(server)}/embed/${poll.id}`;
  const look = (frame: Frame) =>
    frame.evaluate(() => ({
      lang: document.documentElement.lang,
      scheme: getComputedStyle(document.documentElement).colorScheme,
      ground: getComputedStyle(document.documentElement).backgroundColor,
    }));
  const german = await openHost(guest.page, snippet(`${base}?theme=dark&lang=de`));
  await expect(german.getByRole('button', { name: 'Abstimmen' })).toBeVisible();
  const dark = await look(german);
  expect(dark).toMatchObject({ lang: 'de', scheme: 'dark' });
  const english = await openHost(guest.page, snippet(`${base}?theme=light&lang=en`));
  await expect(english.getByRole('button', { name: 'Vote', exact: true })).toBeVisible();
  const light = await look(english);
  expect(light).toMatchObject({ lang: 'en', scheme: 'light' });
  expect(light.ground).not.toBe(dark.ground);
  const clear = await openHost(guest.page, snippet(`${base}?background=transparent`));
  await expect(clear.getByRole('radio')).toHaveCount(3);
  expect((await look(clear)).ground).toBe('rgba(0, 0, 0, 0)');
  await end(guest);
});

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle';

for (const lang of ['en', 'de'])
  test(`scrolls never sideways, at 280 pixels, ${lang}`, async ({
    server,
    ada,
    browser,
  }) => {
    const poll = await server.api.create_poll(ada.token, {
      title: `${LONG}?`,
      options: ['Yes', LONG, 'Somewhere by the sea, where it does not rain'],
      voteChange: true,
    });
    const guest = await visitor(browser, server);
    const html = snippet(`${pollux(server)}/embed/${poll.id}?lang=${lang}`)
      .replace('width="100%"', 'width="280"')
      .replace('height="360"', 'height="200"');
    const frame = await openHost(guest.page, html);
    const widths = () =>
      frame.evaluate(() => {
        const parts = [...document.querySelectorAll('main *')];
        return {
          frame: innerWidth,
          page: document.documentElement.scrollWidth,
          outside: parts
            .filter((part) => part.getBoundingClientRect().right > innerWidth)
            .map((part) => part.outerHTML.slice(0, 120)),
        };
      });
    await expect(frame.getByRole('radio')).toHaveCount(3);
    await isLive(frame);
    expect(await widths()).toEqual({ frame: 280, page: 280, outside: [] });
    await frame.getByRole('radio', { name: 'Yes' }).check();
    await frame.locator('form button[type=submit]').click();
    await expect(barOf(frame, 'Yes')).toContainText('100');
    expect(await widths()).toEqual({ frame: 280, page: 280, outside: [] });
    await end(guest);
  });

test('sends who needs an account to a tab of its own', async ({ server, ada, browser }) => {
  const poll = await server.api.create_poll(ada.token, { voters: 'registered' });
  const guest = await visitor(browser, server);
  const { context, page } = guest;
  const frame = await openHost(page, snippet(`${pollux(server)}/embed/${poll.id}`));
  const opened = context.waitForEvent('page');
  await frame.getByRole('link', { name: 'Sign in' }).click();
  const tab = await opened;
  await expect(tab).toHaveURL(`${pollux(server)}/sign-in?next=%2Fp%2F${poll.id}`);
  await expect(tab.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page).toHaveURL(hostUrl());
  await expect(frame.getByRole('heading', { name: 'Tabs or spaces?' })).toBeVisible();
  await end(guest);
});

for (const path of [
  '/',
  '/p/1',
  '/new',
  '/present/1',
  '/leaderboard',
  '/account',
  '/sign-in',
  '/register',
  '/nothing-here',
  '/docs',
])
  test(`nobody may frame ${path}`, async ({ server, browser }) => {
    const refused = /frame-ancestors|status of 404/;
    const guest = await visitor(browser, server, [refused]);
    const said = guest.page.waitForEvent('console', (line) =>
      line.text().includes('frame-ancestors'),
    );
    const frame = await openHost(guest.page, snippet(`${pollux(server)}${path}`));
    await said;
    await expect.poll(() => frame.url()).toMatch(/^chrome-error:/);
    await end(guest);
  });
