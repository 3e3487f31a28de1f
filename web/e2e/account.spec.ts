/** Becoming somebody, what belongs to them, and leaving again. */
import type { Page } from '@playwright/test';
import { within_a_day } from '../../test/e2e/lib/wait.mjs';
import { castVote, isLive, oneMore, textOf } from './lib/steps';
import { type Account, expect, type Server, signIn, test } from './lib/test';

const PASSWORD = 'correct horse';

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 });
const dialog = (page: Page) => page.getByRole('dialog');

async function fillIn(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).fill(value);
}

async function enter(page: Page, { user }: Account, password = PASSWORD): Promise<void> {
  await fillIn(page, { 'E-mail address': user.email, Password: password });
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Somebody new, who is signed in here. */
async function somebody(page: Page, server: Server): Promise<Account> {
  const account = await server.api.register();
  await signIn(page.context(), server, account);
  return account;
}

test.describe('registering', () => {
  test.use({ refusals: [/status of 4(01|09|22)/] });

  test('says at the field that a name is taken, then lets one in', async ({
    server,
    page,
  }) => {
    const other = await server.api.register();
    const name = `new-${other.user.id}`;
    await page.goto('/register?next=/new');
    await fillIn(page, {
      Username: other.user.username,
      'E-mail address': `${name}@example.org`,
      Password: PASSWORD,
    });
    await page.getByRole('button', { name: 'Create an account' }).click();
    const field = page.getByLabel('Username', { exact: true });
    await expect(field).toHaveAccessibleDescription(/^This username is taken\./);
    await expect(field).toBeFocused();
    await fillIn(page, { Username: name, 'E-mail address': other.user.email });
    await page.getByRole('button', { name: 'Create an account' }).click();
    await expect(
      page.getByLabel('E-mail address', { exact: true }),
    ).toHaveAccessibleDescription(
      /^There is an account with this e-mail address already\./,
    );
    await fillIn(page, { 'E-mail address': `${name}@example.org` });
    await page.getByRole('button', { name: 'Create an account' }).click();
    await expect(page).toHaveURL('/new');
    await page.goto('/account');
    await expect(heading(page, 'Your account')).toBeVisible();
    await expect(page.getByRole('main').getByText(name, { exact: true })).toBeVisible();
  });
});

test.describe('signing in', () => {
  test.use({ refusals: [/status of 401/] });

  test('refuses a wrong password, and leads to where one came from', async ({
    server,
    page,
  }) => {
    const account = await server.api.register();
    await page.goto('/sign-in?next=%2Faccount%3Ftab%3Dpolls');
    await enter(page, account, 'something else');
    await expect(page.getByRole('alert')).toHaveText(
      'The e-mail address or the password is wrong.',
    );
    await expect(page).toHaveURL(/\/sign-in/);
    await enter(page, account);
    await expect(page).toHaveURL('/account?tab=polls');
    await expect(heading(page, 'Your account')).toBeVisible();
  });

  for (const next of ['//evil.example', 'https://evil.example/', '/\\evil.example'])
    test(`does not follow ${next}`, async ({ server, page }) => {
      const account = await server.api.register();
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await enter(page, account);
      await expect(page).toHaveURL('/');
    });
});

test('the profile counts the votes of today', ({ server, ada, page }) =>
  within_a_day(async () => {
    const poll = await server.api.create_poll(ada.token);
    await somebody(page, server);
    await page.goto('/account');
    await expect(page.getByText('0 of 100 votes today')).toBeVisible();
    await expect(page.getByText(/^100 left until/)).toBeVisible();
    await page.goto(`/p/${poll.id}`);
    await castVote(page, 'Both');
    await expect(page.getByText('Your vote counts.')).toBeVisible();
    await page.goto('/account');
    await expect(page.getByText('1 of 100 votes today')).toBeVisible();
    await expect(page.getByText(/^99 left until/)).toBeVisible();

    await page.getByRole('link', { name: 'My votes' }).click();
    await expect(
      page.getByRole('main').getByRole('link', { name: 'Tabs or spaces?' }),
    ).toHaveCount(1);
    await page.getByRole('button', { name: 'Show my choice: Tabs or spaces?' }).click();
    await expect(page.getByTestId('bar').filter({ hasText: 'Both' })).toContainText(
      'your vote',
    );
  }));

test.describe('changing', () => {
  test.use({ refusals: [/status of 4(01|03)/] });

  test('the username', async ({ server, page }) => {
    const { user, token } = await somebody(page, server);
    await page.goto('/account');
    await page.getByRole('button', { name: 'Change: Username' }).click();
    await fillIn(page, { 'New username': `other-${user.id}` });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Change: Username' })).toBeFocused();
    const { body } = await server.api.get('/api/users/me', { token });
    expect(body).toMatchObject({ username: `other-${user.id}` });
  });

  test('the password ends the other sessions, and not this one', async ({
    server,
    browser,
    page,
  }) => {
    const account = await somebody(page, server);
    const other = await browser.newContext({ baseURL: server.url });
    const elsewhere = await other.newPage();
    await signIn(other, server, account);
    await elsewhere.goto('/account');
    await expect(heading(elsewhere, 'Your account')).toBeVisible();

    await page.goto('/account');
    await page.getByRole('button', { name: 'Change: Password' }).click();
    await fillIn(page, {
      'Current password': 'not it at all',
      'New password': 'a new horse',
    });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(
      page.getByLabel('Current password', { exact: true }),
    ).toHaveAccessibleDescription(/^That is not your password\./);
    await fillIn(page, { 'Current password': PASSWORD });
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await expect(heading(page, 'Your account')).toBeVisible();

    await elsewhere.goto('/account?tab=votes');
    await expect(heading(elsewhere, 'You are not signed in')).toBeVisible();
    await elsewhere.goto('/sign-in?next=/account');
    await enter(elsewhere, account);
    await expect(elsewhere.getByRole('alert')).toBeVisible();
    await enter(elsewhere, account, 'a new horse');
    await expect(heading(elsewhere, 'Your account')).toBeVisible();
    await other.close();
  });
});

test('my polls are closed, taken away and deleted from their list', async ({
  server,
  page,
}) => {
  const { token } = await somebody(page, server);
  const { id } = await server.api.create_poll(token, { title: 'One of mine' });
  await server.api.create_poll(token, { title: 'Another' });
  await oneMore(server, id, 1);
  await page.goto('/account');
  await page.getByRole('link', { name: 'My polls' }).click();
  const mine = page.getByRole('listitem').filter({
    has: page.getByRole('heading', { name: 'One of mine' }),
  });
  await expect(mine.getByText('1 vote', { exact: true })).toBeVisible();
  await isLive(page);
  await oneMore(server, id, 1);
  await expect(mine.getByText('2 votes', { exact: true })).toBeVisible();

  // on a phone, what can be done with it is one row
  const tops = await mine
    .locator(':is(a, button):has(svg)')
    .evaluateAll((actions) => actions.map((one) => one.getBoundingClientRect().top));
  expect(tops).toHaveLength(5);
  expect(new Set(tops).size).toBe(1);

  const saved = page.waitForEvent('download');
  await mine.getByRole('link', { name: 'Download CSV' }).click();
  const { text } = await server.api.get(`/api/polls/${id}/results.csv`, { token });
  expect(await textOf(await saved)).toBe(`\ufeff${text}`); // the client takes the mark off

  await mine.getByRole('button', { name: 'Close now' }).click();
  await dialog(page).getByRole('button', { name: 'Close now' }).click();
  await expect(mine.getByRole('button', { name: 'Close now' })).toHaveCount(0);
  await expect(mine).toContainText(/closed/i);
  expect((await server.api.results(id)).status).toBe('closed');

  await mine.getByRole('button', { name: 'Delete' }).click();
  await dialog(page).getByRole('button', { name: 'Delete for good' }).click();
  await expect(mine).toHaveCount(0);
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Another' })).toBeVisible();
  await server.api.get(`/api/polls/${id}`, { expect: 404 });
});

test('the export holds what is stored about oneself', async ({ server, ada, page }) => {
  const { user, token } = await somebody(page, server);
  await server.api.create_poll(token, { title: 'Mine alone' });
  const other = await server.api.create_poll(ada.token);
  await server.api.vote(token, other.id, 2, { expect: 201 });
  await page.goto('/account');
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export' }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toMatch(/\.json$/);
  const text = await textOf(file);
  const { exportedAt, ...all } = JSON.parse(text);
  expect(Date.parse(exportedAt)).not.toBeNaN();
  const { body } = await server.api.get('/api/users/me/export', { token });
  expect(body).toMatchObject(all);
  expect(text).toContain(user.email);
  expect(text).toContain(user.username);
  expect(text).toContain('Mine alone');
  expect(all.votes).toHaveLength(1);
  expect(text).not.toContain(PASSWORD);
});

test.describe('leaving', () => {
  test.use({ refusals: [/status of 40[13]/] });

  test('deletes the account, which nobody can sign in to any more', async ({
    server,
    ada,
    page,
  }) => {
    const account = await somebody(page, server);
    const poll = await server.api.create_poll(ada.token);
    await server.api.vote(account.token, poll.id, 0, { expect: 201 });
    await page.goto('/account');
    await page.getByRole('button', { name: 'Delete account' }).click();
    await fillIn(page, { 'Your password': 'not it at all' });
    await dialog(page).getByRole('button', { name: 'Delete for good' }).click();
    await expect(
      page.getByLabel('Your password', { exact: true }),
    ).toHaveAccessibleDescription(/That is not your password\./);
    await fillIn(page, { 'Your password': PASSWORD });
    await dialog(page).getByRole('button', { name: 'Delete for good' }).click();
    await expect(heading(page, 'You are not signed in')).toBeVisible();
    await expect(page.getByText(/^Deleted\. Votes stay counted/)).toBeVisible();
    await page.goto('/sign-in');
    await enter(page, account);
    await expect(page.getByRole('alert')).toBeVisible();
    await server.api.get('/api/users/me', { token: account.token, expect: 401 });
    expect((await server.api.results(poll.id)).totalVotes).toBe(1);
  });

  test('forgets a guest, whose vote stays', ({ server, ada, page }) =>
    within_a_day(async () => {
      await page.context().clearCookies();
      const poll = await server.api.create_poll(ada.token);
      await page.goto(`/p/${poll.id}`);
      await castVote(page, 'Tabs');
      await expect(page.getByText('Your vote counts.')).toBeVisible();
      const guest = (await page.context().cookies())[0]?.value ?? '';
      await page.goto('/account');
      await expect(heading(page, 'You are here as a guest')).toBeVisible();
      await expect(page.getByText('1 of 100 votes today')).toBeVisible();
      await expect(page.getByRole('link', { name: 'My polls' })).toHaveCount(0);
      await page.getByRole('button', { name: 'Forget me' }).click();
      await dialog(page).getByRole('button', { name: 'Keep it' }).click();
      await server.api.get('/api/users/me', { token: guest, expect: 200 });
      await page.getByRole('button', { name: 'Forget me' }).click();
      await dialog(page).getByRole('button', { name: 'Forget me' }).click();
      await expect(heading(page, 'You are not signed in')).toBeVisible();
      await server.api.get('/api/users/me', { token: guest, expect: 401 });
      expect(await page.context().cookies()).toEqual([]);
      expect((await server.api.results(poll.id)).totalVotes).toBe(1);
      await page.goto(`/p/${poll.id}`);
      await expect(page.getByRole('radio')).toHaveCount(3); // nobody knows them
    }));
});
