/** The snippet that the page offers, pasted into a page of another site. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './lib/test';

const OPTIONS = ['Very clear', 'Clear', 'Some of it', 'Not at all'];

/** Another site than the server's 127.0.0.1, and as near: browsers guard the local network. */
async function hostOf(snippet: string) {
  const host = http.createServer((_, answer) => {
    answer.setHeader('Content-Type', 'text/html');
    answer.end(`<!doctype html><title>A lecture</title><h1>A lecture</h1>${snippet}`);
  });
  await new Promise<void>((ready) => host.listen(0, '127.0.0.1', ready));
  const { port } = host.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, end: () => host.close() };
}

test('is voted on in the frame, fits into it, and leads out into a new tab', async ({
  page,
  server,
  ada,
  browser,
}) => {
  const title = 'How clear was this lecture?';
  const { id } = await server.api.create_poll(ada.token, { title, options: OPTIONS });
  await page.goto(`/p/${id}`);
  await page.getByRole('button', { name: 'Share this poll' }).click();
  await page.getByText('Embed it in your own page').click();
  const snippet = await page.getByRole('textbox', { name: 'HTML to paste' }).inputValue();
  expect(snippet).toContain(' sandbox="allow-scripts ');

  const elsewhere = await browser.newContext();
  const host = await hostOf(snippet);
  const hosting = await elsewhere.newPage();
  await hosting.goto(host.url);
  const frame = hosting.frameLocator('iframe');
  await frame.getByRole('radio', { name: 'Some of it' }).check();
  await frame.getByRole('button', { name: 'Vote' }).click();
  await expect(frame.getByText('Your vote counts.')).toBeVisible();
  const overflow = () =>
    frame.locator('html').evaluate((html) => html.scrollHeight - html.clientHeight);
  await expect.poll(overflow).toBe(0);

  const opened = elsewhere.waitForEvent('page');
  await frame.getByRole('link', { name: 'Pollux' }).click();
  const tab = await opened;
  await expect(tab.getByRole('heading', { name: title })).toBeVisible();
  expect(tab.url()).toBe(`${server.url}/p/${id}`);
  await elsewhere.close();
  host.end();
});
