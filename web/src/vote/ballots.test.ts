import { beforeEach, describe, expect, test, vi } from 'vitest';
import { api, data } from '~/api/client';
import { REACHED } from '~/api/retry';
import type { Services } from '~/services';
import { meQuery } from '~/session/session';
import {
  aGuestJoins,
  aMe,
  aPoll,
  type Call,
  fakeApi,
  problem,
  type Reply,
  someResults,
} from '~/test/fakeApi';
import { testServices } from '~/test/services';

const VOTE = 'POST /api/polls/1/vote';
const ME = { status: 200, body: aMe() };

let services: Services;
let isOnline: boolean;

beforeEach(() => {
  localStorage.setItem('pollux.session', 'yes');
  services = testServices();
  isOnline = true;
  vi.spyOn(navigator, 'onLine', 'get').mockImplementation(() => isOnline);
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

function accepted(optionIndex: number, left = 42): Reply {
  const results = someResults([0, 0, 1], 5);
  return { status: 201, body: { pollId: 1, optionIndex, votesLeftToday: left, results } };
}

function votesOf(calls: Call[]): Call[] {
  return calls.filter((call) => call.path.endsWith('/vote'));
}

function serve(routes: Record<string, Reply | Reply[]>): Call[] {
  return fakeApi({ 'GET /api/users/me': ME, ...routes });
}

/** Casts, and lets all the waiting pass. */
async function castPatiently(wish: number | null, poll = aPoll()): Promise<boolean> {
  const done = services.ballots.cast(poll, wish);
  await vi.advanceTimersByTimeAsync(60_000);
  return done;
}

describe('a vote', () => {
  test('is sent with a key, and its answer is shared', async () => {
    const calls = serve({ [VOTE]: accepted(2) });
    expect(await castPatiently(2)).toBe(true);
    const [vote] = votesOf(calls);
    expect(vote?.body).toEqual({ optionIndex: 2 });
    expect(vote?.key).toMatch(/^[\d-]{7,43}$/);
    expect(services.choices.get(1)).toEqual({ myVote: 2, skipped: false });
    expect(services.results.get(1)?.results?.version).toBe(5);
    expect(services.client.getQueryData(meQuery.queryKey)?.votesLeftToday).toBe(42);
    expect(services.ballots.get(1)).toBeUndefined();
  });

  test('that waits in a queue counts though there are no numbers yet', async () => {
    const body = { pollId: 1, optionIndex: 0, status: 'accepted', votesLeftToday: 99 };
    serve({ [VOTE]: { status: 202, body } });
    expect(await castPatiently(0)).toBe(true);
    expect(services.choices.get(1)?.myVote).toBe(0);
    expect(services.results.get(1)).toBeUndefined();
    expect(services.client.getQueryData(meQuery.queryKey)?.votesLeftToday).toBe(99);
  });

  test('pressed twice is sent once', async () => {
    const calls = serve({ [VOTE]: accepted(0) });
    const both = [services.ballots.cast(aPoll(), 0), services.ballots.cast(aPoll(), 1)];
    await vi.advanceTimersByTimeAsync(1000);
    expect(await Promise.all(both)).toEqual([true, false]);
    expect(votesOf(calls)).toHaveLength(1);
  });

  test.each<[string, Reply]>([
    ['the network fails', 'unreachable'],
    ['the server is overloaded', problem(503, 'overloaded', { retryAfter: 1 })],
    ['the server is stopping', problem(503, 'unavailable')],
    ['somebody in between answers', { status: 502 }],
    ['it was too much at once', problem(429, 'rate_limited', { retryAfter: 2 })],
  ])('is sent again under its key when %s', async (_, failure) => {
    const calls = serve({ [VOTE]: [failure, failure, accepted(1)] });
    expect(await castPatiently(1)).toBe(true);
    const keys = votesOf(calls).map((call) => call.key);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  test('is not sent again before the server wants it', async () => {
    const calls = serve({
      [VOTE]: [problem(503, 'overloaded', { retryAfter: 8 }), accepted(1)],
    });
    void services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(7900);
    expect(votesOf(calls)).toHaveLength(1);
    expect(services.ballots.get(1)?.phase).toBe('retrying');
    await vi.advanceTimersByTimeAsync(2000);
    expect(votesOf(calls)).toHaveLength(2);
  });

  test('gives up after a minute; the next attempt uses the same key', async () => {
    const calls = serve({ [VOTE]: 'unreachable' });
    const done = services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(services.ballots.get(1)?.phase).toBe('waiting');
    await vi.advanceTimersByTimeAsync(35_000);
    expect(await done).toBe(false);
    expect(votesOf(calls).length).toBeGreaterThanOrEqual(6);
    expect(services.ballots.get(1)).toMatchObject({ phase: 'failed', wish: 1 });
    expect(services.choices.get(1)).toBeUndefined();
    await castPatiently(1);
    expect(new Set(votesOf(calls).map((call) => call.key)).size).toBe(1);
  });

  test('is sent as soon as the live connection has reached the server', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5); // pauses of 0.5, 1, 2, 4, 8, 16 s
    const calls = serve({
      [VOTE]: [...Array<Reply>(5).fill('unreachable'), accepted(1)],
    });
    const done = services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(8000);
    expect(votesOf(calls)).toHaveLength(5);
    dispatchEvent(new Event(REACHED));
    await vi.advanceTimersByTimeAsync(0);
    expect(await done).toBe(true);
  });

  test('waits as long as the server has asked for, though it has been reached', async () => {
    const calls = serve({
      [VOTE]: [problem(503, 'overloaded', { retryAfter: 8 }), accepted(1)],
    });
    void services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(1000);
    dispatchEvent(new Event(REACHED));
    await vi.advanceTimersByTimeAsync(1000);
    expect(votesOf(calls)).toHaveLength(1);
  });

  test('for another option has a key of its own', async () => {
    const calls = serve({ [VOTE]: 'unreachable' });
    await castPatiently(1);
    await castPatiently(2);
    expect(new Set(votesOf(calls).map((call) => call.key)).size).toBe(2);
  });

  test('does not wait longer than a reader does', async () => {
    const calls = serve({ [VOTE]: problem(429, 'rate_limited', { retryAfter: 50 }) });
    expect(await castPatiently(1)).toBe(false);
    expect(votesOf(calls)).toHaveLength(1);
  });
});

describe('without a network', () => {
  beforeEach(() => {
    isOnline = false;
  });

  async function comeOnline(): Promise<void> {
    isOnline = true;
    dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(1000);
  }

  test('a vote waits for one, however long, and is sent then', async () => {
    const calls = serve({ [VOTE]: accepted(1) });
    const done = services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(calls).toHaveLength(0);
    expect(services.ballots.get(1)).toMatchObject({ phase: 'offline', wish: 1 });
    await comeOnline();
    expect(await done).toBe(true);
    expect(votesOf(calls)).toHaveLength(1);
  });

  test('a vote that was recalled is not sent', async () => {
    const calls = serve({ [VOTE]: accepted(1) });
    const done = services.ballots.cast(aPoll(), 1);
    services.ballots.recall(1);
    await comeOnline();
    expect(await done).toBe(false);
    expect(calls).toHaveLength(0);
    expect(services.ballots.get(1)).toBeUndefined();
  });

  test('that is lost on the way the vote waits under its key', async () => {
    isOnline = true;
    const calls = serve({
      [VOTE]: [
        () => {
          isOnline = false;
          throw new TypeError('fetch failed');
        },
        accepted(1),
      ],
    });
    const done = services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(services.ballots.get(1)?.phase).toBe('offline');
    await comeOnline();
    expect(await done).toBe(true);
    expect(new Set(votesOf(calls).map((call) => call.key)).size).toBe(1);
  });
});

describe('a network that comes and goes', () => {
  test('gives a vote all its time anew', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5); // seven tries in 51.5 s
    const failures = Array<Reply>(6).fill('unreachable');
    const goOffline = () => {
      isOnline = false;
      throw new TypeError('fetch failed');
    };
    serve({ [VOTE]: [...failures, goOffline, ...failures, accepted(1)] });
    const done = services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(services.ballots.get(1)?.phase).toBe('offline');
    isOnline = true;
    dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(52_000);
    expect(await done).toBe(true);
  });
});

