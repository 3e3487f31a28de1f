import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Route } from 'wouter';
import type { Poll } from '~/api/client';
import { deletionOf } from '~/results/deletion';
import { createServices, ServicesProvider } from '~/services';
import { PresentPage } from './PresentPage';

const RESULTS: NonNullable<Poll['results']> = {
  pollId: 5,
  version: 3,
  status: 'open',
  totalVotes: 3,
  options: [
    { index: 0, votes: 1, percent: 33.3 },
    { index: 1, votes: 2, percent: 66.7 },
  ],
};
const POLL: Poll = {
  id: 5,
  title: 'Tabs or spaces?',
  description: null,
  options: [
    { index: 0, text: 'Tabs' },
    { index: 1, text: 'Spaces' },
  ],
  tags: [],
  owner: { id: 1, username: 'ada' },
  status: 'open',
  createdAt: '2026-01-01T00:00:00.000Z',
  opensAt: null,
  closesAt: null,
  resultsVisibility: 'always',
  voteChange: true,
  voters: 'anyone',
  myVote: null,
  skipped: false,
  results: RESULTS,
};
const ADA = { id: 1, username: 'ada', kind: 'user' };

type Answers = Record<string, () => Response>;
let answers: Answers;
let calls: string[];

/** @param more answers beside the poll's; with /api/users/me somebody is signed in */
function open(search = '', more: Answers = {}) {
  answers = { 'GET /api/polls/5': () => Response.json(POLL), ...more };
  if ('GET /api/users/me' in more) localStorage.setItem('pollux.session', 'yes');
  history.replaceState(null, '', `/present/5${search}`);
  const services = createServices();
  const { unmount } = render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <Route path="/present/:id">
          <PresentPage />
        </Route>
      </ServicesProvider>
    </I18nProvider>,
  );
  return { ...services, unmount };
}

function openAsOwner(more: Answers = {}) {
  return open('', {
    'GET /api/users/me': () => Response.json(ADA),
    'GET /api/users/me/polls': () =>
      Response.json({ items: [{ id: 9 }, POLL, { id: 2 }], nextCursor: null }),
    ...more,
  });
}

const option = (name: string) => {
  const item = screen.getByText(name).closest('li');
  if (item === null) throw new Error('not an option');
  return item;
};
const press = (key: string) => userEvent.keyboard(key);

beforeEach(() => {
  calls = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const call = `${request.method} ${new URL(request.url).pathname}`;
    calls.push(call);
    return answers[call]?.() ?? Response.json({ code: 'not_found' }, { status: 404 });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a poll that is deleted leaves its question, and no code that leads nowhere', async () => {
  const { results } = open('?revealed');
  await screen.findByText('Tabs');
  act(() => results.offer(deletionOf(5)));
  screen.getByRole('heading', { name: 'Tabs or spaces?' });
  expect(screen.getByRole('alert').textContent).toBe('This poll was deleted.');
  expect(screen.queryByRole('img')).toBeNull();
  expect(screen.queryByText('Tabs')).toBeNull();
});

test('hides the counts at first; total and options are there', async () => {
  open();
  await screen.findByRole('heading', { name: 'Tabs or spaces?' });
  expect(option('Spaces').textContent).not.toMatch(/\d/);
  screen.getByText('The result is still hidden');
  expect(screen.getByText('votes').textContent).toBe('votes');
  screen.getByText('3');
});

test('reveals the result by R and by space, hides it again, and keeps it in the address', async () => {
  open();
  await screen.findByText('Spaces');
  await press('r');
  expect(option('Spaces').textContent).toContain('66.7%');
  expect(option('Tabs').textContent).toContain('1 vote');
  expect(location.search).toContain('revealed');
  await press(' ');
  expect(option('Spaces').textContent).not.toMatch(/\d/);
  expect(location.search).not.toContain('revealed');
});

test('is revealed at once where the address says so', async () => {
  open('?revealed');
  await screen.findByText('66.7%');
  screen.getByText('The result is shown');
  expect(
    screen.getByRole('button', { name: 'Hide the result', pressed: true }),
  ).toBeTruthy();
});

