/** What sticks to the lower edge can be pressed: nothing of the page's frame lies over it. */
import type { Locator, Page } from '@playwright/test';
import { expect, signIn, test } from './lib/test';

const PHONES = [
  { width: 390, height: 844 },
  { width: 320, height: 568 },
];

/** A finger in its middle, and at its lower edge, meets it. */
async function expectReachable(button: Locator): Promise<void> {
  await expect(button).toBeVisible();
  const isMet = () =>
    button.evaluate((element) => {
      const { left, width, top, height } = element.getBoundingClientRect();
      return [top + height / 2, top + height - 2].every((y) =>
        element.contains(document.elementFromPoint(left + width / 2, y)),
      );
    });
  await expect.poll(isMet).toBe(true);
}

/** What has the focus is between the header and the bar. */
async function expectFocusInSight(page: Page, bar: Locator): Promise<void> {
  const barTop = (await bar.boundingBox())?.y ?? 0;
  const focused = await page.locator(':focus').boundingBox();
  const header = await page.getByRole('banner').boundingBox();
  expect((focused?.y ?? 0) + (focused?.height ?? 0)).toBeLessThanOrEqual(barTop);
  expect(focused?.y ?? 0).toBeGreaterThanOrEqual(header?.height ?? 0);
}

for (const viewport of PHONES)
  test.describe(`on a phone of ${viewport.width} px`, () => {
    test.use({ viewport, hasTouch: true });

    test('Vote is within reach below twenty options', async ({ server, ada, page }) => {
      const options = Array.from({ length: 20 }, (_, i) => `Option number ${i + 1}`);
      const poll = await server.api.create_poll(ada.token, { options });
      await page.goto(`/p/${poll.id}`);
      const vote = page.getByRole('button', { name: 'Vote', exact: true });
      await expectReachable(vote);
      await page.getByRole('radio', { name: 'Option number 1', exact: true }).focus();
      for (let i = 2; i <= 20; i++) {
        await page.keyboard.press('ArrowDown');
        await expect(page.getByRole('radio').nth(i - 1)).toBeFocused();
        await expectFocusInSight(page, vote);
      }
      await vote.tap();
      await expect(page.getByText('Your vote counts.')).toBeVisible();
    });

    test('Create poll is within reach, also when it has refused', async ({
      server,
      ada,
      context,
      page,
    }) => {
      await signIn(context, server, ada);
      await page.goto('/new');
      const create = page.getByRole('button', { name: 'Create poll' });
      await expectReachable(create);
      await create.tap();
      await expect(page.getByText(/needs? another look\.$/)).toBeVisible();
      await expectReachable(create);
    });
  });
