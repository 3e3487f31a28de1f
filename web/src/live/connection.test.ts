// The connection by WebSocket, as the rest of the page sees it.
import { expect, test, vi } from 'vitest';
import { LAST_VERSION } from '~/results/deletion';
import { FakeSocket, fakePage, paint, pass, setHidden, setOnline, snapshot } from './fakes';

/** A page that is live, and follows poll 1. */
async function livePage(chance?: () => number) {
  const { live, results } = fakePage(chance);
  const untrack = live.track(1);
  await paint();
  const socket = FakeSocket.last.accept();
  socket.told();
  return { live, results, socket, untrack };
}

/** The server answers for so long. */
async function stayAlive(socket: FakeSocket, ms: number) {
  for (let left = ms; left > 0; left -= 20_000) {
    await pass(Math.min(left, 20_000));
    socket.say({ type: 'pong' });
  }
}

const track = (...polls: number[]) => ({ type: 'track', polls });
const untracks = (...polls: number[]) => ({ type: 'untrack', polls });

test('nothing is opened before something is wanted, and painted', async () => {
  const { live } = fakePage();
  await paint();
  expect(live.state).toBe('idle');
  live.track(1);
  expect(live.state).toBe('connecting');
  expect(FakeSocket.all).toHaveLength(0);
  await paint();
  expect(FakeSocket.all).toHaveLength(1);
  expect(FakeSocket.last.url).toBe(`${location.origin.replace('http', 'ws')}/ws`);
});

test('what was wanted and is no longer when the code has come opens nothing', async () => {
  const { live } = fakePage();
  live.track(1)();
  await paint();
  expect(FakeSocket.all).toHaveLength(0);
  expect(live.state).toBe('idle');
});

test('it is live when the server is heard, not when the socket is open', async () => {
  const { live } = fakePage();
  live.track(4);
  await paint();
  const socket = FakeSocket.last.open();
  expect(live.state).toBe('connecting');
  expect(socket.pings).toBe(1);
  expect(socket.told()).toEqual([track(4)]);
  socket.say({ type: 'pong' });
  expect(live.state).toBe('live');
});

test('snapshots go to the store, hidden ones too, and the highest version stays', async () => {
  const { socket, results } = await livePage();
  socket.say(snapshot(1, 5, [3, 1])).say(snapshot(1, 4, [2, 1]));
  expect(results.get(1)?.results?.totalVotes).toBe(4);
  const hidden = { type: 'results', pollId: 2, version: 9, status: 'closed', hidden: true };
  socket.say({ ...hidden, viewers: 3 });
  expect(results.get(2)).toEqual({
    results: null,
    isShownLive: false,
    viewers: 3,
    version: 9,
    status: 'closed',
  });
});

test('a poll that is deleted is followed no longer, and nothing brings it back', async () => {
  const { live, socket, results } = await livePage();
  live.track(2);
  await pass(100);
  socket.say(snapshot(1, 5)).told();
  socket.say({ type: 'deleted', pollId: 1 }).say(snapshot(1, 6));
  expect(results.get(1)).toMatchObject({ results: null, status: 'closed', viewers: 0 });
  expect(results.get(1)?.version).toBe(LAST_VERSION);
  await pass(100);
  expect(socket.told()).toEqual([untracks(1)]);
  live.restart();
  expect(FakeSocket.last.accept().told()).toEqual([track(2)]);
});

test('what is malformed or unknown, or an error, changes nothing and ends nothing', async () => {
  const { live, socket, results } = await livePage();
  const offer = vi.spyOn(results, 'offer');
  const { options, ...withoutOptions } = snapshot(1, 2);
  for (const message of [
    'no json',
    'null',
    '[]',
    { type: 'dance' },
    { type: 'results' },
    { ...snapshot(1, 2), pollId: '1' },
    { ...snapshot(1, 2), version: 1.5 },
    { ...snapshot(1, 2), status: 7 },
    { ...snapshot(1, 2), totalVotes: null },
    withoutOptions,
    { type: 'deleted', pollId: '1' },
    { type: 'leaderboard', items: 3 },
    { type: 'error', code: 'bad_request', detail: 'x' },
  ])
    socket.say(message);
  socket.onmessage?.({ data: new ArrayBuffer(2) });
  expect(options).toBeDefined();
  expect(offer).not.toHaveBeenCalled();
  expect(live.state).toBe('live');
  socket.say(snapshot(1, 2));
  expect(offer).toHaveBeenCalledTimes(1);
});

