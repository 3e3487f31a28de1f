// The connection where WebSocket is blocked: by an event stream.
import { expect, test } from 'vitest';
import { LAST_VERSION } from '~/results/store';
import { BoardPolling } from './boards';
import {
  answers,
  asked,
  blockedPage,
  event,
  FakeSocket,
  FakeStream,
  fakePage,
  nextAttempt,
  paint,
  pass,
  setOnline,
  streamingPage,
} from './fakes';

test('after two sockets that did not open, a stream brings the snapshots', async () => {
  const { live, results, stream } = await blockedPage();
  expect(stream.path).toBe('/api/live?polls=1,2');
  expect(stream.headers).toEqual({ Accept: 'text/event-stream' });
  expect(live.state).toBe('connecting');
  await stream.open();
  expect(live.state).toBe('live');
  await stream.say(event(1, 4).slice(0, 30));
  await stream.say(event(1, 4).slice(30));
  expect(results.get(1)?.results?.totalVotes).toBe(4);
});

test('a socket that opens and closes again without a word is a blocked one', async () => {
  const { live } = fakePage();
  live.track(1);
  await paint();
  FakeSocket.last.open().drop();
  await nextAttempt();
  FakeSocket.last.open().drop();
  await nextAttempt();
  expect(FakeStream.all).toHaveLength(1);
});

test('without a network nothing is taken for blocked', async () => {
  const { live } = fakePage();
  live.track(1);
  setOnline(false);
  await paint();
  for (let i = 0; i < 6; i++) {
    FakeSocket.last.drop();
    await nextAttempt();
  }
  expect(FakeStream.all).toHaveLength(0);
});

test('where WebSocket has worked, it has to fail five times in a row', async () => {
  const { live } = fakePage();
  live.track(1);
  await paint();
  FakeSocket.last.drop();
  await nextAttempt();
  FakeSocket.last.accept().drop();
  await nextAttempt();
  for (let i = 0; i < 4; i++) {
    FakeSocket.last.drop();
    await nextAttempt();
  }
  expect(FakeStream.all).toHaveLength(0);
  FakeSocket.last.drop();
  await nextAttempt();
  expect(FakeStream.all).toHaveLength(1);
});

test('where neither works, both are tried in turns', async () => {
  const { stream } = await blockedPage();
  await stream.break();
  await nextAttempt();
  expect([FakeSocket.all.length, FakeStream.all.length]).toEqual([3, 1]);
  FakeSocket.last.drop();
  await nextAttempt();
  expect([FakeSocket.all.length, FakeStream.all.length]).toEqual([3, 2]);
});

test('a stream that has worked is opened again after it broke', async () => {
  const { live, stream } = await streamingPage();
  await stream.break();
  expect(live.state).toBe('reconnecting');
  await nextAttempt();
  expect([FakeSocket.all.length, FakeStream.all.length]).toEqual([2, 2]);
});

test('other polls are another stream, which need not send what came already', async () => {
  const { live, stream } = await streamingPage();
  await stream.say(event(1, 4) + event(2, 9) + event(1, 5));
  const untrack = live.track(3);
  await pass(50 + 299);
  expect(FakeStream.all).toHaveLength(1);
  await pass(1);
  expect(FakeStream.last.path).toBe('/api/live?polls=1,2,3&lastEventId=1.5,2.9');
  expect([stream.signal.aborted, live.state]).toEqual([true, 'live']);
  await FakeStream.last.open();
  untrack();
  live.track(3);
  await pass(350);
  expect(FakeStream.all).toHaveLength(2); // the same polls are the same stream
});

test('a reader who swipes on opens one stream, not many', async () => {
  const { live } = await streamingPage();
  for (let id = 3; id < 8; id++) {
    live.track(id);
    await pass(200);
  }
  await pass(350);
  expect(FakeStream.all).toHaveLength(2);
  expect(FakeStream.last.path).toBe('/api/live?polls=1,2,3,4,5,6,7');
});

test('comments keep it alive; 40 s without anything, and it is lost', async () => {
  const { live, stream } = await streamingPage();
  for (let i = 0; i < 5; i++) {
    await pass(15_000);
    await stream.say(':\n\n');
  }
  await pass(39_999);
  expect(live.state).toBe('live');
  await pass(1);
  expect([live.state, stream.signal.aborted]).toEqual(['reconnecting', true]);
});

test('an answer that does not come within 10 s is given up', async () => {
  const { stream } = await blockedPage();
  await pass(9_999);
  expect(stream.signal.aborted).toBe(false);
  await pass(1);
  expect(stream.signal.aborted).toBe(true);
});

