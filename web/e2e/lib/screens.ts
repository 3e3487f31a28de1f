/** Every screen of the page, and what to put into the server so that each has something. */
import { expect, type Page } from '@playwright/test';
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
export async function seed(server: Server): Promise<Seed> {
  const { api } = server;
  const ada = await api.register({ username: `ada-${Date.now() % 100000}` });
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
  /** Steps to what is worth seeing. */
  prepare?: (page: Page) => Promise<void>;
}

const heading = (page: Page) => expect(page.getByRole('heading').first()).toBeVisible();

/** Waits until a screen shows what it is for. */
export async function open(page: Page, screen: Screen, seeded: Seed): Promise<void> {
  await page.goto(screen.path(seeded));
  await heading(page);
  await screen.prepare?.(page);
  await expect(page.getByText('Loading…')).toHaveCount(0);
}

export const SCREENS: Screen[] = [
  { name: 'feed', path: () => '/', as: 'newcomer' },
  { name: 'poll', path: (s) => `/p/${s.lively}`, as: 'newcomer' },
  {
    name: 'voted',
    path: (s) => `/p/${s.lively}`,
    as: 'newcomer',
    prepare: async (page) => {
      await page.getByRole('radio', { name: 'Rust' }).check();
      await page.getByRole('button', { name: 'Vote', exact: true }).click();
      await expect(page.getByTestId('bar').first()).toBeVisible();
    },
  },
  { name: 'closed', path: (s) => `/p/${s.closed}`, as: 'newcomer' },
  { name: 'owned', path: (s) => `/p/${s.secret}`, as: 'ada' },
  { name: 'new', path: () => '/new', as: 'ada' },
  { name: 'present', path: (s) => `/present/${s.lively}?revealed`, as: 'ada' },
  { name: 'embed', path: (s) => `/embed/${s.fresh}`, as: 'newcomer' },
  { name: 'leaderboard', path: () => '/leaderboard', as: 'newcomer' },
  { name: 'sign-in', path: () => '/sign-in', as: 'newcomer' },
  { name: 'register', path: () => '/register', as: 'newcomer' },
  { name: 'account', path: () => '/account', as: 'ada' },
  { name: 'votes', path: () => '/account?tab=votes', as: 'ada' },
  { name: 'polls', path: () => '/account?tab=polls', as: 'ada' },
  { name: 'not-found', path: () => '/nothing-here', as: 'newcomer' },
];