describe('a refusal', () => {
  test('already voted: shows the vote that counts', async () => {
    const poll = aPoll({ myVote: 2, results: someResults([1, 1, 1], 9) });
    services.client.setQueryData(['poll', 1], aPoll()); // from before
    serve({
      [VOTE]: problem(409, 'already_voted'),
      'GET /api/polls/1': { status: 200, body: poll },
    });
    expect(await castPatiently(1)).toBe(false);
    expect(services.choices.get(1)?.myVote).toBe(2);
    expect(services.results.get(1)?.results?.version).toBe(9);
    expect(services.ballots.get(1)?.phase).toBe('failed');
  });

  test('already voted, for the same: it says so too', async () => {
    serve({
      [VOTE]: problem(409, 'already_voted'),
      'GET /api/polls/1': { status: 200, body: aPoll({ myVote: 1 }) },
    });
    expect(await castPatiently(1)).toBe(false);
    expect(services.choices.get(1)?.myVote).toBe(1);
    expect(services.ballots.get(1)?.error).toMatchObject({ code: 'already_voted' });
  });

  test('already voted, and no word about for what: it says so all the same', async () => {
    serve({
      [VOTE]: problem(409, 'already_voted'),
      'GET /api/polls/1': problem(500, 'internal'),
    });
    expect(await castPatiently(1)).toBe(false);
    expect(services.ballots.get(1)?.error).toMatchObject({ code: 'already_voted' });
  });

  test('already skipped is remembered', async () => {
    serve({ [VOTE]: problem(409, 'already_skipped') });
    await castPatiently(1);
    expect(services.choices.get(1)).toEqual({ myVote: null, skipped: true });
  });

  test('closed: the poll is closed, and nobody fetches it', async () => {
    const calls = serve({ [VOTE]: problem(410, 'poll_closed') });
    await castPatiently(1, aPoll({ results: someResults([1, 0, 0], 30) }));
    expect(services.results.get(1)).toMatchObject({ status: 'closed', version: 30 });
    expect(calls.filter((call) => call.path === '/api/polls/1')).toHaveLength(0);
  });
});

