/** Larger letters, as some browsers set them: the frame keeps to the screen. */
import { expect, signIn, test } from './lib/test';

const CASES = [
  { letters: '200%', width: 390 },
  { letters: '150%', width: 390 },
  { letters: '125%', width: 320 },
  { letters: '200%', width: 320 },
  { letters: '100%', width: 320 },
];

for (const { letters, width } of CASES)
  test(`letters of ${letters} leave the frame whole, ${width} px wide`, async ({
    page,
    context,
    server,
    ada,
  }) => {
    await signIn(context, server, ada);
    await page.addInitScript((size) => {
      addEventListener('DOMContentLoaded', () => {
        document.documentElement.style.fontSize = size;
      });
    }, letters);
    await page.setViewportSize({ width, height: 844 });
    const poll = await server.api.create_poll(ada.token);
    await page.goto(`/p/${poll.id}`);
    await expect(page.getByRole('button', { name: 'Pause live results' })).toBeVisible();

    const wayOut = page.locator('header :is(a, button), nav a');
    for (const control of await wayOut.all()) {
      const box = await control.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      expect(box?.width).toBeGreaterThanOrEqual(44);
    }
    const name = page.getByRole('link', { name: 'Pollux', exact: true });
    const header = await page.locator('header').boundingBox();
    expect((await name.boundingBox())?.height).toBeLessThanOrEqual(header?.height ?? 0);
    expect(
      await name.locator('span').evaluate((word) => word.getClientRects().length),
    ).toBe(1);
  });
