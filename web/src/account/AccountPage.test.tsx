/** The account's screen, for nobody, a guest and a user. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { type Answer, fakeApi, problem } from '~/test/fakeApi';
import { AccountPage } from './AccountPage';
import { ADA, GUEST, rememberSession, show } from './testing';

const open = (tab = '') => show(`/account${tab}`, <AccountPage />);
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);

function serveAda(more: Record<string, Answer | (() => Answer)> = {}) {
  rememberSession();
  return fakeApi({ 'GET /api/users/me': { body: ADA }, ...more });
}

describe('nobody', () => {
  it('is invited, and not asked about', async () => {
    const asked = fakeApi({});
    open();
    expect(await screen.findByRole('heading', { name: 'You are not signed in' }));
    expect(
      screen.getByRole('link', { name: 'Create an account' }).getAttribute('href'),
    ).toBe('/register');
    expect(asked).toEqual([]);
  });
});

describe('a guest', () => {
  const openGuest = async (more: Record<string, Answer> = {}) => {
    rememberSession();
    const asked = fakeApi({ 'GET /api/users/me': { body: GUEST }, ...more });
    const view = open();
    await screen.findByRole('heading', { name: 'You are here as a guest' });
    return { asked, ...view };
  };

  it('sees the votes that are left, and has no polls and no sign-out', async () => {
    await openGuest();
    expect(screen.getByText('12 of 100 votes today')).toBeTruthy();
    expect(screen.getByText(/^88 left until/)).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'My polls' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Sign out' })).toBeNull();
  });

  it('is forgotten without a password', async () => {
    const { asked, user } = await openGuest({
      'DELETE /api/users/me': { status: 204 },
      'POST /api/auth/logout': { status: 204 },
    });
    await user.click(button('Forget me'));
    const dialog = screen.getByRole('dialog');
    expect(within(dialog).queryByLabelText('Your password')).toBeNull();
    await user.click(within(dialog).getByRole('button', { name: 'Forget me' }));
    expect(await screen.findByText(/^Deleted\./)).toBeTruthy();
    expect(asked.find(({ what }) => what.startsWith('DELETE'))?.body).toEqual({});
  });
});

describe('a user', () => {
  it('sees who they are', async () => {
    serveAda();
    open();
    expect(await screen.findByText('Member since January 31, 2026')).toBeTruthy();
    expect(screen.getByText('ada')).toBeTruthy();
    expect(screen.getByText('ada@example.org')).toBeTruthy();
    const link = screen.getByRole('link', { name: 'Export' });
    expect(link.getAttribute('href')).toBe('/api/users/me/export');
    expect(link.hasAttribute('download')).toBe(true);
  });

  it('reads of no limit where there is none', async () => {
    serveAda({ 'GET /api/users/me': { body: { ...ADA, votesLeftToday: null } } });
    open();
    expect(await screen.findByText('12 votes today')).toBeTruthy();
  });

  it('changes the username, and is told so', async () => {
    let username = 'ada';
    const asked = serveAda({
      'GET /api/users/me': () => ({ body: { ...ADA, username } }),
      'PATCH /api/users/me': () => {
        username = 'countess';
        return { body: {} };
      },
    });
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Change: Username' }));
    expect(field('New username').value).toBe('ada');
    await user.clear(field('New username'));
    await user.type(field('New username'), 'countess');
    await user.click(button('Save'));
    expect(await screen.findByText('Saved.')).toBeTruthy();
    expect(await screen.findByText('countess')).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(button('Change: Username')));
    const patch = asked.find(({ what }) => what.startsWith('PATCH'));
    expect(patch?.body).toEqual({ username: 'countess' });
  });

  it('is sent to sign in when the session has ended, and is to come back', async () => {
    let isOver = false;
    serveAda({
      'GET /api/users/me': () => (isOver ? problem(401, 'unauthorized') : { body: ADA }),
      'PATCH /api/users/me': () => {
        isOver = true;
        return problem(401, 'unauthorized');
      },
      'POST /api/auth/logout': { status: 204 },
    });
    const { user } = open('?tab=profile');
    await user.click(await screen.findByRole('button', { name: 'Change: Username' }));
    await user.type(field('New username'), '2');
    await user.click(button('Save'));
    await waitFor(() => expect(location.pathname).toBe('/sign-in'));
    expect(location.search).toBe('?next=%2Faccount%3Ftab%3Dprofile');
  });

  it('has to give the right password for another e-mail address', async () => {
    serveAda({ 'PATCH /api/users/me': problem(403, 'forbidden') });
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Change: E-mail address' }));
    await user.type(field('New e-mail address'), 'ada@example.com');
    await user.type(field('Current password'), 'wrong');
    await user.click(button('Save'));
    expect(await screen.findByText('That is not your password.')).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(field('Current password')));
    await user.click(button('Cancel'));
    expect(document.activeElement).toBe(button('Change: E-mail address'));
  });

  it('is somebody anew with a new password', async () => {
    const asked = serveAda({ 'PATCH /api/users/me': { body: {} } });
    const { user, services } = open();
    const onChange = vi.fn();
    services.session.onChange(onChange);
    await user.click(await screen.findByRole('button', { name: 'Change: Password' }));
    await user.type(field('Current password'), 'correct horse');
    await user.type(field('New password'), 'battery staple');
    await user.click(button('Save'));
    await screen.findByText('Saved.');
    expect(onChange).toHaveBeenCalledWith('switched');
    expect(asked.find(({ what }) => what.startsWith('PATCH'))?.body).toEqual({
      currentPassword: 'correct horse',
      password: 'battery staple',
    });
  });

  it('signs out', async () => {
    const asked = serveAda({ 'POST /api/auth/logout': { status: 204 } });
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Sign out' }));
    await screen.findByRole('heading', { name: 'You are not signed in' });
    expect(asked.map(({ what }) => what)).toContain('POST /api/auth/logout');
    expect(screen.queryByText(/^Deleted\./)).toBeNull();
  });

  it('goes for good only with the password', async () => {
    let answer: Answer = problem(403, 'forbidden');
    const asked = serveAda({
      'DELETE /api/users/me': () => answer,
      'POST /api/auth/logout': { status: 204 },
    });
    const deletes = () => asked.filter(({ what }) => what.startsWith('DELETE'));
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Delete account' }));
    const dialog = screen.getByRole('dialog');
    expect(within(dialog).getByText(/Votes stay counted/)).toBeTruthy();
    await user.click(button('Delete for good'));
    expect(deletes()).toEqual([]);

    await user.type(field('Your password'), 'wrong');
    await user.click(button('Delete for good'));
    expect(await screen.findByText('That is not your password.')).toBeTruthy();

    answer = { status: 204 };
    await user.clear(field('Your password'));
    await user.type(field('Your password'), 'correct horse');
    await user.click(button('Delete for good'));
    expect(await screen.findByText(/^Deleted\./)).toBeTruthy();
    expect(deletes().at(-1)?.body).toEqual({ password: 'correct horse' });
    const heading = screen.getByRole('heading', { name: 'You are not signed in' });
    await waitFor(() => expect(document.activeElement).toBe(heading));
  });

  it('may take the polls along', async () => {
    const asked = serveAda({
      'DELETE /api/users/me': { status: 204 },
      'POST /api/auth/logout': { status: 204 },
    });
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Delete account' }));
    await user.click(screen.getByRole('checkbox', { name: /^Delete my polls too/ }));
    await user.type(field('Your password'), 'correct horse');
    await user.click(button('Delete for good'));
    expect(await screen.findByText(/^Deleted\./)).toBeTruthy();
    const sent = asked.find(({ what }) => what.startsWith('DELETE'));
    expect(sent?.body).toEqual({ password: 'correct horse', deletePolls: true });
  });

  it('may think better of it', async () => {
    const asked = serveAda();
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Delete account' }));
    await user.click(button('Keep it'));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(asked.some(({ what }) => what.startsWith('DELETE'))).toBe(false);
  });

  it('reads why nothing can be shown', async () => {
    serveAda({
      'GET /api/users/me': problem(500, 'internal', { detail: 'Out of order.' }),
    });
    open();
    expect((await screen.findByRole('alert')).textContent).toBe(
      'Something has failed on the server. Try again.',
    );
  });
});

describe('the tabs', () => {
  it('are links with addresses', async () => {
    serveAda({ 'GET /api/users/me/votes': { body: { items: [], nextCursor: null } } });
    const { user } = open();
    const tab = await screen.findByRole('link', { name: 'My votes' });
    expect(tab.getAttribute('aria-current')).toBeNull();
    await user.click(tab);
    expect(location.search).toBe('?tab=votes');
    expect(tab.getAttribute('aria-current')).toBe('page');
    expect(await screen.findByText(/^You have not voted yet/)).toBeTruthy();
    act(() => history.back());
    expect(await screen.findByText(/^Member since/)).toBeTruthy();
  });
});
