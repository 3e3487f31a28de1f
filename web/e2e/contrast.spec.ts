/** Where the system chooses the colours (high contrast), all that is meant is still to be seen. */
import type { Locator } from '@playwright/test';
import { drawn } from './lib/pixels';
import { votes } from './lib/screens';
import { isLive } from './lib/steps';
import { barOf, expect, signIn, test } from './lib/test';

test.use({ contextOptions: { forcedColors: 'active', reducedMotion: 'reduce' } });

/** How many colours a line of pixels has, from the left edge of an element to its right. */
async function coloursAlong(element: Locator): Promise<number> {
  const picture = await drawn(element);
  return picture.evaluate((context) => {
    const { width } = context.canvas;
    const row = context.getImageData(8, 4, width - 16, 1).data; // above the words
    const colours = new Set<string>();
    for (let at = 0; at < row.length; at += 4) colours.add(row.slice(at, at + 3).join(' '));
    return colours.size;
  });
}

/** A bar of half the width: one colour where it is, another where it is not. */
async function expectBar(row: Locator): Promise<void> {
  await expect.poll(() => coloursAlong(row)).toBeGreaterThan(1);
}

test('bars are drawn: on a poll, a projector and the leaderboard', async ({
  server,
  ada,
  context,
  page,
}) => {
  await signIn(context, server, ada);
  const most = await server.api.create_poll(ada.token, { title: 'Twice as many' });
  const half = await server.api.create_poll(ada.token, { title: 'Half as many' });
  await votes(server, most.id, [2, 2, 0]);
  await votes(server, half.id, [1, 1, 0]);
  await server.api.vote(ada.token, half.id, 2, { expect: 201 });
  await page.goto(`/p/${half.id}`);
  await expectBar(barOf(page, 'Tabs'));
  await expectBar(barOf(page, 'Both'));
  await page.goto(`/present/${most.id}?revealed`);
  await isLive(page);
  await expectBar(page.getByRole('listitem').filter({ hasText: 'Tabs' }));
  await page.goto('/leaderboard');
  await expectBar(page.getByRole('listitem').filter({ hasText: 'Half as many' }));
});

test('boxes have an edge, and what is chosen looks different', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token, { tags: ['plain', 'chosen'] });
  await page.goto(`/p/${poll.id}`);
  await expect(page.getByRole('button', { name: 'Vote', exact: true })).toHaveCSS(
    'border-top-style',
    'solid',
  );
  await expect(page.getByRole('button', { name: 'Vote', exact: true })).toHaveCSS(
    'border-top-width',
    '1px',
  );
  await expect(page.locator('main section').first()).toHaveCSS('border-top-width', '1px');

  const outlineOf = (link: string) =>
    page
      .getByRole('link', { name: link, exact: true })
      .evaluate((element) => getComputedStyle(element).outlineStyle);
  await page.goto('/?tag=chosen');
  await expect(page.getByRole('link', { name: 'plain', exact: true })).toBeVisible();
  expect(await outlineOf('chosen')).toBe('solid');
  expect(await outlineOf('plain')).toBe('none');
  await page.goto('/leaderboard?window=day');
  await expect(page.getByRole('link', { name: 'Last day' })).toBeVisible();
  expect(await outlineOf('Last day')).toBe('solid');
  expect(await outlineOf('Last hour')).toBe('none');
});
