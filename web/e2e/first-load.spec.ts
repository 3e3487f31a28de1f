/** What a phone has to fetch before it shows the first poll. */
import { expect, report, test } from './lib/test';

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
  const sizes = new Map<string, Promise<number>>();
  page.on('requestfinished', (request) => {
    if (!/\.js$/.test(new URL(request.url()).pathname)) return;
    sizes.set(
      request.url(),
      request.sizes().then((s) => s.responseBodySize),
    );
  });
  await page.goto('/');
  await expect(page.getByRole('radio').first()).toBeVisible();
  const all = await Promise.all(sizes.values());
  const total = all.reduce((sum, size) => sum + size, 0);
  report(
    `JavaScript fetched until the first poll is there: ${total} bytes in ${all.length} files`,
  );
  expect(total).toBeGreaterThan(50_000);
  expect(total).toBeLessThanOrEqual(LIMIT_BYTES);
  await context.close();
});
