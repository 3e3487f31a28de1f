// For whom a line is: a widget's token, and what happens when a session ends.
import { expect, onTestFinished, test, vi } from 'vitest';
import { setBearer, setSessionHolder } from '~/api/client';
import { RENEWED } from '~/session/renewed';
import {
  blockedPage,
  FakeSocket,
  FakeStream,
  fakePage,
  livePage,
  nextAttempt,
  paint,
  pass,
  snapshot,
  track,
  widget,
} from './fakes';

function holder() {
  const check = vi.fn(async () => {});
  setSessionHolder({ era: 0, userId: 7, check, lost: async () => {} });
  return check;
}

test('a widget signs in within its WebSocket, before it asks for anything', async () => {
  const { live, results } = await widget();
  FakeSocket.last.accept();
  expect(FakeSocket.last.told()).toEqual([{ type: 'auth', token: 'a.b.c' }, track(1)]);
  FakeSocket.last.say(snapshot(1, 2));
  expect([live.state, results.get(1)?.version]).toEqual(['live', 2]);
  expect(FakeStream.all).toHaveLength(0);
});

test('a token that was renewed keeps the WebSocket open', async () => {
  await widget();
  const socket = FakeSocket.last.accept();
  socket.told();
  setBearer('d.e.f');
  window.dispatchEvent(new Event(RENEWED));
  expect(socket.told()).toEqual([{ type: 'auth', token: 'd.e.f' }]);
  expect([FakeSocket.all.length, socket.isClosed]).toEqual([1, false]);
  socket.drop();
  window.dispatchEvent(new Event(RENEWED));
  expect(socket.told()).toEqual([]);
});

test('who becomes a guest in a widget stays with WebSocket', async () => {
  const { live } = fakePage();
  live.track(1);
  await paint();
  const before = FakeSocket.last.accept();
  setBearer('a.b.c');
  onTestFinished(() => setBearer(null));
  live.restart();
  expect(before.isClosed).toBe(true);
  FakeSocket.last.accept();
  expect(FakeSocket.last.told()).toEqual([{ type: 'auth', token: 'a.b.c' }, track(1)]);
  expect(FakeStream.all).toHaveLength(0);
});

test('where WebSocket is blocked, a widget sends its token with the stream', async () => {
  setBearer('a.b.c');
  onTestFinished(() => setBearer(null));
  const { stream } = await blockedPage();
  expect(stream.headers).toEqual({
    Accept: 'text/event-stream',
    Authorization: 'Bearer a.b.c',
  });
});

test('a WebSocket whose session has ended asks who is here, and comes back', async () => {
  const { live, socket } = await livePage();
  const check = holder();
  socket.drop(4401);
  await pass(0);
  expect(check).toHaveBeenCalledTimes(1);
  expect(live.state).toBe('reconnecting');
  await nextAttempt();
  expect(FakeSocket.all).toHaveLength(2);
});

test('any other end says nothing about the session', async () => {
  const { socket } = await livePage();
  const check = holder();
  socket.drop(1006);
  await pass(0);
  expect(check).not.toHaveBeenCalled();
});

test('a token that the server refuses is asked about', async () => {
  const { socket } = await livePage();
  const check = holder();
  socket.say({ type: 'error', code: 'unauthorized' });
  expect(check).toHaveBeenCalledTimes(1);
});

test('a session that begins while the old one is looked into has the line', async () => {
  const { live, socket } = await livePage();
  setSessionHolder({
    era: 0,
    userId: 7,
    check: async () => live.restart(),
    lost: async () => {},
  });
  socket.drop(4401);
  await pass(0);
  FakeSocket.last.accept();
  await pass(2000);
  expect([FakeSocket.all.length, live.state]).toEqual([2, 'live']);
});