test('changes that come together are told together', async () => {
  const { live, socket, untrack } = await livePage();
  live.track(2);
  untrack();
  await pass(20);
  live.track(3);
  live.track(4)();
  await pass(49);
  expect(socket.told()).toEqual([]);
  await pass(1);
  expect(socket.told()).toEqual([untracks(1), track(2, 3)]);
});

test('a poll is followed as long as one wants it; to let go twice is once', async () => {
  const { live, socket, untrack } = await livePage();
  const again = live.track(1);
  untrack();
  untrack();
  live.track(2);
  await pass(50);
  expect(socket.told()).toEqual([track(2)]);
  again();
  await pass(50);
  expect(socket.told()).toEqual([untracks(1)]);
});

test('at most 100 are followed: the newest wishes win', async () => {
  const { live, socket } = await livePage();
  const lets = Array.from({ length: 101 }, (_, i) => live.track(i + 2));
  live.track(2); // is wanted anew
  await pass(50);
  const [first, second] = socket.told();
  expect(first).toEqual(untracks(1));
  expect((second as { polls: number[] }).polls).toHaveLength(100);
  expect((second as { polls: number[] }).polls).not.toContain(3);
  lets.at(-1)?.();
  await pass(50);
  expect(socket.told()).toEqual([untracks(102), track(3)]);
});

test('the leaderboard is a topic, and counts as one of the 100', async () => {
  const { live, socket } = await livePage();
  const boards: unknown[] = [];
  for (let id = 2; id <= 100; id++) live.track(id);
  const unfollow = live.followLeaderboard((board) => boards.push(board));
  await pass(50);
  const [told] = socket.told().slice(-1);
  expect(told).toMatchObject({ type: 'track', topics: ['leaderboard'] });
  expect((told as { polls: number[] }).polls).toHaveLength(99);
  const board = { type: 'leaderboard', version: 1, items: [], viewers: 1 };
  socket.say(board);
  const later: unknown[] = [];
  live.followLeaderboard((b) => later.push(b))();
  expect([boards, later]).toEqual([[board], [board]]);
  unfollow();
  await pass(50);
  expect(socket.told()).toEqual([
    { type: 'untrack', polls: [], topics: ['leaderboard'] },
    track(1),
  ]);
  live.followLeaderboard((b) => later.push(b));
  expect(later).toHaveLength(1); // the old one is too old now
});

test('an error that passes has everything tracked again, others have not', async () => {
  const { socket } = await livePage();
  socket.say({ type: 'error', code: 'not_found', detail: 'x' });
  await pass(5000);
  expect(socket.told()).toEqual([]);
  socket.say({ type: 'error', code: 'overloaded', detail: 'x' });
  socket.say({ type: 'error', code: 'overloaded', detail: 'x' });
  await pass(3000);
  expect(socket.told()).toEqual([track(1)]);
});

test('after 25 s of silence the server is asked, and given 10 s', async () => {
  const { live, socket } = await livePage();
  expect(socket.pings).toBe(1);
  await pass(24_999);
  expect(socket.pings).toBe(1);
  await pass(1);
  expect(socket.pings).toBe(2);
  socket.say({ type: 'pong' });
  await pass(25_000 + 9_999);
  expect(socket.pings).toBe(3);
  expect(live.state).toBe('live');
  await pass(1);
  expect(live.state).toBe('reconnecting');
  expect(socket.isClosed).toBe(true);
  await pass(500);
  expect(FakeSocket.all).toHaveLength(2);
});

test('where results move, nothing is asked', async () => {
  const { socket } = await livePage();
  for (let i = 2; i < 10; i++) {
    await pass(20_000);
    socket.say(snapshot(1, i));
  }
  expect(socket.pings).toBe(1);
});

test('a handshake without an answer is given up after 10 s', async () => {
  const { live } = fakePage();
  live.track(1);
  await paint();
  await pass(9_900);
  expect(FakeSocket.last.isClosed).toBe(false);
  await pass(100);
  expect(FakeSocket.last.isClosed).toBe(true);
  await pass(500);
  expect(FakeSocket.all).toHaveLength(2);
});

