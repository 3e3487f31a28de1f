// The connection by WebSocket, as the rest of the page sees it.
import { expect, test, vi } from 'vitest';
import { LAST_VERSION } from '~/results/store';
import {
  FakeSocket,
  fakePage,
  livePage,
  paint,
  pass,
  snapshot,
  track,
  untracks,
} from './fakes';

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
    version: 0,
    hiddenVersion: 9,
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