test('a key with a modifier, or one that is held, is not for the stage', async () => {
  open();
  await screen.findByText('Spaces');
  await press('{Control>}r{/Control}');
  fireEvent.keyDown(document.body, { key: 'r', repeat: true });
  expect(screen.queryByText('66.7%')).toBeNull();
});

test('space presses the button that has the focus, and that alone', async () => {
  open();
  (await screen.findByRole('button', { name: 'Light or dark' })).focus();
  await press(' ');
  expect(screen.queryByText('66.7%')).toBeNull();
  expect(localStorage.getItem('pollux.present.theme')).toBe('light');
});

test('a click leaves the space bar to the result', async () => {
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Light or dark' }));
  await press(' ');
  screen.getByText('66.7%');
});

test('is dark, until it is switched, and remembers that, for itself', async () => {
  const { theme } = document.documentElement.dataset;
  const { unmount } = open();
  await screen.findByText('Spaces');
  expect(document.documentElement.dataset.theme).toBe('dark');
  await press('t');
  expect(document.documentElement.dataset.theme).toBe('light');
  unmount();
  expect(document.documentElement.dataset.theme).toBe(theme);
  open();
  await screen.findByText('Spaces');
  expect(document.documentElement.dataset.theme).toBe('light');
});

test('follows live results: the final one has its winner', async () => {
  const { results } = open('?revealed');
  await screen.findByText('66.7%');
  expect(screen.queryByText('most votes')).toBeNull();
  const options = [
    { index: 0, votes: 3, percent: 75 },
    { index: 1, votes: 1, percent: 25 },
  ];
  act(() =>
    results.offer({
      ...RESULTS,
      version: 4,
      status: 'closed',
      totalVotes: 4,
      viewers: 7,
      options,
    }),
  );
  screen.getByText('Closed — final result');
  within(option('Tabs')).getByText('most votes');
  expect(within(option('Spaces')).queryByText('most votes')).toBeNull();
  screen.getByText('7');
});

test('a draw has no winner', async () => {
  const { results } = open('?revealed');
  await screen.findByText('66.7%');
  const options = RESULTS.options.map(({ index }) => ({ index, votes: 2, percent: 50 }));
  act(() => results.offer({ ...RESULTS, version: 4, status: 'closed', options }));
  screen.getByText('Closed — final result');
  expect(screen.queryByText('most votes')).toBeNull();
});

test('a closed poll stays hidden until it is revealed', async () => {
  open('', {
    'GET /api/polls/5': () => Response.json({ ...POLL, status: 'closed' }),
  });
  await screen.findByText('Closed');
  await press('r');
  screen.getByText('Closed — final result');
});

test.each([
  ['after_close', 'The result is shown when the poll closes.'],
  ['after_vote', 'Only who has voted sees the result. This browser has not.'],
])('says why there is nothing to reveal: %s', async (resultsVisibility, why) => {
  open('', {
    'GET /api/polls/5': () => Response.json({ ...POLL, resultsVisibility, results: null }),
  });
  await screen.findByText('Spaces');
  expect(screen.queryByText(why)).toBeNull();
  await press('r');
  screen.getByText(why);
});

test('Q fills the screen with the code, and Q or Escape ends that', async () => {
  open();
  await screen.findByText('Spaces');
  for (const end of ['q', '{Escape}']) {
    await press('q');
    expect(screen.queryByText('Spaces')).toBeNull();
    screen.getByText(`${location.host}/p/5`);
    screen.getByRole('img', { name: `QR code to join: ${location.host}/p/5` });
    await press(end);
    screen.getByText('Spaces');
  }
});

test('? tells the keys; while it does, they do nothing', async () => {
  open();
  await screen.findByText('Spaces');
  await press('?');
  const help = screen.getByRole('dialog', { name: 'Keys' });
  within(help).getByText('Reveal the result');
  expect(within(help).queryByText('Close the poll')).toBeNull(); // not the owner
  await press('r');
  expect(screen.queryByText('66.7%')).toBeNull();
});

