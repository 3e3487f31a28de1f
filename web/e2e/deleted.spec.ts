/** What was there and is not any more is said while somebody looks at it. */
import { expect, test } from './lib/test';

const SCREENS = {
  feed: (_: number) => '/',
  poll: (id: number) => `/p/${id}`,
  present: (id: number) => `/present/${id}?revealed`,
  embed: (id: number) => `/embed/${id}`,
};

for (const [name, pathOf] of Object.entries(SCREENS))
  test(`a poll that is deleted is gone from the ${name}`, async ({ page, server, ada }) => {
    const title = `Shall we stay for ${name}?`;
    const poll = { title, options: ['Yes', 'No'] };
    const { id } = await server.api.create_poll(ada.token, poll);
    await page.goto(pathOf(id));
    await expect(page.getByText('live', { exact: true })).toBeAttached();
    await expect(page.getByRole('heading', { name: title })).toBeVisible();

    await server.api.delete(`/api/polls/${id}`, { token: ada.token, expect: 204 });
    await expect(
      page.getByText(/This poll was deleted|has deleted this poll/),
    ).toBeVisible();
    const card = page.getByRole('article', { name: title }); // others have theirs beside it
    const gone = name === 'feed' ? card : page.getByRole('main');
    await expect(gone.getByRole('button', { name: 'Vote' })).toHaveCount(0);
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
  });

test('counts that are for voters go with a vote that another tab takes back', async ({
  page,
  context,
  server,
  ada,
}) => {
  const { id } = await server.api.create_poll(ada.token, {
    title: 'Where to?',
    options: ['Sea', 'Hills'],
    resultsVisibility: 'after_vote',
    voteChange: true,
  });
  await page.goto(`/p/${id}`);
  await page.getByRole('radio', { name: 'Sea' }).check();
  await page.getByRole('button', { name: 'Vote' }).click();
  await expect(page.getByTestId('bar')).toHaveCount(2);

  const other = await context.newPage();
  await other.goto(`/p/${id}`);
  await expect(other.getByTestId('bar')).toHaveCount(2);
  await other.getByRole('button', { name: 'Take back' }).click();
  await expect(other.getByRole('radio', { name: 'Sea' })).toBeVisible();
  await expect(page.getByTestId('bar')).toHaveCount(0);
});
