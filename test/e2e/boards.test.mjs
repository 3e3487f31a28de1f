// The leaderboard and the tags.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { open_ws } from './lib/live.mjs';
import { with_server } from './lib/server.mjs';
import { wait_until } from './lib/wait.mjs';

let owner, voters;
const server = with_server({}, async () => {
  owner = (await server.api.register()).token;
  voters = await server.api.crowd(8);
});

const get = async (path, call = {}) => (await server.api.get(path, call)).body;
const create = (over) => server.api.create_poll(owner, over);
const vote = (poll, n) =>
  Promise.all(voters.slice(0, n).map((token) => server.api.vote(token, poll.id, 0)));
/** [id, votes] of a list, once it is as wanted: lists may be a second old. */
const settles = (query, want) =>
  wait_until(
    async () => {
      const { items } = await get(`/api/leaderboard?${query}`);
      assert.deepEqual(
        items.map((item) => item.rank),
        items.map((_, i) => i + 1),
      );
      const said = items.map((item) => [item.poll.id, item.totalVotes]);
      return JSON.stringify(said) === JSON.stringify(want);
    },
    30_000,
    `${query}: ${JSON.stringify(want)}`,
  );

describe('GET /api/leaderboard', () => {
  test('ranks the most voted open polls that everyone may see', async () => {
    await settles('', []);
    const a = await create({ title: 'A', tags: ['x', 'y'] });
    const b = await create({ title: 'B', tags: ['x'] });
    const c = await create({ title: 'C', tags: ['y'] });
    const hidden = await create({ resultsVisibility: 'after_vote' });
    const secret = await create({ resultsVisibility: 'after_close' });
    const gone = await create({ resultsVisibility: 'after_vote' });
    const deleted = await create();
    await create({ title: 'nobody votes here' });
    await vote(a, 3);
    await vote(b, 5);
    await vote(c, 3);
    for (const poll of [hidden, secret, gone, deleted]) await vote(poll, 8);
    await server.api.post(`/api/polls/${gone.id}/close`, { token: owner });
    await server.api.delete(`/api/polls/${deleted.id}`, { token: owner });
    const all = [
      [b.id, 5],
      [a.id, 3],
      [c.id, 3],
    ];
    for (const window of ['', 'window=all', 'window=hour', 'window=day']) {
      await settles(window, all);
    }
    await settles('limit=2', all.slice(0, 2));
    await settles('tag=y', all.slice(1));
    await settles('tag=X&window=hour', all.slice(0, 2));
    await settles('tag=none', []);
    const { items } = await get('/api/leaderboard?limit=1');
    assert.deepEqual(items, [
      { poll: { id: b.id, title: 'B' }, totalVotes: 5, votes: 5, rank: 1 },
    ]);
    await server.restart();
    for (const window of ['window=all', 'window=hour', 'window=day']) {
      await settles(window, all);
    }
  });
  test('keeps closed polls of its window, but not of all time', async () => {
    const tags = ['ended'];
    const open = await create({ tags });
    const closed = await create({ tags });
    const late = await create({ tags, resultsVisibility: 'after_close' });
    const gone = await create({ tags, resultsVisibility: 'after_vote' });
    await vote(open, 2);
    await vote(closed, 5);
    await vote(late, 4);
    await vote(gone, 6);
    for (const { id } of [closed, late, gone]) {
      await server.api.post(`/api/polls/${id}/close`, { token: owner });
    }
    const want = [
      [closed.id, 5],
      [late.id, 4],
      [open.id, 2],
    ];
    await settles('tag=ended&window=hour', want);
    await settles('tag=ended&window=day', want);
    await settles('tag=ended', [[open.id, 2]]);
    await server.restart();
    await settles('tag=ended&window=hour', want);
    await settles('tag=ended&window=all', [[open.id, 2]]);
  });
  test('what cannot be read is refused', async () => {
    for (const query of [
      'limit=0',
      'limit=101',
      'window=week',
      'window=',
      'tag=',
      'tag=a%20b',
    ]) {
      await get(`/api/leaderboard?${query}`, { expect: 'bad_request' });
    }
  });
  test('comes live', async () => {
    const ws = await open_ws(server, '/ws');
    ws.send({ type: 'track', topics: ['leaderboard'] });
    const first = await ws.next((m) => m.type === 'leaderboard');
    const poll = await create({ title: 'Live' });
    await vote(poll, 8);
    const then = await ws.next(
      (m) =>
        m.type === 'leaderboard' && m.items[0]?.poll.id === poll.id && m.items[0].votes === 8,
    );
    assert.ok(then.version > first.version);
    assert.equal(then.viewers, 1);
    assert.deepEqual(then.items, (await get('/api/leaderboard')).items);
    ws.send({ type: 'track', topics: ['weather'] });
    await ws.next((m) => m.type === 'error');
    ws.send({ type: 'untrack', topics: ['leaderboard'], polls: [] });
    ws.socket.close();
  });
});

describe('GET /api/tags', () => {
  test('has the most used first, of polls that are not closed', async () => {
    const tags = async () => await get('/api/tags');
    const before = new Map((await tags()).map(({ tag, polls }) => [tag, polls]));
    assert.equal(before.get('x'), 2);
    const poll = await create({ tags: ['often', 'Often', 'x'] });
    await create({ tags: ['x', 'often'] });
    const now = await tags();
    assert.deepEqual(now.slice(0, 2), [
      { tag: 'x', polls: 4 },
      { tag: 'often', polls: 2 },
    ]);
    await server.api.post(`/api/polls/${poll.id}/close`, { token: owner });
    await wait_until(async () => (await tags()).find((t) => t.tag === 'often')?.polls === 1);
  });
});
