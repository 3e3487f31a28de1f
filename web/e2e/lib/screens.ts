/** Every screen of the page, and what to put into the server so that each has something. */
import { expect, type Page } from '@playwright/test';
import { isLive } from './steps';
import type { Account, Server } from './test';

export interface Seed {
  ada: Account;
  /** Open, with votes of many. */
  lively: number;
  /** Closed, with votes. */
  closed: number;
  /** Its results are for those who voted. */
  secret: number;
  /** Nobody has voted; its votes may be changed. */
  fresh: number;
}

const LANGUAGES = ['C', 'Go', 'Rust', 'TypeScript', 'Python'];

/** The same polls for each screen, made once a server. */
export async function seed(server: Server, name = `ada-${Date.now()}`): Promise<Seed> {
  const { api } = server;
  const ada = await api.register({ username: name });
  await others(server, ada);
  const secret = await api.create_poll(ada.token, {
    title: 'Where shall we go for lunch?',
    options: ['The harbour', 'The market', 'Stay in'],
    tags: ['team'],
    resultsVisibility: 'after_vote',
  });
  const closed = await api.create_poll(ada.token, {
    title: 'Who played best tonight?',
    options: ['Number 7', 'Number 10', 'The goalkeeper'],
    tags: ['match'],
  });
  const fresh = await api.create_poll(ada.token, {
    title: 'How clear was this lecture?',
    description: 'Be honest: nobody sees who said what.',
    options: ['Very clear', 'Clear', 'Some of it', 'Not at all'],
    tags: ['lecture'],
    voteChange: true,
  });
  const lively = await api.create_poll(ada.token, {
    title: 'Your favourite language?',
    description: 'The one that you would choose for the next project.',
    options: LANGUAGES,
    tags: ['programming', 'favourites'],
    closesAt: new Date(Date.now() + 3 * 3600_000).toISOString(),
  });
  await votes(server, lively.id, [11, 7, 9, 5, 8]);
  await votes(server, closed.id, [4, 9, 6]);
  await api.post(`/api/polls/${closed.id}/close`, { token: ada.token, expect: 200 });
  return { ada, lively: lively.id, closed: closed.id, secret: secret.id, fresh: fresh.id };
}

/** More polls, for lists to be lists; the asker has voted on them herself. */
async function others(server: Server, ada: Account): Promise<void> {
  const polls = [
    { title: 'Coffee or tea?', options: ['Coffee', 'Tea'], counts: [6, 8] },
    {
      title: 'Which day for the workshop?',
      options: ['Mon', 'Tue', 'Wed'],
      counts: [3, 5, 4],
    },
    { title: 'Shall we meet again next year?', options: ['Yes', 'No'], counts: [7, 1] },
  ];
  for (const { counts, ...poll } of polls) {
    const { id } = await server.api.create_poll(ada.token, poll);
    await votes(server, id, counts);
    await server.api.vote(ada.token, id, 1, { expect: 201 });
  }
}

/** So many votes for each option, of guests. */
export async function votes(server: Server, poll: number, counts: number[]): Promise<void> {
  const options = counts.flatMap((n, option) => Array<number>(n).fill(option));
  const tokens = await server.api.crowd(options.length);
  await Promise.all(
    options.map((option, i) =>
      server.api.vote(String(tokens[i]), poll, option, { expect: 201 }),
    ),
  );
}

export interface Screen {
  name: string;
  path: (seed: Seed) => string;
  /** Who looks at it: nobody yet, or the one who asked. */
  as: 'newcomer' | 'ada';
  /** Steps to what is worth seeing, in any language. */
  prepare?: (page: Page, theme: Theme) => Promise<void>;
}

export type Theme = 'light' | 'dark';

/** Waits until a screen shows all that it is for. */
export async function open(
  page: Page,
  screen: Screen,
  seeded: Seed,
  theme: Theme = 'light',
): Promise<void> {
  await page.goto(screen.path(seeded));
  await expect(page.getByRole('heading').first()).toBeVisible();
  await screen.prepare?.(page, theme);
  await expect(page.getByText(/^(Loading|Wird geladen)/)).toHaveCount(0);
}

export const SCREENS: Screen[] = [
  {
    name: 'feed',
    path: () => '/',
    as: 'newcomer',
    prepare: async (page) => {
      await expect(page.getByRole('feed')).toBeVisible();
      await isLive(page);
    },
  },
  { name: 'poll', path: (s) => `/p/${s.lively}`, as: 'newcomer', prepare: isLive },
  {
    name: 'voted',
    path: (s) => `/p/${s.lively}`,
    as: 'newcomer',
    prepare: async (page) => {
      await page.getByRole('radio', { name: 'Rust' }).check();
      await page.locator('form button[type=submit]').click();
      await expect(page.getByTestId('bar').first()).toBeVisible();
      await isLive(page);
    },
  },
  { name: 'closed', path: (s) => `/p/${s.closed}`, as: 'newcomer' },
  { name: 'owned', path: (s) => `/p/${s.secret}`, as: 'ada' },
  { name: 'new', path: () => '/new', as: 'ada' },
  {
    name: 'present',
    path: (s) => `/present/${s.lively}?revealed`,
    as: 'ada',
    prepare: async (page, theme) => {
      await isLive(page);
      if (theme === 'light') await page.keyboard.press('t'); // dark is for projectors
    },
  },
  { name: 'embed', path: (s) => `/embed/${s.fresh}`, as: 'newcomer', prepare: isLive },
  {
    name: 'leaderboard',
    path: () => '/leaderboard',
    as: 'newcomer',
    prepare: async (page) => {
      await expect(page.getByRole('listitem').first()).toBeVisible();
      await isLive(page);
    },
  },
  { name: 'sign-in', path: () => '/sign-in', as: 'newcomer' },
  { name: 'register', path: () => '/register', as: 'newcomer' },
  { name: 'account', path: () => '/account', as: 'ada' },
  { name: 'votes', path: () => '/account?tab=votes', as: 'ada' },
  { name: 'polls', path: () => '/account?tab=polls', as: 'ada' },
  { name: 'not-found', path: () => '/nothing-here', as: 'newcomer' },
];
