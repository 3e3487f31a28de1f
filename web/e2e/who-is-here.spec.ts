/** Who is here ends, and what happens to a page from outside: the page acts as nobody else. */
import { castVote, isLive, oneMore, press } from './lib/steps';
import { barOf, expect, signIn, test } from './lib/test';
import { translate } from './lib/translate';

test.describe('a guest', () => {
  test.use({ refusals: [/401 .*\/api\/(users\/me|polls\/\d+\/vote)/] });

  test('a vote of a guest whose session is gone is not taken back, and still counts', async ({
    server,
    ada,
    context,
    page,
  }) => {
    const poll = await server.api.create_poll(ada.token, { voteChange: true });
    await page.goto(`/p/${poll.id}`);
    await castVote(page, 'Tabs');
    await expect(barOf(page, 'Tabs')).toContainText('your vote');
    await context.clearCookies();
    await press(page, 'Take back');
    await expect(page.getByText(/^Your visit as a guest has ended\./)).toBeVisible();
    expect((await server.api.results(poll.id)).totalVotes).toBe(1);
  });
});

test('the end of a session is said at once, and what is shown stays', async ({
  server,
  ada,
  context,
  page,
}) => {
  const poll = await server.api.create_poll(ada.token, { resultsVisibility: 'after_vote' });
  const account = await server.api.register();
  await server.api.vote(account.token, poll.id, 0, { expect: 201 });
  await signIn(context, server, account);
  await page.goto(`/present/${poll.id}?revealed`);
  await isLive(page);
  await expect(page.getByText('100%')).toBeVisible();
  await server.api.delete('/api/users/me', {
    token: account.token,
    body: { password: 'correct horse' },
  });
  await expect(page.getByText(/^Your session has ended\./)).toBeVisible();
  await expect(page.getByText('100%')).toBeVisible();
});

test('a page that is translated goes on counting', async ({ server, ada, page }) => {
  const poll = await server.api.create_poll(ada.token);
  await page.goto(`/present/${poll.id}?revealed`);
  await isLive(page);
  await translate(page);
  await oneMore(server, poll.id, 0);
  await expect(page.getByText('100%')).toBeVisible();
  await oneMore(server, poll.id, 1);
  await expect(page.getByText('50.0%').first()).toBeVisible();
  await page.goto(`/p/${poll.id}`);
  await isLive(page);
  await translate(page);
  await castVote(page, 'Tabs');
  await expect(barOf(page, 'Tabs')).toContainText('66.7%');
  await oneMore(server, poll.id, 1);
  await expect(barOf(page, 'Tabs')).toContainText('50.0%');
});

test('a form that is translated can be filled in', async ({ page }) => {
  await page.goto('/new');
  await page.getByLabel('Question').fill('Tea?');
  await translate(page);
  await page.getByText('More options').click();
  await page.getByRole('textbox', { name: 'Tags' }).fill('drinks');
  await page.getByRole('button', { name: 'Add option' }).click();
  await expect(page.getByRole('textbox', { name: 'Option 3' })).toBeVisible();
  await expect(page.getByLabel('Question')).toHaveValue('Tea?');
  await expect(page.getByText('This screen has failed')).toHaveCount(0);
});
