/** Signing in and registering, as somebody does it. */
import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { meQuery } from '~/session/session';
import { fakeApi, problem } from '~/test/fakeApi';
import { RegisterPage } from './RegisterPage';
import { SignInPage } from './SignInPage';
import { ADA, GUEST, rememberSession, show } from './testing';

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
const posts = (asked: ReturnType<typeof fakeApi>) =>
  asked.filter(({ what }) => what.startsWith('POST'));

describe('signing in', () => {
  const open = (path = '/sign-in') => show(path, <SignInPage />);
  const signIn = async (user: ReturnType<typeof open>['user']) => {
    await user.type(field('E-mail address'), 'ada@example.org');
    await user.type(field('Password'), 'correct horse{Enter}');
  };

  it('sends what was typed, and goes where it was to go', async () => {
    const asked = fakeApi({
      'POST /api/auth/login': { body: {} },
      'GET /api/users/me': { body: ADA },
    });
    const { user } = open('/sign-in?next=/p/12');
    await signIn(user);
    await waitFor(() => expect(location.pathname).toBe('/p/12'));
    expect(posts(asked)).toMatchObject([
      {
        what: 'POST /api/auth/login',
        body: { email: 'ada@example.org', password: 'correct horse' },
      },
    ]);
  });

  it('does not send anybody to another site', async () => {
    fakeApi({ 'POST /api/auth/login': { body: {} }, 'GET /api/users/me': { body: ADA } });
    const { user } = open('/sign-in?next=//evil.example');
    await signIn(user);
    await waitFor(() => expect(location.pathname).toBe('/'));
  });

  it('says one sentence for a wrong password, and keeps what was typed', async () => {
    fakeApi({ 'POST /api/auth/login': problem(401, 'unauthorized') });
    const { user } = open();
    await signIn(user);
    expect(await screen.findByRole('alert')).toHaveProperty(
      'textContent',
      'The e-mail address or the password is wrong.',
    );
    expect(field('Password').value).toBe('correct horse');
    expect(location.pathname).toBe('/sign-in');
  });

  it('says when to come back after too many tries', async () => {
    vi.useFakeTimers({ now: new Date(2026, 4, 4, 14, 0), toFake: ['Date'] }); // not midnight
    onTestFinished(() => void vi.useRealTimers());
    fakeApi({
      'POST /api/auth/login': {
        ...problem(429, 'rate_limited'),
        headers: { 'Retry-After': '600' },
      },
    });
    const { user } = open();
    await signIn(user);
    expect((await screen.findByRole('alert')).textContent).toMatch(
      /You can go on from \d+:\d\d/,
    );
  });

  it('sends nothing incomplete, and goes to what is missing', async () => {
    const asked = fakeApi({});
    const { user } = open();
    await user.type(field('E-mail address'), 'ada@example.org');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(document.activeElement).toBe(field('Password')));
    expect(field('Password').getAttribute('aria-invalid')).toBe('true');
    expect(posts(asked)).toEqual([]);
  });

  it('sends once, however often the button is pressed', async () => {
    const asked = fakeApi({ 'POST /api/auth/login': () => new Promise(() => {}) });
    const { user } = open();
    await signIn(user);
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(posts(asked)).toHaveLength(1);
  });

  it('sends on who is signed in already', async () => {
    rememberSession();
    fakeApi({ 'GET /api/users/me': { body: ADA } });
    const before = history.length;
    open('/sign-in?next=/new');
    await waitFor(() => expect(location.pathname).toBe('/new'));
    expect(history.length).toBe(before);
  });

  it('tells password managers which is which', () => {
    fakeApi({});
    open();
    expect(field('E-mail address').autocomplete).toBe('username');
    expect(field('Password').autocomplete).toBe('current-password');
  });

  it('shows the password on demand', async () => {
    fakeApi({});
    const { user } = open();
    expect(field('Password').type).toBe('password');
    await user.click(screen.getByRole('button', { name: 'Show the password' }));
    expect(field('Password').type).toBe('text');
    await user.click(screen.getByRole('button', { name: 'Hide the password' }));
    expect(field('Password').type).toBe('password');
  });

  it('leads to registering with the same aim', () => {
    fakeApi({});
    open('/sign-in?next=/p/12');
    const link = screen.getByRole('link', { name: 'Create an account' });
    expect(link.getAttribute('href')).toBe('/register?next=%2Fp%2F12');
  });
});

