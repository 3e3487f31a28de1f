// Beside an event stream: is WebSocket possible by now?
import { expect, test } from 'vitest';
import {
  FakeSocket,
  FakeStream,
  nextAttempt,
  pass,
  setOnline,
  snapshot,
  streamingPage,
} from './fakes';

const TRY_SOCKET_MS = 5 * 60_000;

test('WebSocket is tried beside the stream, and takes over when it works', async () => {
  const { live, stream, results } = await streamingPage();
  for (let ms = 0; ms < TRY_SOCKET_MS - 10_000; ms += 10_000) {
    await pass(10_000);
    await stream.say(':\n\n');
  }
  await pass(10_000);
  expect(FakeSocket.all).toHaveLength(3);
  const socket = FakeSocket.last;
  expect(stream.signal.aborted).toBe(false);
  socket.accept();
  expect([stream.signal.aborted, live.state]).toEqual([true, 'live']);
  expect(socket.told()).toEqual([{ type: 'track', polls: [1, 2] }]);
  socket.say(snapshot(1, 8));
  expect(results.get(1)?.version).toBe(8);
  socket.drop();
  expect(live.state).toBe('reconnecting');
  await nextAttempt();
  expect(FakeSocket.all).toHaveLength(4);
});

test('a WebSocket that still does not work leaves the stream alone', async () => {
  const { live, stream } = await streamingPage();
  setOnline(true);
  expect(FakeSocket.all).toHaveLength(3);
  live.track(5);
  await pass(50);
  FakeSocket.last.drop();
  expect([live.state, stream.signal.aborted]).toEqual(['live', false]);
  await pass(300);
  await FakeStream.last.open();
  for (let ms = 0; ms < TRY_SOCKET_MS; ms += 10_000) {
    await FakeStream.last.say(':\n\n');
    await pass(10_000);
  }
  expect(FakeSocket.all).toHaveLength(4);
});

test('a WebSocket on trial follows what is wanted meanwhile, and ends with the rest', async () => {
  const { live } = await streamingPage();
  setOnline(true);
  live.track(3);
  await pass(50);
  FakeSocket.last.accept();
  expect(FakeSocket.last.told()).toEqual([{ type: 'track', polls: [1, 2, 3] }]);
  const other = await streamingPage();
  setOnline(true);
  const trial = FakeSocket.last;
  other.live.pause();
  expect(trial.isClosed).toBe(true);
});

test('another network is another chance for WebSocket', async () => {
  const { stream } = await streamingPage();
  setOnline(true);
  FakeSocket.last.drop();
  await stream.break();
  await nextAttempt();
  expect([FakeSocket.all.length, FakeStream.all.length]).toEqual([4, 1]);
});
