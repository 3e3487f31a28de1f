/** How the program serves the page, and that nothing of it breaks its own rules. */
import type { APIRequestContext, BrowserContext } from '@playwright/test';
import { open, SCREENS, type Seed, seed } from './lib/screens';
import { expect, signIn, test, watch } from './lib/test';

// Who is nobody yet asks who they are, and a page that is not there is a 404.
test.use({ refusals: [/status of 40[14]/] });

let seeded: Seed;
test.beforeAll(async ({ server }) => {
  seeded = await seed(server);
});

/** What the browser refuses in the name of the policy, on every page of a context. */
async function watchPolicy(context: BrowserContext): Promise<string[]> {
  const violations: string[] = [];
  await context.exposeFunction('reportViolation', (what: string) => violations.push(what));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { reportViolation } = window as unknown as Record<
        string,
        (what: string) => void
      >;
      const { violatedDirective, blockedURI, sourceFile } = event;
      reportViolation?.(`${violatedDirective}: ${blockedURI} ${sourceFile}`);
    });
  });
  return violations;
}

for (const screen of SCREENS)
  test(`${screen.name}: under its policy, and without breaking it`, async ({
    server,
    context,
    page,
  }) => {
    const violations = await watchPolicy(context);
    if (screen.as === 'ada') await signIn(context, server, seeded.ada);
    const path = screen.path(seeded);
    const documents = page.waitForResponse(
      (answer) => answer.request().resourceType() === 'document',
    );
    await open(page, screen, seeded);
    const answer = await documents;
    expect(answer.status()).toBe(screen.name === 'not-found' ? 404 : 200);
    const policy = answer.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; ");
    expect(policy).not.toContain('unsafe');
    const ancestors = path.startsWith('/embed/') ? '*' : "'none'";
    expect(policy.endsWith(`frame-ancestors ${ancestors}`)).toBe(true);
    // A poll's document is made for each request, and packed then.
    const coding = /^\/(p|embed)\//.test(path) ? 'gzip' : 'br';
    expect(answer.headers()['content-encoding']).toBe(coding);
    expect(violations).toEqual([]);
  });

test('a page that breaks the policy would be noticed', async ({ server, browser }) => {
  const context = await browser.newContext({ baseURL: server.url });
  const violations = await watchPolicy(context);
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.evaluate(() => {
    const style = document.createElement('style');
    style.textContent = 'body { color: red }';
    document.head.append(style);
  });
  await expect
    .poll(() => violations)
    .toContainEqual(expect.stringMatching(/^style-src-elem/));
  await context.close();
});

/** The header as sent, whatever the client does with the body. */
async function codingOf(request: APIRequestContext, url: string, accepted: string) {
  const answer = await request.get(url, { headers: { 'Accept-Encoding': accepted } });
  expect(answer.status(), url).toBe(200);
  return answer.headers()['content-encoding'];
}

test('what has a hash in its name is packed, and kept for good', async ({
  page,
  context,
}) => {
  const assets = new Map<string, Record<string, string>>();
  context.on('response', async (answer) => {
    if (answer.url().includes('/assets/')) assets.set(answer.url(), answer.headers());
  });
  for (const screen of SCREENS.filter(({ as }) => as === 'newcomer'))
    await open(page, screen, seeded);
  const code = [...assets].filter(([url]) => /\.(js|css)$/.test(url));
  expect(code.length).toBeGreaterThan(5);
  for (const [url, headers] of code) {
    expect(headers['cache-control'], url).toBe('public, max-age=31536000, immutable');
    expect(await codingOf(page.request, url, 'identity'), url).toBeUndefined();
    if (Number(headers['content-length']) < 200) continue; // packing makes the smallest longer
    expect(headers['content-encoding'], url).toBe('br');
    expect(await codingOf(page.request, url, 'gzip'), url).toBe('gzip');
  }
});