test('after waking up, one that is older than a comment is given up at once', async () => {
  const { live } = await streamingPage();
  await pass(20_000);
  window.dispatchEvent(new Event('offline'));
  expect(live.state).toBe('live');
  await pass(1);
  window.dispatchEvent(new Event('offline'));
  expect(live.state).toBe('reconnecting');
});

test('the server says when to come back: by retry, or by Retry-After', async () => {
  const { stream } = await streamingPage();
  await stream.say('retry: 2000\n\n');
  await stream.end();
  expect(await nextAttempt()).toBe(2000);
  await FakeStream.last.open();
  await FakeStream.last.break();
  await nextAttempt();
  expect(FakeStream.all).toHaveLength(3);
  await FakeStream.last.refuse(503, { 'Retry-After': '7' });
  expect(await nextAttempt()).toBe(7000);
});

test('a poll that is deleted while it is followed ends nothing for the others', async () => {
  const { results, stream } = await streamingPage();
  await stream.say(event(1, 4) + event(2, 7));
  await stream.say('event: deleted\ndata: {"type":"deleted","pollId":1}\n\n');
  expect(results.get(1)?.version).toBe(LAST_VERSION);
  await pass(500);
  expect(FakeStream.last.path).toBe('/api/live?polls=2&lastEventId=2.7');
});

test('a stream whose only poll is deleted ends for good', async () => {
  const { live } = await blockedPage(1);
  await FakeStream.last.open();
  await FakeStream.last.say('event: deleted\ndata: {"type":"deleted","pollId":1}\n\n');
  await FakeStream.last.end();
  await pass(60_000);
  expect(FakeStream.all).toHaveLength(1);
  expect(live.state).toBe('idle');
});

test('a poll that was deleted is left out, the others are followed', async () => {
  const { live, stream } = await blockedPage();
  const answer = (status: number) => () => new Response(null, { status });
  answers.set('/api/polls/1/live', answer(404));
  answers.set('/api/polls/2/live', answer(200));
  await stream.refuse(404);
  expect(asked).toEqual(['HEAD /api/polls/1/live', 'HEAD /api/polls/2/live']);
  expect(FakeStream.last.path).toBe('/api/live?polls=2');
  await FakeStream.last.open();
  expect(live.state).toBe('live');
});

test('a session that has ended is recovered from', async () => {
  const { stream } = await blockedPage();
  answers.set('/api/users/me', () => new Response('{}', { status: 401 }));
  answers.set('/api/auth/logout', () => new Response(null, { status: 204 }));
  await stream.refuse(401);
  expect(asked).toContain('GET /api/users/me');
});

test('the leaderboard is asked for every 10 s while somebody follows it', async () => {
  const { live } = await streamingPage();
  const boards: unknown[] = [];
  const item = { poll: { id: 1, title: 'x' }, totalVotes: 3, votes: 3, rank: 1 };
  answers.set('/api/leaderboard', () => Response.json({ items: [item] }));
  const unfollow = live.followLeaderboard((board) => boards.push(board));
  await pass(50);
  expect(boards).toEqual([{ type: 'leaderboard', items: [item] }]);
  answers.delete('/api/leaderboard');
  await pass(10_000);
  expect([boards.length, live.state]).toEqual([1, 'live']); // the stream is there
  answers.set('/api/leaderboard', () => Response.json({ items: [] }));
  await pass(10_000);
  expect(boards).toHaveLength(2);
  unfollow();
  await pass(60_000);
  expect(asked).toHaveLength(3);
});

test('an answer that nobody waits for any more is dropped, and no other is asked for', async () => {
  fakePage();
  answers.set('/api/leaderboard', () => Response.json({ items: [] }));
  const boards: unknown[] = [];
  const polling = new BoardPolling(
    (board) => boards.push(board),
    () => {},
  );
  polling.want(true);
  polling.want(false);
  await pass(30_000);
  expect([asked.length, boards.length]).toEqual([1, 0]);
});

test('with nothing but the leaderboard to follow, its answers are the line', async () => {
  const { live } = fakePage();
  answers.set('/api/leaderboard', () => Response.json({ items: [] }));
  live.followLeaderboard(() => {});
  await paint();
  for (let i = 0; i < 2; i++) {
    FakeSocket.last.drop();
    await nextAttempt();
  }
  expect([live.state, FakeStream.all.length]).toEqual(['live', 0]);
  answers.delete('/api/leaderboard');
  await pass(10_000);
  expect(live.state).toBe('reconnecting');
});

test('paused, the stream ends', async () => {
  const { live, stream, results } = await streamingPage();
  live.pause();
  expect(stream.signal.aborted).toBe(true);
  await stream.say(event(1, 4));
  expect(results.get(1)).toBeUndefined();
  expect(live.state).toBe('paused');
});
