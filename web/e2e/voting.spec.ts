/** The vote: who may, when it counts, and what may be undone can be. */
import { ahead_of } from '../../test/e2e/lib/wait.mjs';
import { castVote, choose, isLive, press, watchCalls } from './lib/steps';
import { barOf, expect, test } from './lib/test';

test('only registered people may vote: says so, and leads there and back', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token, { voters: 'registered' });
  await page.goto(`/p/${poll.id}`);
  await expect(page.getByText('Only people with an account can vote here.')).toBeVisible();
  await expect(page.getByRole('radio')).toHaveCount(0);
  await page.getByRole('link', { name: 'Create an account' }).click();
  const name = `voter-${Date.now()}`;
  await page.getByLabel('Username').fill(name);
  await page.getByLabel('E-mail address').fill(`${name}@example.org`);
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await press(page, 'Create an account');
  await expect(page).toHaveURL(`/p/${poll.id}`);
  await castVote(page, 'Both');
  await expect(barOf(page, 'Both')).toContainText('your vote');
});

test('a scheduled poll opens by itself', async ({ server, ada, page }) => {
  const { opens, asked } = await ahead_of(5000, async (opens) => {
    const opensAt = new Date(opens).toISOString();
    const poll = await server.api.create_poll(ada.token, { opensAt });
    await page.goto(`/p/${poll.id}`);
    await expect(page.getByText(/^Opens: /)).toBeVisible();
    await expect(page.getByRole('radio')).toHaveCount(0);
    await isLive(page);
    return { opens, asked: watchCalls(page) };
  });
  await expect(page.getByRole('radio')).toHaveCount(3);
  expect(Date.now()).toBeGreaterThanOrEqual(opens);
  expect(asked).toEqual([]);
  await castVote(page, 'Spaces');
  await expect(barOf(page, 'Spaces')).toContainText('your vote');
});

test('a vote can be changed, taken back, and cast again', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token, { voteChange: true });
  const counts = async () =>
    (await server.api.results(poll.id)).options.map(({ votes }) => votes);
  await page.goto(`/p/${poll.id}`);
  await castVote(page, 'Tabs');
  await expect(barOf(page, 'Tabs')).toContainText('your vote');

  await press(page, 'Change vote');
  await expect(page.getByRole('radio', { name: 'Tabs' })).toBeChecked();
  await press(page, 'Keep my vote');
  await expect(barOf(page, 'Tabs')).toContainText('your vote');
  await press(page, 'Change vote');
  await choose(page, 'Spaces');
  await press(page, 'Change vote');
  await expect(barOf(page, 'Spaces')).toContainText('your vote');
  await expect(barOf(page, 'Spaces')).toContainText('100%');
  await expect(barOf(page, 'Tabs')).not.toContainText('your vote');
  expect(await counts()).toEqual([0, 1, 0]);

  await press(page, 'Take back');
  await expect(page.getByText('Your vote is taken back.')).toBeVisible();
  expect(await counts()).toEqual([0, 0, 0]);
  await castVote(page, 'Both');
  await expect(barOf(page, 'Both')).toContainText('your vote');
  await page.reload();
  await expect(barOf(page, 'Both')).toContainText('your vote');
  expect(await counts()).toEqual([0, 0, 1]);
});

test('where votes stay, nothing offers to change them', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/p/${poll.id}`);
  await castVote(page, 'Tabs');
  await expect(page.getByText('Your vote counts.')).toBeVisible();
  await expect(page.getByRole('button', { name: /Change vote|Take back/ })).toHaveCount(0);
});

test('results for those who voted: hidden before, and again without the vote', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token, {
    resultsVisibility: 'after_vote',
    voteChange: true,
  });
  const [token] = await server.api.crowd(1);
  await server.api.vote(String(token), poll.id, 0, { expect: 201 });
  await page.goto(`/p/${poll.id}`);
  await expect(page.getByRole('radio')).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Show results' })).toHaveCount(0);
  await castVote(page, 'Both');
  await expect(barOf(page, 'Tabs')).toContainText('50.0%');
  await press(page, 'Take back');
  await expect(page.getByRole('radio')).toHaveCount(3);
  await expect(page.getByTestId('bar')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Show results' })).toHaveCount(0);
  await server.api.post(`/api/polls/${poll.id}/close`, { token: ada.token });
  await expect(page.getByText('Only those who voted see the results.')).toBeVisible();
  await expect(page.getByTestId('bar')).toHaveCount(0);
});

test('results after closing: one sees what one chose, and then all of it', async ({
  server,
  ada,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token, {
    resultsVisibility: 'after_close',
  });
  await page.goto(`/p/${poll.id}`);
  await castVote(page, 'Both');
  await expect(page.getByText('Results are shown when the poll closes.')).toBeVisible();
  await expect(page.getByText('your vote', { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText('your vote', { exact: true })).toBeVisible();
  await expect(page.getByTestId('bar')).toHaveCount(0);
  await server.api.post(`/api/polls/${poll.id}/close`, { token: ada.token });
  await expect(barOf(page, 'Both')).toContainText('100%');
});

for (const [reducedMotion, duration] of [
  ['no-preference', '0.5s'],
  ['reduce', '0s'],
] as const)
  test(`bars move within ${duration} where the reader wants ${reducedMotion}`, async ({
    server,
    ada,
    page,
  }) => {
    await page.emulateMedia({ reducedMotion });
    const poll = await server.api.create_poll(ada.token);
    await page.goto(`/p/${poll.id}`);
    await castVote(page, 'Both');
    await expect(barOf(page, 'Both').locator('span').first()).toHaveCSS(
      'transition-duration',
      duration,
    );
  });
