// The connection where WebSocket is blocked and no stream may be kept: by short requests.
import { expect, test } from 'vitest';
import { LAST_VERSION } from '~/results/store';
import {
  anotherTabStreams,
  answers,
  asked,
  blockedPage,
  FakeSocket,
  FakeStream,
  fakePage,
  nextAttempt,
  paint,
  pass,
  settle,
  snapshot,
  withoutLocks,
} from './fakes';

interface Told {
  votes?: number[] | null;
  status?: string;
  remaining?: number;
}

/** What the server says about a poll from now on. */
function poll(id: number, version: number, { votes, status, remaining = 90 }: Told = {}) {
  const { type, viewers, ...results } = snapshot(id, version, votes ?? undefined);
  const body = { id, status: status ?? 'open', results: votes === null ? null : results };
  const headers = {
    'X-RateLimit-Limit': '100',
    'X-RateLimit-Remaining': String(remaining),
  };
  answers.set(`/api/polls/${id}`, () => Response.json(body, { headers }));
}

const countOf = (id: number) => asked.filter((a) => a === `GET /api/polls/${id}`).length;

/** WebSocket fails, and whatever is tried next has had the time to begin. */
async function blockSocket() {
  await paint();
  FakeSocket.last.drop();
  await nextAttempt();
  FakeSocket.last.drop();
  await pass(2000);
}

test('while another tab has the stream, the polls are asked for in turns', async () => {
  const page = fakePage();
  const end = await anotherTabStreams();
  poll(1, 4);
  poll(2, 5);
  page.live.track(1);
  page.live.track(2);
  await blockSocket();
  expect(FakeStream.all).toHaveLength(0);
  expect([page.live.state, countOf(1), countOf(2)]).toEqual(['live', 1, 1]); // at once
  expect(page.results.get(2)?.results?.totalVotes).toBe(5);
  poll(1, 7);
  poll(2, 8);
  await pass(6000);
  expect([page.results.get(1)?.version, page.results.get(2)?.version]).toEqual([7, 8]);
  expect(countOf(1) + countOf(2)).toBeLessThanOrEqual(4);
  end();
  await settle();
  expect(FakeStream.last.path).toBe('/api/live?polls=1,2');
  const before = asked.length;
  await FakeStream.last.open();
  await pass(30_000);
  expect([page.live.state, asked.length]).toEqual(['live', before]);
});

test('where there are no locks it asks, too', async () => {
  const page = fakePage();
  withoutLocks();
  poll(1, 4);
  page.live.track(1);
  await blockSocket();
  expect([FakeStream.all.length, page.results.get(1)?.version]).toEqual([0, 4]);
});

test('a page that leaves gives its turn to the next', async () => {
  const first = await blockedPage(1);
  await first.stream.open();
  let isNext = false;
  void navigator.locks.request('pollux.stream', {}, () => {
    isNext = true;
  });
  await settle();
  expect(isNext).toBe(false);
  first.live.pause();
  await settle();
  expect(isNext).toBe(true);
});

test('a page that leaves while it waits never gets the stream', async () => {
  const page = fakePage();
  const end = await anotherTabStreams();
  page.live.track(1);
  await blockSocket();
  page.live.pause();
  end();
  await pass(60_000);
  expect(FakeStream.all).toHaveLength(0);
});

test('from half of what may be asked for on, it asks rarely', async () => {
  const page = await withPoll({ remaining: 49 });
  const before = countOf(1);
  await pass(25_000);
  expect(countOf(1)).toBe(before);
  poll(1, 5, { remaining: 50 });
  await pass(5000);
  expect(page.results.get(1)?.version).toBe(5);
  await pass(3000);
  expect(countOf(1)).toBeGreaterThan(before + 1);
});

test('a new poll on the screen is asked for at once', async () => {
  const page = await withPoll();
  poll(9, 3);
  page.live.track(9);
  await pass(60);
  expect(page.results.get(9)?.version).toBe(3);
});

test('hidden counts stay hidden, and a poll that closes is closed', async () => {
  const page = await withPoll({ votes: null });
  expect(page.results.get(1)).toMatchObject({ results: null, status: 'open' });
  poll(1, 9, { votes: [5, 4], status: 'closed' });
  await pass(3100);
  expect(page.results.get(1)?.results?.totalVotes).toBe(9);
});

test('a poll that was deleted is asked for no more', async () => {
  const page = await withPoll();
  answers.set('/api/polls/1', () => new Response('{}', { status: 404 }));
  await pass(3100);
  expect(page.results.get(1)?.version).toBe(LAST_VERSION);
  const before = countOf(1);
  await pass(60_000);
  expect(countOf(1)).toBe(before);
});

test('a server that cannot be reached is one to reconnect to; it says when', async () => {
  const page = await withPoll();
  const refusal = { status: 503, headers: { 'Retry-After': '7' } };
  answers.set('/api/polls/1', () => new Response('{}', refusal));
  await pass(3100);
  expect(page.live.state).toBe('reconnecting');
  const before = countOf(1);
  poll(1, 8);
  await pass(3500);
  expect(countOf(1)).toBe(before);
  await pass(4000);
  expect([page.live.state, page.results.get(1)?.version]).toEqual(['live', 8]);
});

/** A page that asks for poll 1, and has its first answer. */
async function withPoll(told: Told = {}) {
  const page = fakePage();
  await anotherTabStreams();
  poll(1, 4, told);
  page.live.track(1);
  await blockSocket();
  expect(page.live.state).toBe('live');
  return page;
}