describe('a session that has ended', () => {
  const open = async (next: string) => {
    rememberSession();
    fakeApi({
      'GET /api/users/me': { body: ADA },
      'POST /api/auth/logout': { status: 204 },
    });
    const { services } = show(`/sign-in?next=${next}`, null);
    await services.client.fetchQuery(meQuery);
    await services.session.lost(services.session.era, true);
    return services;
  };

  it.each([
    ['/new', /Your draft is kept/],
    ['/account', /Sign in again to go on/],
  ])('is said at the door from %s', async (next, words) => {
    const services = await open(next);
    show(`/sign-in?next=${next}`, <SignInPage />, services);
    expect(screen.getByRole('alert').textContent).toMatch(words);
  });

  it('is not what signing out is', async () => {
    const services = await open('/account');
    await services.session.signOut();
    show('/sign-in', <SignInPage />, services);
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('registering', () => {
  const open = () => show('/register', <RegisterPage />);
  const fill = async (user: ReturnType<typeof open>['user']) => {
    await user.type(field('Username'), 'ada');
    await user.type(field('E-mail address'), 'ada@example.org');
    await user.type(field('Password'), 'correct horse');
    await user.click(screen.getByRole('button', { name: 'Create an account' }));
  };

  it('makes an account, and goes on to the polls', async () => {
    const asked = fakeApi({
      'POST /api/auth/register': { status: 201, body: {} },
      'GET /api/users/me': { body: ADA },
    });
    const { user } = open();
    await fill(user);
    await waitFor(() => expect(location.pathname).toBe('/'));
    expect(posts(asked)[0]?.body).toEqual({
      username: 'ada',
      email: 'ada@example.org',
      password: 'correct horse',
    });
  });

  it('speaks up when a field is left, and follows what is typed then', async () => {
    fakeApi({});
    const { user } = open();
    await user.type(field('Username'), 'ad');
    expect(screen.queryByText('A username has 3 to 50 characters.')).toBeNull();
    await user.tab();
    expect(screen.getByText('A username has 3 to 50 characters.')).toBeTruthy();
    await user.type(field('Username'), 'a');
    expect(screen.queryByText('A username has 3 to 50 characters.')).toBeNull();
  });

  it('is sent by a press that does not leave the field first: no button runs away', async () => {
    fakeApi({});
    const { user } = open();
    await user.type(field('Username'), 'ad');
    await user.pointer({
      keys: '[MouseLeft>]',
      target: screen.getByRole('button', { name: 'Create an account' }),
    });
    expect(screen.queryByRole('alert')).toBeNull();
    expect(document.activeElement).toBe(field('Username'));
  });

  it('does not complain about a field that was only passed', async () => {
    fakeApi({});
    const { user } = open();
    await user.click(field('Username'));
    await user.tab();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it.each([
    ['Username', 'username', 'This username is taken.'],
    ['E-mail address', 'email', 'There is an account with this e-mail address already.'],
  ])('says at the field that the %s is taken', async (label, name, sentence) => {
    const errors = [{ field: name, code: 'taken', message: 'is taken' }];
    fakeApi({ 'POST /api/auth/register': problem(409, 'conflict', { errors }) });
    const { user } = open();
    await fill(user);
    await waitFor(() => expect(document.activeElement).toBe(field(label)));
    const described = field(label).getAttribute('aria-describedby')?.split(' ') ?? [];
    expect(described.map((id) => document.getElementById(id)?.textContent)).toContain(
      sentence,
    );
    await user.type(field(label), 'x');
    expect(screen.queryByText(sentence)).toBeNull();
  });

  it('says what the server found at each field', async () => {
    const errors = [
      { field: 'username', code: 'bad_characters', message: 'No.' },
      { field: 'password', code: 'stolen', message: 'is on a list of stolen ones' },
    ];
    fakeApi({ 'POST /api/auth/register': problem(422, 'invalid', { errors }) });
    const { user } = open();
    await fill(user);
    expect(
      await screen.findByText(
        'A username has letters that can be seen, and one space between words.',
      ),
    ).toBeTruthy();
    expect(screen.getByText('is on a list of stolen ones')).toBeTruthy();
  });

  it('says in a sentence what is wrong with a field that is not there', async () => {
    const errors = [{ field: 'captcha', code: 'required', message: 'is needed' }];
    fakeApi({ 'POST /api/auth/register': problem(422, 'invalid', { errors }) });
    const { user } = open();
    await fill(user);
    expect(await screen.findByRole('alert')).toBeTruthy();
  });

  it('says in a sentence what belongs to no field, and lets one try again', async () => {
    let status = 503;
    fakeApi({
      'POST /api/auth/register': () =>
        status === 503 ? problem(503, 'unavailable') : { status, body: {} },
      'GET /api/users/me': { body: ADA },
    });
    const { user } = open();
    await fill(user);
    expect((await screen.findByRole('alert')).textContent).toMatch(/not ready/);
    status = 201;
    await user.click(screen.getByRole('button', { name: 'Create an account' }));
    await waitFor(() => expect(location.pathname).toBe('/'));
  });

  it('tells a guest that the votes do not move', async () => {
    rememberSession();
    fakeApi({ 'GET /api/users/me': { body: GUEST } });
    open();
    expect(await screen.findByText(/do not move to your account/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'do that first' }).getAttribute('href')).toBe(
      '/account',
    );
  });

  it('tells a newcomer nothing about guests', async () => {
    fakeApi({});
    open();
    expect(screen.queryByText(/do not move to your account/)).toBeNull();
  });

  it('tells password managers that the password is a new one', () => {
    fakeApi({});
    open();
    expect(field('E-mail address').autocomplete).toBe('email');
    expect(field('Password').autocomplete).toBe('new-password');
  });
});
