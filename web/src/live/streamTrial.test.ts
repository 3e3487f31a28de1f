// Beside an event stream: is WebSocket possible by now? A widget with a token never asks.
import { expect, onTestFinished, test } from 'vitest';
import { setBearer } from '~/api/client';
import {
  event,
  FakeSocket,
  FakeStream,
  fakePage,
  nextAttempt,
  paint,
  pass,
  setOnline,
  settle,
  snapshot,
  streamingPage,
  widget,
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

test('a widget sends its token, and tries no WebSocket', async () => {
  const { live, results } = await widget();
  expect(FakeSocket.all).toHaveLength(0);
  expect(FakeStream.last.headers).toEqual({
    Accept: 'text/event-stream',
    Authorization: 'Bearer a.b.c',
  });
  await FakeStream.last.open();
  await FakeStream.last.say(event(1, 2));
  expect([live.state, results.get(1)?.version]).toEqual(['live', 2]);
  setOnline(true);
  await FakeStream.last.break();
  await nextAttempt();
  expect([FakeSocket.all.length, FakeStream.all.length]).toEqual([0, 2]);
});

test('who becomes a guest in a widget goes on by stream, with all that may be new', async () => {
  const { live } = fakePage();
  live.track(1);
  await paint();
  FakeSocket.last.accept();
  setBearer('a.b.c');
  onTestFinished(() => setBearer(null));
  live.restart();
  await settle();
  await pass(0);
  expect(FakeSocket.last.isClosed).toBe(true);
  expect(FakeStream.last.path).toBe('/api/live?polls=1');
});
