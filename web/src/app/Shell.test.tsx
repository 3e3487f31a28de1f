/** The frame around the screens, and the dialogs that open over it. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { remember } from '~/lib/remember';
import { shortcutsAreOn } from '~/lib/shortcuts';
import { ServicesProvider } from '~/services';
import { aMe, type Call, fakeApi, type Reply } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { Shell } from './Shell';

beforeEach(() => history.replaceState(null, '', '/'));

function open(me: Reply = { status: 401, body: { code: 'unauthorized' } }) {
  const calls: Call[] = fakeApi({
    'GET /api/users/me': me,
    'POST /api/auth/logout': { status: 204 },
  });
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={testServices()}>
        <Shell>
          <main>the screen</main>
        </Shell>
      </ServicesProvider>
    </I18nProvider>,
  );
  return { calls, user: userEvent.setup() };
}

const nav = () => within(screen.getByRole('navigation', { name: 'Main' }));
const link = (name: string) => nav().getByRole('link', { name });

test('the current screen is marked, and only it', async () => {
  const { user } = open();
  expect(link('Polls').getAttribute('aria-current')).toBe('page');
  await user.click(link('Leaderboard'));
  expect(link('Leaderboard').getAttribute('aria-current')).toBe('page');
  expect(link('Polls').getAttribute('aria-current')).toBeNull();
});

test('who is nobody may sign in', async () => {
  open();
  expect(link('Sign in').getAttribute('href')).toBe('/sign-in');
});

test('a guest finds their votes', async () => {
  remember('session', 'yes');
  open({ status: 200, body: aMe() });
  expect((await nav().findByRole('link', { name: 'Guest' })).getAttribute('href')).toBe(
    '/account',
  );
});

test('a user sees their name, which leads to their account', async () => {
  remember('session', 'yes');
  open({ status: 200, body: aMe({ kind: 'user', username: 'ada' }) });
  expect((await nav().findByRole('link', { name: 'ada' })).getAttribute('href')).toBe(
    '/account',
  );
});

test('n opens a new poll, ? the help, once they are there', async () => {
  const { user } = open();
  await user.click(screen.getByRole('button', { name: 'Settings' }));
  await user.click(await screen.findByRole('button', { name: 'Close' }));
  await user.keyboard('?');
  const help = await screen.findByRole('dialog');
  expect(within(help).getAllByRole('term').length).toBeGreaterThan(5);
  await user.click(within(help).getByRole('button', { name: 'Close' }));
  await user.keyboard('n');
  expect(location.pathname).toBe('/new');
});

test('the choices of a setting are one group of radio buttons', async () => {
  const { user } = open();
  await user.click(screen.getByRole('button', { name: 'Settings' }));
  await screen.findByRole('dialog');
  const nameOf = (choice: string) =>
    screen.getByRole<HTMLInputElement>('radio', { name: choice }).name;
  expect(nameOf('Dark')).toBe(nameOf('Light'));
  expect(nameOf('Dark')).not.toBe(nameOf('English'));
});

test('keys of one character are switched off in the settings', async () => {
  const { user } = open();
  await user.click(screen.getByRole('button', { name: 'Settings' }));
  const box = await screen.findByRole('checkbox');
  expect(box).toHaveProperty('checked', true);
  await user.click(box);
  expect(shortcutsAreOn()).toBe(false);
  await user.click(box);
  expect(shortcutsAreOn()).toBe(true);
});

test('the settings are the way out, for a guest too', async () => {
  remember('session', 'yes');
  const { calls, user } = open({ status: 200, body: aMe() });
  await user.click(screen.getByRole('button', { name: 'Settings' }));
  const leave = within(await screen.findByRole('dialog'));
  await user.click(await leave.findByRole('button', { name: 'Leave as guest' }));
  await waitFor(() => expect(calls.map(({ path }) => path)).toContain('/api/auth/logout'));
});
