// When the connection by WebSocket is closed on purpose, and opened again.
import { expect, test } from 'vitest';
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

/** The server answers for so long. */
async function stayAlive(socket: FakeSocket, ms: number) {
  for (let left = ms; left > 0; left -= 9_000) {
    await pass(Math.min(left, 9_000));
    socket.say({ type: 'pong' });
  }
}

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
  await stayAlive(socket, 20_001);
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
  await stayAlive(socket, 20_000);
  const again = live.track(2);
  await stayAlive(socket, 11_000);
  socket.say({ type: 'pong' });
  expect(live.state).toBe('live');
  again();
  await stayAlive(socket, 50 + 29_999);
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
