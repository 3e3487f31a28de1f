/** Two tabs of one browser: what is done in one is true in the other. */
import type { Page } from '@playwright/test';
import { card, feedOf, openFeed } from './lib/feed';
import { castVote } from './lib/steps';
import { barOf, expect, test } from './lib/test';

/** What is over every screen is there: it opens the help, and it listens to other tabs. */
async function hearsOthers(page: Page): Promise<void> {
  const help = page.getByRole('dialog');
  await expect(async () => {
    await page.keyboard.press('?');
    await expect(help).toBeVisible({ timeout: 500 });
  }).toPass();
  await help.getByRole('button', { name: 'Close' }).click();
}

test('a vote, its change and a skip arrive in the feed of the other', async ({
  server,
  ada,
  context,
  page,
}) => {
  const [first, second] = await feedOf(server, ada, 'tabs', 2, { voteChange: true });
  const other = await context.newPage();
  await openFeed(other, '/?tag=tabs');
  await hearsOthers(other);
  await page.goto(`/p/${first}`);
  await hearsOthers(page);
  await castVote(page, 'Spaces');
  await expect(barOf(other, 'Spaces')).toContainText('your vote');
  await expect(card(other, 'tabs 1').getByRole('button', { name: 'Skip' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Take back' }).click();
  await expect(card(other, 'tabs 1').getByRole('radio').first()).toBeVisible();

  await page.goto('/?tag=tabs');
  await other.goto(`/p/${first}`);
  await hearsOthers(page);
  await hearsOthers(other);
  await card(page, 'tabs 1').getByRole('button', { name: 'Skip' }).click();
  await expect(other.getByText(/^You skipped this poll\. /)).toBeVisible();
  await openFeed(other, '/?tag=tabs');
  await expect(card(other, 'tabs 2')).toBeVisible();
  await hearsOthers(other);
  await page.goto(`/p/${second}`);
  await hearsOthers(page);
  await castVote(page, 'Tabs');
  await expect(barOf(other, 'Tabs')).toContainText('your vote');
});

test('who signs out in one is gone from the other, and so is their draft', async ({
  server,
  context,
  page,
}) => {
  const account = await server.api.register();
  await context.addCookies([
    { name: 'pollux_session', value: account.token, url: server.url },
  ]);
  await page.goto('/');
  await page.evaluate(() => localStorage.setItem('pollux.session', 'yes'));
  await page.goto('/account');
  await expect(page.getByText(account.user.email)).toBeVisible();
  const draft = await context.newPage();
  await draft.goto('/new');
  await hearsOthers(page);
  await hearsOthers(draft);
  const question = draft.getByRole('textbox', { name: 'Question' });
  await question.fill('Whom shall we dismiss?');
  await expect
    .poll(() => draft.evaluate(() => localStorage.getItem('pollux.draft')))
    .toContain('dismiss');
  await expect(draft.getByRole('link', { name: account.user.username })).toBeVisible();

  const third = await context.newPage();
  await third.goto('/leaderboard');
  await third.getByRole('button', { name: 'Settings' }).click();
  await third.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'You are not signed in' })).toBeVisible();
  await expect(page.getByText(account.user.email)).toHaveCount(0);
  await expect(question).toHaveValue('');
  await third.goto('/new');
  await expect(third.getByRole('textbox', { name: 'Question' })).toHaveValue('');
  const kept = await third.evaluate(() => JSON.stringify(localStorage));
  expect(kept).not.toContain('dismiss');
});

test('a draft outlives the way to an account', async ({ server, page }) => {
  const account = await server.api.register();
  await page.goto('/new');
  await page.getByRole('textbox', { name: 'Question' }).fill('Stay?');
  await page.getByRole('textbox', { name: 'Option 1' }).fill('Yes');
  await page.getByRole('textbox', { name: 'Option 2' }).fill('No');
  await page.getByRole('button', { name: 'Create poll' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail address').fill(account.user.email);
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/new');
  await expect(page.getByRole('textbox', { name: 'Question' })).toHaveValue('Stay?');
});