describe('a second thought', () => {
  const poll = aPoll({ voteChange: true, myVote: 0, resultsVisibility: 'after_vote' });

  test('changes the vote', async () => {
    const calls = serve({ 'PUT /api/polls/1/vote': accepted(2) });
    expect(await castPatiently(2, poll)).toBe(true);
    expect(votesOf(calls)).toHaveLength(1);
    expect(services.choices.get(1)?.myVote).toBe(2);
  });

  test('takes it back, and with it the sight of the result', async () => {
    services.results.offer(someResults([1, 0, 0], 3));
    serve({ 'DELETE /api/polls/1/vote': { status: 204 } });
    expect(await castPatiently(null, poll)).toBe(true);
    expect(services.choices.get(1)).toEqual({ myVote: null, skipped: false });
    expect(services.results.get(1)?.results).toBeNull();
  });

  test('leaves the result in sight where everybody sees it', async () => {
    services.results.offer(someResults([1, 0, 0], 3));
    serve({ 'DELETE /api/polls/1/vote': { status: 204 } });
    await castPatiently(null, { ...poll, resultsVisibility: 'always' });
    expect(services.results.get(1)?.results).not.toBeNull();
  });

  test('that was heard though its answer was lost is done', async () => {
    serve({
      'DELETE /api/polls/1/vote': ['unreachable', problem(409, 'conflict')],
      'GET /api/polls/1': { status: 200, body: { ...poll, myVote: null } },
    });
    expect(await castPatiently(null, poll)).toBe(true);
    expect(services.choices.get(1)?.myVote).toBeNull();
  });

  test('that comes too late shows how it stands', async () => {
    serve({
      'PUT /api/polls/1/vote': problem(409, 'conflict'),
      'GET /api/polls/1': { status: 200, body: { ...poll, myVote: null } },
    });
    expect(await castPatiently(2, poll)).toBe(false);
    expect(services.choices.get(1)?.myVote).toBeNull();
    expect(services.ballots.get(1)?.phase).toBe('failed');
  });
});

describe('a session that ends under a vote', () => {
  const GUEST = 'POST /api/auth/guest';
  const OUT = {
    'POST /api/auth/logout': { status: 204 },
    [GUEST]: aGuestJoins(7),
  };

  test("a guest's: they join anew, and it goes out once more under its key", async () => {
    const calls = serve({
      ...OUT,
      'GET /api/users/me': [ME, problem(401, 'unauthorized')],
      [VOTE]: [problem(401, 'unauthorized'), accepted(1)],
    });
    services.choices.set(2, { myVote: 1, skipped: false });
    expect(await castPatiently(1)).toBe(true);
    expect(calls.filter((call) => call.path === '/api/auth/guest')).toHaveLength(1);
    expect(new Set(votesOf(calls).map((call) => call.key)).size).toBe(1);
    expect(services.choices.get(2)?.myVote).toBe(1);
  });

  test("a guest's that ends again is said, not tried for ever", async () => {
    const calls = serve({ ...OUT, [VOTE]: problem(401, 'unauthorized') });
    expect(await castPatiently(1)).toBe(false);
    expect(votesOf(calls)).toHaveLength(2);
    expect(services.ballots.get(1)?.error).toMatchObject({ code: 'no_cookie' });
  });

  test("a newcomer's, straight upon becoming a guest: the browser keeps no cookie", async () => {
    localStorage.clear();
    services = testServices();
    await services.client.ensureQueryData(meQuery);
    const calls = serve({
      ...OUT,
      'GET /api/users/me': problem(401, 'unauthorized'),
      [VOTE]: problem(401, 'unauthorized'),
    });
    expect(await castPatiently(1)).toBe(false);
    expect(calls.filter((call) => call.path === '/api/auth/guest')).toHaveLength(1);
    expect(services.ballots.get(1)?.error).toMatchObject({ code: 'no_cookie' });
  });

  test("a user's: they are told, and do not vote as somebody else", async () => {
    const calls = serve({
      ...OUT,
      'GET /api/users/me': { status: 200, body: aMe({ kind: 'user' }) },
      [VOTE]: problem(401, 'unauthorized'),
    });
    expect(await castPatiently(1)).toBe(false);
    expect(votesOf(calls)).toHaveLength(1);
    expect(calls.filter((call) => call.path === '/api/auth/guest')).toHaveLength(0);
    expect(services.ballots.get(1)?.error).toMatchObject({ code: 'unauthorized' });
  });

  test('what waits is not sent in the name of who comes next', async () => {
    const calls = serve({ ...OUT, [VOTE]: ['unreachable', accepted(1)] });
    const done = services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(100);
    await services.session.signOut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await done).toBe(false);
    expect(votesOf(calls)).toHaveLength(1);
    expect(services.choices.get(1)).toBeUndefined();
  });
});