test('a lost line is tried again, ever later, up to 30 s; then everything is tracked', async () => {
  const { live, socket } = await livePage();
  live.track(2);
  await pass(50);
  await pass(10_000);
  socket.drop();
  expect(live.state).toBe('reconnecting');
  let n = 1;
  for (const wait of [500, 1000, 2000, 4000]) {
    await pass(wait - 1);
    expect(FakeSocket.all).toHaveLength(n);
    await pass(1);
    expect(FakeSocket.all).toHaveLength(++n);
    if (n < 5) FakeSocket.last.drop();
  }
  FakeSocket.last.open();
  expect(FakeSocket.last.told()).toEqual([track(1, 2)]);
  FakeSocket.last.say({ type: 'pong' });
  expect(live.state).toBe('live');
});

test('a line that lived only shortly is not a new beginning; a good one is', async () => {
  const { socket } = await livePage();
  socket.drop();
  await pass(500);
  FakeSocket.last.accept();
  await pass(9_999);
  FakeSocket.last.drop();
  await pass(999);
  expect(FakeSocket.all).toHaveLength(2);
  await pass(1);
  FakeSocket.last.accept();
  await pass(10_000);
  FakeSocket.last.drop();
  await pass(500);
  expect(FakeSocket.all).toHaveLength(4);
});

test('the wait never grows beyond 30 s, and chance makes it up to 20 s shorter', async () => {
  const chance = vi.fn(() => 1);
  const { socket } = await livePage(chance);
  setOnline(false); // no event stream is tried: nothing is taken for blocked
  socket.drop();
  for (let i = 0; i < 12; i++) {
    await pass(30_000);
    FakeSocket.last.drop();
  }
  const before = FakeSocket.all.length;
  await pass(29_999);
  expect(FakeSocket.all).toHaveLength(before);
  await pass(1);
  chance.mockReturnValue(0);
  FakeSocket.last.drop();
  await pass(9_999);
  expect(FakeSocket.all).toHaveLength(before + 1);
  await pass(1);
  expect(FakeSocket.all).toHaveLength(before + 2);
});

test.each([
  [0, 500],
  [0.5, 1000],
  [1, 1500],
])('after 1012, with chance %f, it comes back in %i ms', async (chance, wait) => {
  const { socket } = await livePage(() => chance);
  socket.drop(1012);
  await pass(wait - 1);
  expect(FakeSocket.all).toHaveLength(1);
  await pass(1);
  expect(FakeSocket.all).toHaveLength(2);
});

test('when the network or the reader is back, it is tried at once', async () => {
  const { socket } = await livePage(() => 1);
  socket.drop();
  setOnline(true);
  expect(FakeSocket.all).toHaveLength(2);
  FakeSocket.last.drop();
  setHidden(true);
  setHidden(false);
  expect(FakeSocket.all).toHaveLength(3);
  await pass(30_000);
  expect(FakeSocket.all.filter((s) => !s.isClosed && s.readyState < 3)).toHaveLength(1);
});

test('an open line is looked at when the reader is back, and has 3 s', async () => {
  const { live, socket } = await livePage();
  setHidden(true);
  await pass(5000);
  setHidden(false);
  expect(socket.pings).toBe(2);
  socket.say({ type: 'pong' });
  await pass(5000);
  expect(live.state).toBe('live');
  setOnline(false);
  expect(socket.pings).toBe(3);
  await pass(3000);
  expect(live.state).toBe('reconnecting');
});

test('hidden for a minute, it closes; seen again, it comes back', async () => {
  const { live, socket } = await livePage();
  setHidden(true);
  await stayAlive(socket, 59_999);
  expect(socket.isClosed).toBe(false);
  await pass(1);
  expect([socket.isClosed, live.state]).toEqual([true, 'paused']);
  live.track(2);
  live.restart();
  window.dispatchEvent(new Event('online'));
  await pass(60_000);
  expect(FakeSocket.all).toHaveLength(1);
  setHidden(false);
  expect(live.state).toBe('reconnecting');
  FakeSocket.last.accept();
  expect(FakeSocket.last.told()).toEqual([track(1, 2)]);
  live.track(3);
  await pass(50);
  expect(FakeSocket.last.told()).toEqual([track(3)]);
});

test('hidden since before it began, it closes after a minute too', async () => {
  const { live } = fakePage();
  live.track(1);
  setHidden(true);
  await paint();
  await stayAlive(FakeSocket.last.accept(), 60_000);
  expect(live.state).toBe('paused');
});

