import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Poll } from '~/api/client';
import { type Answer, problem } from '~/test/fakeApi';
import { pollOf, resultsOf, serve, show } from './harness';
import { Timeline } from './Timeline';

const POLL = pollOf({ createdAt: new Date(Date.now() - 24 * 3_600_000).toISOString() });
const STATS = {
  ...resultsOf([3, 1]),
  skips: 7,
  firstVoteAt: '2026-01-01T10:00:10.000Z',
  lastVoteAt: '2026-01-01T11:00:20.000Z',
  timeline: [
    { start: '2026-01-01T10:00:00.000Z', votes: [1, 1] },
    { start: '2026-01-01T11:00:00.000Z', votes: [2, 0] },
  ],
};

/** What was drawn: the colour of each stroke. There is no canvas in this browser. */
let strokes: string[];

beforeAll(() => import('./TimelineBody')); // large: later it is there at once

beforeEach(() => {
  strokes = [];
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(600);
  const context = new Proxy({} as Record<string, unknown>, {
    get: (target, name) => {
      if (name === 'stroke') return () => strokes.push(String(target.strokeStyle));
      if (name === 'measureText') return () => ({ width: 10 });
      return name in target ? target[String(name)] : () => {};
    },
  });
  HTMLCanvasElement.prototype.getContext = (() => context) as never;
  vi.stubGlobal(
    'Path2D',
    class {
      moveTo() {}
      lineTo() {}
      rect() {}
    },
  );
});

function open(
  answer: (bucket: string | null) => Answer,
  status: Poll['status'] = 'closed',
) {
  const server = serve({
    'GET /api/polls/5/stats': ({ search }) => answer(search.get('bucket')),
  });
  show(<Timeline poll={POLL} status={status} />);
  return server;
}
const button = () => screen.getByRole('button', { name: 'Votes over time' });

test('is asked for when it is opened, in buckets that go with the age', async () => {
  const { asked } = open(() => ({ body: STATS }));
  expect(button().getAttribute('aria-expanded')).toBe('false');
  expect(asked()).toEqual([]);
  await userEvent.click(button());
  expect(button().getAttribute('aria-expanded')).toBe('true');
  expect(await screen.findByRole('img', { name: /A line for each option/ })).toBeDefined();
  expect(asked()).toEqual(['GET /api/polls/5/stats?bucket=hour']);
  expect(screen.getByRole<HTMLInputElement>('radio', { name: 'By hour' }).checked).toBe(
    true,
  );
});

test('has each number, also as a table', async () => {
  open(() => ({ body: STATS }));
  await userEvent.click(button());
  await screen.findByText('Skipped');
  expect(screen.getByText('7')).toBeDefined();
  expect(screen.getByText('First vote').nextSibling?.textContent).toMatch(/:\d\d:10/);
  expect(screen.getByText('Last vote').nextSibling?.textContent).toMatch(/:\d\d:20/);
  const legend = screen.getAllByRole('listitem').map((item) => item.textContent);
  expect(legend).toEqual(['Tea3', 'Coffee1']);

  expect(screen.queryByRole('table')).toBeNull();
  await userEvent.click(screen.getByText('As a table'));
  const rows = within(screen.getByRole('table')).getAllByRole('row');
  const cells = rows.map((row) =>
    [...row.children].slice(1).map(({ textContent }) => textContent),
  );
  expect(cells).toEqual([
    ['Tea', 'Coffee'],
    ['1', '1'],
    ['3', '1'],
  ]);
});

describe('buckets', () => {
  test('can be chosen', async () => {
    const { asked } = open(() => ({ body: STATS }));
    await userEvent.click(button());
    await userEvent.click(await screen.findByRole('radio', { name: 'By day' }));
    await waitFor(() => expect(asked()).toHaveLength(2));
    expect(asked()[1]).toBe('GET /api/polls/5/stats?bucket=day');
    expect(screen.queryByText(/too many/)).toBeNull();
  });

  test('are coarser where there are too many, and that is said', async () => {
    const { asked } = open((bucket) =>
      bucket === 'minute' ? problem(422, 'invalid') : { body: STATS },
    );
    await userEvent.click(button());
    await userEvent.click(await screen.findByRole('radio', { name: 'By minute' }));
    await screen.findByText(/too many points/);
    await waitFor(() =>
      expect(asked().slice(1)).toEqual([
        'GET /api/polls/5/stats?bucket=minute',
        'GET /api/polls/5/stats?bucket=hour',
      ]),
    );
  });
});

test.each([
  ['open', 'No votes yet.'],
  ['closed', 'No votes.'],
] as const)('without votes there is nothing to draw (%s)', async (status, words) => {
  const none = { ...STATS, timeline: [], firstVoteAt: null, lastVoteAt: null };
  open(() => ({ body: none }), status);
  await userEvent.click(button());
  expect(await screen.findByText(words)).toBeDefined();
});

test('a refusal has its sentence', async () => {
  open(() => problem(403, 'forbidden'));
  await userEvent.click(button());
  expect((await screen.findByRole('alert')).textContent).toBe('You may not do this.');
});

test('the lines are drawn anew when the theme changes', async () => {
  open(() => ({ body: STATS }));
  await userEvent.click(button());
  await screen.findByRole('img');
  await waitFor(() => expect(strokes.length).toBeGreaterThan(0));
  const before = strokes.length;
  act(() => void document.documentElement.setAttribute('data-theme', 'dark'));
  await waitFor(() => expect(strokes.length).toBeGreaterThan(before));
  document.documentElement.removeAttribute('data-theme');
});
