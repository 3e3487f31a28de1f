/** Every screen, with a browser's translator at work: it goes on, and so does the way from it. */
import type { Page } from '@playwright/test';
import { open, SCREENS, type Seed, seed } from './lib/screens';
import { oneMore, press } from './lib/steps';
import { expect, type Server, signIn, test } from './lib/test';
import { translate } from './lib/translate';

test.use({ refusals: [/status of 40[14]/] });

let seeded: Seed;
test.beforeAll(async ({ server }) => {
  seeded = await seed(server);
});

async function stands(page: Page): Promise<void> {
  await expect(page.getByText(/^(This screen has failed|Dieser Bildschirm)/)).toHaveCount(
    0,
  );
}

/** All that the page says becomes something else, and back. */
async function changeLanguage(page: Page): Promise<void> {
  await press(page, 'Settings');
  await page.getByRole('radio', { name: 'Deutsch' }).click();
  await expect(page.getByRole('dialog', { name: 'Einstellungen' })).toBeVisible();
  await page.getByRole('radio', { name: 'English' }).click();
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

/** Within the page: the screen goes, and others come. */
async function goThroughScreens(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Leaderboard' }).click();
  await expect(page.getByRole('heading', { name: 'Leaderboard' })).toBeVisible();
  await page.getByRole('link', { name: 'Pollux' }).first().click();
  await expect(page.getByRole('feed')).toBeVisible();
  await page.goBack();
  await page.goBack();
}

/** Counts move: in bars, on the projector, and in the leaderboard. */
async function moveCounts(page: Page, server: Server): Promise<void> {
  const before = await page.locator('body').textContent();
  for (const id of [seeded.lively, seeded.fresh]) await oneMore(server, id, 0);
  await expect.poll(() => page.locator('body').textContent()).not.toBe(before);
}

const WITH_COUNTS = ['voted', 'present', 'leaderboard'];
const WITHOUT_FRAME = ['present', 'embed'];

for (const screen of SCREENS)
  test(`${screen.name}: goes on while it is translated`, async ({
    server,
    context,
    page,
  }) => {
    if (screen.as === 'ada') await signIn(context, server, seeded.ada);
    await open(page, screen, seeded);
    const heading = await page.getByRole('heading').first().textContent();
    await translate(page);
    if (WITH_COUNTS.includes(screen.name)) await moveCounts(page, server);
    if (!WITHOUT_FRAME.includes(screen.name)) {
      await changeLanguage(page);
      await goThroughScreens(page);
    }
    await expect(page.getByRole('heading').first()).toHaveText(String(heading));
    await stands(page);
  });

test('embed: a vote in a translated widget is shown, and moves', async ({
  server,
  page,
}) => {
  await page.goto(`/embed/${seeded.fresh}`);
  await translate(page);
  await page.getByRole('radio').first().check();
  await press(page, 'Vote');
  await expect(page.getByTestId('bar').first()).toContainText('your vote');
  await moveCounts(page, server);
  await press(page, 'Take back');
  await expect(page.getByRole('radio').first()).toBeVisible();
  await stands(page);
});

test('doors: what was typed is refused in words, and kept', async ({ page }) => {
  for (const path of ['/sign-in', '/register']) {
    await page.goto(path);
    await page.getByLabel('E-mail address').fill('nobody');
    await translate(page);
    await page.getByRole('main').locator('button[type=submit]').click();
    await expect(page.getByRole('main').getByRole('alert').first()).toBeVisible();
    await expect(page.getByLabel('E-mail address')).toHaveValue('nobody');
    await stands(page);
  }
});