test('its owner closes the poll, when asked again', async () => {
  openAsOwner({
    'POST /api/polls/5/close': () =>
      Response.json({
        ...POLL,
        status: 'closed',
        results: { ...RESULTS, version: 4, status: 'closed' },
      }),
  });
  await screen.findByRole('button', { name: 'Close the poll' });
  await press('c');
  const dialog = await screen.findByRole('dialog', { name: 'Close this poll?' });
  expect(calls).not.toContain('POST /api/polls/5/close');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Close now' }));
  await screen.findByText('Closed');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Close the poll' })).toBeNull();
});

test('a poll that cannot be closed stays, and says why', async () => {
  openAsOwner({
    'POST /api/polls/5/close': () => Response.json({ code: 'overloaded' }, { status: 503 }),
  });
  await screen.findByRole('button', { name: 'Close the poll' });
  await press('c');
  const dialog = await screen.findByRole('dialog');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Close now' }));
  await within(dialog).findByRole('alert');
});

test('nobody else may close it', async () => {
  open('', { 'GET /api/users/me': () => Response.json({ ...ADA, id: 2 }) });
  await screen.findByText('Spaces');
  await press('c');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(calls).not.toContain('GET /api/users/me/polls');
});

test('arrows go through the presenter’s polls; the next one is hidden again', async () => {
  openAsOwner();
  await screen.findByRole('button', { name: 'Next poll' });
  await press('r{ArrowRight}');
  expect(location.pathname + location.search).toBe('/present/9');
  history.replaceState(null, '', '/present/5');
  await screen.findByRole('button', { name: 'Poll before' });
  await press('{ArrowLeft}');
  expect(location.pathname).toBe('/present/2');
});

test('buttons and pointer go when the mouse rests, and come back', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  open();
  await screen.findByText('Spaces');
  const toolbar = screen.getByRole('toolbar');
  act(() => vi.advanceTimersByTime(2900));
  expect(toolbar.className).not.toContain('opacity-0');
  act(() => vi.advanceTimersByTime(200));
  expect(toolbar.className).toContain('opacity-0');
  expect(screen.getByRole('main').className).toContain('cursor-none');
  fireEvent.pointerMove(document);
  expect(toolbar.className).not.toContain('opacity-0');
});

test('counts down to the closing', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const closesAt = new Date(Date.now() + 65_000).toISOString();
  open('', { 'GET /api/polls/5': () => Response.json({ ...POLL, closesAt }) });
  const timer = await screen.findByRole('timer');
  expect(timer.textContent).toBe('Closes in 1:05');
  act(() => vi.advanceTimersByTime(1000));
  act(() => vi.advanceTimersByTime(1000));
  expect(timer.textContent).toBe('Closes in 1:03');
});

test('says when a scheduled poll opens', async () => {
  const opensAt = new Date(Date.now() + 48 * 3_600_000).toISOString();
  open('', {
    'GET /api/polls/5': () =>
      Response.json({ ...POLL, status: 'scheduled', opensAt, results: null }),
  });
  expect((await screen.findByRole('timer')).textContent).toBe('Opens in 2 days');
  screen.getByText('Not open yet');
});

test('keeps the screen on while it is there', async () => {
  const release = vi.fn(async () => {});
  const request = vi.fn(async () => ({ release }));
  vi.stubGlobal('navigator', Object.assign(navigator, { wakeLock: { request } }));
  const { unmount } = open();
  await screen.findByText('Spaces');
  expect(request).toHaveBeenCalledTimes(1);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(request).toHaveBeenCalledTimes(2);
  await act(async () => {});
  unmount();
  expect(release).toHaveBeenCalled();
});

test('has no button for what the browser cannot do', async () => {
  open();
  await screen.findByText('Spaces');
  expect(screen.queryByRole('button', { name: 'Full screen' })).toBeNull();
});

test('fills the screen, where the browser can', async () => {
  const requestFullscreen = vi.fn(async () => {});
  Object.assign(document.documentElement, { requestFullscreen });
  Object.defineProperty(document, 'fullscreenEnabled', { value: true });
  open();
  await screen.findByText('Spaces');
  await press('f');
  expect(requestFullscreen).toHaveBeenCalledTimes(1);
});

test('says that there is no such poll', async () => {
  open('', {
    'GET /api/polls/5': () => Response.json({ code: 'not_found' }, { status: 404 }),
  });
  await screen.findByRole('heading', { name: 'This poll cannot be shown' });
});
