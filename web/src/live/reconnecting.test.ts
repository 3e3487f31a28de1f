// A connection by WebSocket that falls silent, or is lost.
import { expect, test, vi } from 'vitest';
import {
  FakeSocket,
  fakePage,
  livePage,
  paint,
  pass,
  setHidden,
  setOnline,
  snapshot,
  track,
} from './fakes';

test('after 10 s of silence the server is asked, and given 10 s', async () => {
  const { live, socket } = await livePage();
  expect(socket.pings).toBe(1);
  await pass(9_999);
  expect(socket.pings).toBe(1);
  await pass(1);
  expect(socket.pings).toBe(2);
  socket.say({ type: 'pong' });
  await pass(10_000 + 9_999);
  expect(socket.pings).toBe(3);
  expect(live.state).toBe('live');
  await pass(1);
  expect(live.state).toBe('reconnecting');
  expect(socket.isClosed).toBe(true);
  await pass(500);
  expect(FakeSocket.all).toHaveLength(2);
});

test('in silence, what is tracked is tracked anew: others may have come or gone', async () => {
  const { live, socket } = await livePage();
  socket.told();
  await pass(9_999);
  expect(socket.told()).toEqual([]);
  await pass(1);
  expect(socket.told()).toEqual([
    { type: 'untrack', polls: [1] },
    { type: 'track', polls: [1] },
  ]);
  socket.say({ ...snapshot(1, 1), viewers: 9 });
  expect(live.results.get(1)?.viewers).toBe(9);
});

test('where results move, nothing is asked', async () => {
  const { socket } = await livePage();
  for (let i = 2; i < 10; i++) {
    await pass(9_000);
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
