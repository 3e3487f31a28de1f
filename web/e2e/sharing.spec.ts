/** Sharing a poll: the link, its code, and what devices offer. */
import type { Page } from '@playwright/test';
import { codeOf, readCode } from './lib/qr';
import { isLive, textOf } from './lib/steps';
import { expect, test } from './lib/test';

const QR = 'QR code with the link to this poll';

const inDialog = (page: Page) => page.getByRole('dialog');

async function share(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Share this poll' }).click();
  await expect(inDialog(page)).toBeVisible();
}

/** What the clipboard holds: the page itself may not read it. */
async function pasted(page: Page): Promise<string> {
  await page.goto('/sign-in');
  const field = page.getByLabel('E-mail address');
  await field.press('Control+V');
  await expect(field).not.toHaveValue('');
  return field.inputValue();
}

test.describe('sharing', () => {
  test('copies the link', async ({ server, ada, context, page }) => {
    const poll = await server.api.create_poll(ada.token);
    await context.grantPermissions(['clipboard-write']);
    await page.goto(`/p/${poll.id}`);
    await share(page);
    const link = `${server.url}/p/${poll.id}`;
    await expect(page.getByLabel('Link', { exact: true })).toHaveValue(link);
    await inDialog(page).getByRole('button', { name: 'Copy' }).click();
    await expect(inDialog(page).getByText('Copied.')).toBeVisible();
    expect(await pasted(page)).toBe(link);
  });

  test('copies it from an insecure origin too', async ({
    server,
    ada,
    playwright,
    launchOptions,
  }) => {
    const poll = await server.api.create_poll(ada.token);
    const browser = await playwright.chromium.launch({
      ...launchOptions,
      args: [
        ...(launchOptions.args ?? []),
        '--host-resolver-rules=MAP polls.example 127.0.0.1',
      ],
    });
    const origin = `http://polls.example:${server.port}`;
    const page = await browser.newPage({ baseURL: origin, locale: 'en-US' });
    await page.goto(`/p/${poll.id}`);
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await isLive(page); // its own origin, whatever its name
    await share(page);
    await inDialog(page).getByRole('button', { name: 'Copy' }).click();
    await expect(inDialog(page).getByText('Copied.')).toBeVisible();
    expect(await pasted(page)).toBe(`${origin}/p/${poll.id}`);
    await browser.close();
  });

  test('leaves the link selected where nothing may copy', async ({ server, ada, page }) => {
    const poll = await server.api.create_poll(ada.token);
    await page.addInitScript(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('forbidden'));
      document.execCommand = () => false;
    });
    await page.goto(`/p/${poll.id}`);
    await share(page);
    await inDialog(page).getByRole('button', { name: 'Copy' }).click();
    await expect(inDialog(page).getByText(/does not let us copy/)).toBeVisible();
    const selected = page.getByLabel('Link', { exact: true });
    await expect(selected).toBeFocused();
    expect(
      await selected.evaluate((field: HTMLTextAreaElement) =>
        field.value.slice(field.selectionStart, field.selectionEnd),
      ),
    ).toBe(`${server.url}/p/${poll.id}`);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`shows a code that cameras can read, ${colorScheme}`, async ({
      server,
      ada,
      page,
    }) => {
      const poll = await server.api.create_poll(ada.token);
      await page.emulateMedia({ colorScheme });
      await page.goto(`/p/${poll.id}`);
      await share(page);
      const code = page.getByRole('img', { name: QR });
      await expect(code.locator('path')).toHaveAttribute('d', /^M/);
      const want = codeOf(`${server.url}/p/${poll.id}`);
      expect(await readCode(code, want.length)).toEqual(want);

      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download as SVG' }).click();
      const file = await saved;
      expect(file.suggestedFilename()).toBe(`poll-${poll.id}.svg`);
      expect(await textOf(file)).toContain(
        String(await code.locator('path').getAttribute('d')),
      );
    });
  }

  test('gives a frame to paste, and shows it', async ({ server, ada, context, page }) => {
    const title = 'Tea & "coffee", or <b>both</b>?';
    const poll = await server.api.create_poll(ada.token, { title });
    await page.goto(`/p/${poll.id}`);
    await share(page);
    await page.getByText('Embed it in your own page').click();
    const snippet = await page.getByLabel('HTML to paste').inputValue();
    const blank = await context.newPage(); // somebody's page, with rules of its own
    const found = await blank.evaluate((html) => {
      const { body } = new DOMParser().parseFromString(html, 'text/html');
      const frame = body.querySelector('iframe');
      return { count: body.children.length, title: frame?.title, src: frame?.src };
    }, snippet);
    expect(found).toEqual({ count: 1, title, src: `${server.url}/embed/${poll.id}` });
    const preview = page.frameLocator('iframe[title="Preview of the embedded poll"]');
    await expect(preview.getByRole('heading', { name: title })).toBeVisible();
    await expect(preview.getByRole('radio')).toHaveCount(3);
  });
});