test('a second visit asks only whether the page is still the same', async ({ page }) => {
  const fetched = new Set<string>(); // what the next visit interrupts is not kept
  page.on('requestfinished', (request) => fetched.add(request.url()));
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.goto('/register');
  await expect(page.getByRole('heading', { name: 'Create an account' })).toBeVisible();
  const kept = [...fetched];
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  const sizes = await page.evaluate(() =>
    [
      ...performance.getEntriesByType('navigation'),
      ...performance.getEntriesByType('resource'),
    ]
      .filter((entry): entry is PerformanceResourceTiming => !/\/api\//.test(entry.name))
      .map(({ name, transferSize, encodedBodySize }) => ({
        name,
        sent: transferSize,
        size: encodedBodySize,
      })),
  );
  const [document, ...others] = sizes;
  expect(document?.sent, 'a 304 is headers only').toBeLessThan(document?.size ?? 0);
  const code = others.filter(
    ({ name }) => name.includes('/assets/') && kept.includes(name),
  );
  expect(code.length).toBeGreaterThan(1);
  expect(code.filter(({ sent }) => sent > 0)).toEqual([]);

  const { etag = '' } = (await page.request.get('/')).headers();
  const again = await page.request.get('/', { headers: { 'If-None-Match': etag } });
  expect(again.status()).toBe(304);
  expect(again.headers()['cache-control']).toBe('no-cache');
});

test('a path that leads nowhere says so, and leads on', async ({ page }) => {
  const answer = await page.goto('/nothing/here?at=all');
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'To the polls' }).click();
  await expect(page).toHaveURL('/');
});

test.describe('the tests’ own watch', () => {
  const FOREIGN = 'http://127.0.0.2:8787/picture.png';

  test('sees what leaves the origin, and what goes wrong in silence', async ({
    server,
    browser,
  }) => {
    const context = await browser.newContext();
    const wrong = watch(context, server.url, [/as expected/]);
    const page = await context.newPage();
    await page.goto(`${server.url}/sign-in`);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    expect(wrong).toEqual([]);

    await page.goto('about:blank');
    await page.setContent(`<img src="${FOREIGN}">`);
    await expect.poll(() => wrong).toContain(`asked ${FOREIGN}`);
    const alike = watch(context, FOREIGN.slice(0, FOREIGN.indexOf('7/'))); // another port
    await page.setContent(`<img src="${FOREIGN}">`);
    await expect.poll(() => alike).toContain(`asked ${FOREIGN}`);
    await page.evaluate(() => void new WebSocket('ws://127.0.0.2:8787/live'));
    await expect.poll(() => wrong).toContain('asked ws://127.0.0.2:8787/live');
    await page.evaluate(() => {
      const { console: log } = window;
      log.error('as expected');
      log.error('a complaint');
      setTimeout(() => {
        throw new Error('nobody catches it');
      });
    });
    await expect
      .poll(() => wrong)
      .toEqual(
        expect.arrayContaining([
          expect.stringContaining('a complaint'),
          expect.stringContaining('nobody catches it'),
        ]),
      );
    expect(wrong.filter((line) => line.includes('as expected'))).toEqual([]);
    await context.close();
  });

  test.fail('fails a test whose page asks somebody else', async ({ page }) => {
    const asked = page.waitForRequest(FOREIGN);
    await page.setContent(`<img src="${FOREIGN}">`);
    await asked;
  });
});

test('without JavaScript there are words, in both languages, and a way on', async ({
  browser,
  server,
}) => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    baseURL: server.url,
    viewport: { width: 390, height: 844 },
  });
  const page = await context.newPage();
  await page.goto('/');
  const words = page.locator('noscript p'); // by its text Playwright does not find it
  await expect(words).toHaveCount(2);
  await expect(words.first()).toContainText('Pollux shows polls live');
  await expect(words.last()).toContainText('Pollux zeigt Umfragen live');
  expect((await words.first().boundingBox())?.x).toBeGreaterThanOrEqual(16);
  await words.first().locator('a').click();
  await expect(page).toHaveURL(/\/docs$/);
  await context.close();
});