describe("what is the reader's own", () => {
  const mine = aPoll({ myVote: 1, voteChange: true });
  const OVER = problem(401, 'unauthorized');
  const JOIN = {
    'POST /api/auth/logout': { status: 204 },
    'POST /api/auth/guest': aGuestJoins(8),
  };
  const joined = (calls: Call[]) => calls.filter(({ path }) => path.endsWith('/guest'));

  test.each([
    ['taken back', null, 'DELETE /api/polls/1/vote'],
    ['changed', 2, 'PUT /api/polls/1/vote'],
  ])("a guest's vote is not %s by the next guest", async (_, wish, route) => {
    const calls = serve({
      ...JOIN,
      'GET /api/users/me': [ME, OVER],
      [route]: [OVER, problem(409, 'conflict')],
      'GET /api/polls/1': { status: 200, body: aPoll({ myVote: wish }) },
    });
    expect(await castPatiently(wish, mine)).toBe(false);
    expect(votesOf(calls)).toHaveLength(1);
    expect(joined(calls)).toHaveLength(0);
    expect(services.ballots.get(1)?.error).toMatchObject({ code: 'guest_over' });
    expect(services.choices.of(mine).myVote).toBe(1);

    expect(await castPatiently(wish, mine)).toBe(false); // asked for again, as nobody
    expect(votesOf(calls)).toHaveLength(1);
    expect(joined(calls)).toHaveLength(0);
  });

  test('a vote that may have been counted is not sent again by the next guest', async () => {
    const calls = serve({
      ...JOIN,
      'GET /api/users/me': [ME, OVER],
      [VOTE]: ['unreachable', OVER, accepted(1)],
    });
    expect(await castPatiently(1)).toBe(false);
    expect(votesOf(calls)).toHaveLength(2);
    expect(joined(calls)).toHaveLength(0);
  });

  test('what is sent says for whom', async () => {
    const calls = serve({ [VOTE]: accepted(2) });
    await castPatiently(2);
    expect(calls.map(({ forWhom }) => forWhom)).toEqual([null, '7']);
  });

  test('a skip is not done by whoever has signed in meanwhile', async () => {
    const ADA = { status: 200, body: aMe({ id: 9, kind: 'user', username: 'ada' }) };
    serve({ 'GET /api/users/me': [ME, ADA], 'POST /api/polls/1/skip': OVER });
    await services.client.ensureQueryData(meQuery);
    const skip = vi.fn(() =>
      data(api.POST('/api/polls/{id}/skip', { params: { path: { id: 1 } } })),
    );
    await expect(services.ballots.asSomebody(skip)).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect(skip).toHaveBeenCalledTimes(1);
  });
});

describe('many who join at once', () => {
  test('wait their turn, say so, and vote by themselves', async () => {
    localStorage.clear();
    services = testServices();
    const busy = problem(429, 'rate_limited', { retryAfter: 25 });
    const calls = serve({
      'GET /api/users/me': problem(401, 'unauthorized'),
      'POST /api/auth/guest': [...Array<typeof busy>(6).fill(busy), aGuestJoins(8)],
      [VOTE]: accepted(1),
    });
    const done = services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(services.ballots.get(1)?.phase).toBe('queued');
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(await done).toBe(true);
    expect(votesOf(calls)).toHaveLength(1);
  });

  test('send nothing that was recalled while they waited', async () => {
    localStorage.clear();
    services = testServices();
    const calls = serve({
      'GET /api/users/me': problem(401, 'unauthorized'),
      'POST /api/auth/guest': [
        problem(429, 'rate_limited', { retryAfter: 5 }),
        aGuestJoins(8),
      ],
      [VOTE]: accepted(1),
    });
    const done = services.ballots.cast(aPoll(), 1);
    await vi.advanceTimersByTimeAsync(1000);
    services.ballots.recall(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await done).toBe(false);
    expect(votesOf(calls)).toHaveLength(0);
  });
});
