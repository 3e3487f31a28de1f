/** The widget in somebody else's page: of another site, with what docs/embed.md tells to paste. */
import type { Frame } from '@playwright/test';
import {
  end,
  fromDocs,
  guestOf,
  hostUrl,
  LOOK,
  openHost,
  pollux,
  profileThatStores,
  snippet,
  startHost,
  stopHost,
  visitor,
} from './lib/host';
import { castVote, isLive, oneMore } from './lib/steps';
import { barOf, expect, test } from './lib/test';

test.beforeAll(startHost);
test.afterAll(stopHost);

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
