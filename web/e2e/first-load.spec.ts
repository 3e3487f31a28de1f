/** What a phone has to fetch before it can show the first poll, and vote on it. */
import { barOf, expect, report, test } from './lib/test';

const LIMIT_BYTES = 100_000;

test('the first poll needs less than 100 kB of JavaScript, gzipped', async ({
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
  // Whatever would go beyond the limit does not come at all.
  let fetched = 0;
  let files = 0;
  await page.route('**/*.js', async (route) => {
    const answer = await route.fetch();
    const size = Number(answer.headers()['content-length']);
    if (fetched + size > LIMIT_BYTES) return route.abort();
    fetched += size;
    files += 1;
    return route.fulfill({ response: answer });
  });
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'The first that is seen' })).toBeVisible();
  await page.getByRole('radio', { name: 'Spaces' }).check();
  await page.getByRole('button', { name: 'Vote', exact: true }).click();
  await expect(barOf(page, 'Spaces')).toContainText('your vote');
  report(`the first poll, its vote and its bars: ${fetched} bytes in ${files} files`);
  expect(fetched).toBeGreaterThan(50_000);
  await context.close();
});