test('who pauses, comes back and resumes is not taken for gone', async () => {
  const { live } = await livePage();
  setHidden(true);
  live.pause();
  setHidden(false);
  live.resume();
  await stayAlive(FakeSocket.last.accept(), 100_000);
  expect(live.state).toBe('live');
});

test('hidden for less than a minute, it stays', async () => {
  const { live, socket } = await livePage();
  setHidden(true);
  await stayAlive(socket, 50_000);
  setHidden(false);
  socket.say({ type: 'pong' });
  await pass(20_001);
  expect([socket.isClosed, live.state]).toEqual([false, 'live']);
});

test('it lets go of a page that goes into the back/forward cache, and comes back', async () => {
  const { live, socket } = await livePage();
  window.dispatchEvent(new Event('pagehide'));
  expect([socket.isClosed, live.state]).toEqual([true, 'paused']);
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
  expect(FakeSocket.all).toHaveLength(1);
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  expect(FakeSocket.all).toHaveLength(2);
});

test('paused, nothing is open and nothing opens, until it is resumed', async () => {
  const { live, socket } = await livePage();
  live.pause();
  expect([socket.isClosed, live.state]).toEqual([true, 'paused']);
  live.track(2);
  live.restart();
  setHidden(true);
  setHidden(false);
  setOnline(true);
  await pass(120_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(live.state).toBe('paused');
  live.resume();
  expect(live.state).toBe('reconnecting');
  FakeSocket.last.accept();
  expect(FakeSocket.last.told()).toEqual([track(1, 2)]);
  live.resume(); // is nothing, when it is not paused
  expect(FakeSocket.all).toHaveLength(2);
});

test('paused before anything has begun, nothing begins', async () => {
  const { live } = fakePage();
  live.pause();
  live.track(1);
  await paint();
  expect(FakeSocket.all).toHaveLength(0);
  live.resume();
  await paint();
  expect(FakeSocket.all).toHaveLength(1);
});

test('paused while the code is on its way, nothing is opened', async () => {
  const { live } = fakePage();
  live.track(1);
  live.pause();
  await paint();
  expect(FakeSocket.all).toHaveLength(0);
  expect(live.state).toBe('paused');
});

test('a restart is a new socket at once; the old one is not heard any more', async () => {
  const { live, socket, results } = await livePage();
  live.restart();
  expect([socket.isClosed, live.state]).toEqual([true, 'connecting']);
  socket.say(snapshot(1, 9)).drop();
  expect(results.get(1)).toBeUndefined();
  FakeSocket.last.accept();
  expect(FakeSocket.last.told()).toEqual([track(1)]);
  expect(live.state).toBe('live');
});

test('a restart does not wait for the next attempt', async () => {
  const { live, socket } = await livePage(() => 1);
  socket.drop();
  live.restart();
  expect(FakeSocket.all).toHaveLength(2);
  await pass(500);
  expect(FakeSocket.all).toHaveLength(2);
});

test('30 s after the last wish it closes; a wish before keeps it', async () => {
  const { live, socket, untrack } = await livePage();
  untrack();
  await pass(20_000);
  const again = live.track(2);
  await pass(11_000);
  socket.say({ type: 'pong' });
  expect(live.state).toBe('live');
  again();
  await pass(50 + 29_999);
  expect(socket.isClosed).toBe(false);
  await pass(1);
  expect([socket.isClosed, live.state]).toEqual([true, 'idle']);
  live.track(3);
  await pass(50);
  expect(live.state).toBe('connecting');
  expect(FakeSocket.all).toHaveLength(2);
});

test('without a wish, a line that is lost stays lost', async () => {
  const { live, socket, untrack } = await livePage();
  untrack();
  await pass(50);
  socket.drop();
  await pass(60_000);
  expect([FakeSocket.all.length, live.state]).toEqual([1, 'idle']);
});

test('who listens to the state hears each change once, until they stop', async () => {
  const { live, socket } = await livePage();
  const heard = vi.fn();
  const stop = live.subscribe(heard);
  socket.say({ type: 'pong' });
  expect(heard).not.toHaveBeenCalled();
  socket.drop();
  await pass(500);
  FakeSocket.last.drop();
  expect(heard).toHaveBeenCalledTimes(1);
  stop();
  live.pause();
  expect(heard).toHaveBeenCalledTimes(1);
});
