/** More tags than there is room for: a mouse reaches all of them. */
import type { Locator } from '@playwright/test';
import { openFeed } from './lib/feed';
import { expect, test } from './lib/test';

test('arrows bring the tags that lie beyond the edge', async ({ server, ada, page }) => {
  for (let n = 0; n < 5; n++)
    await server.api.create_poll(ada.token, {
      tags: Array.from({ length: 5 }, (_, i) => `a-tag-with-a-long-name-${5 * n + i}`),
    });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openFeed(page, '/');
  const tags = page.getByRole('list', { name: 'Tags' });
  const arrows = tags.locator('xpath=..').locator('button');
  await expect(arrows).toHaveCount(1); // there is nothing to the left
  const last = tags.getByRole('link').last();
  const isAtEnd = () =>
    tags.evaluate((row) => row.scrollLeft + row.clientWidth >= row.scrollWidth - 5);
  const rightOf = async (what: Locator) => {
    const box = await what.boundingBox();
    return box === null ? Number.NaN : box.x + box.width;
  };
  expect(await isAtEnd()).toBe(false);
  for (let i = 0; i < 40 && !(await isAtEnd()); i++) await arrows.last().click();
  expect(await rightOf(last)).toBeLessThanOrEqual((await rightOf(tags)) + 2);
  await expect(arrows).toHaveCount(1); // and now nothing to the right
  await arrows.click();
  await expect(arrows).toHaveCount(2);
  await last.press('Tab'); // they are not in the keyboard's way
  await expect(page.getByRole('combobox', { name: 'Order' })).toBeFocused();
});
