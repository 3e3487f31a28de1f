// Undoing skips, and listing them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { check_time } from './lib/api.mjs';
import { with_server } from './lib/server.mjs';

let owner;
const server = with_server({}, async () => ({ token: owner } = await server.api.register()));

const skip = (token, id, expect = 204) =>
  server.api.post(`/api/polls/${id}/skip`, { token, expect });
const unskip = (token, id, expect = 204) =>
  server.api.delete(`/api/polls/${id}/skip`, { token, expect });
const new_poll = async (over) => (await server.api.create_poll(owner, over)).id;
const own = async (token, id) => (await server.api.get(`/api/polls/${id}`, { token })).body;
const list = async (token, query = '') =>
  (await server.api.get(`/api/users/me/skips${query}`, { token, expect: 200 })).body;
const listed = async (token, query) => (await list(token, query)).items.map((i) => i.poll.id);

describe('DELETE /api/polls/{id}/skip', () => {
  test('takes the skip back, and again is the same', async () => {
    const id = await new_poll();
    const { token } = await server.api.guest();
    await skip(token, id);
    for (let i = 0; i < 2; i++) {
      await unskip(token, id);
      assert.equal((await own(token, id)).skipped, false);
    }
    await server.api.vote(token, id, 1, { expect: 201 });
  });

  test('leaves a vote alone', async () => {
    const id = await new_poll();
    const { token } = await server.api.guest();
    await server.api.vote(token, id, 1);
    await unskip(token, id);
    const { myVote, skipped, results } = await own(token, id);
    assert.deepEqual([myVote, skipped, results.totalVotes], [1, false, 1]);
  });

  test('is allowed once the poll has closed', async () => {
    const id = await new_poll();
    const { token } = await server.api.guest();
    await skip(token, id);
    await server.api.post(`/api/polls/${id}/close`, { token: owner });
    await unskip(token, id);
    assert.equal((await own(token, id)).skipped, false);
    assert.deepEqual(await listed(token), []);
    assert.equal((await server.api.get(`/api/polls/${id}/stats`)).body.skips, 0);
  });

  test('needs a voter and a poll', async () => {
    await unskip(undefined, 1, 'unauthorized');
    await unskip((await server.api.guest()).token, 4000000000, 'not_found');
  });

  test('many at once are one', async () => {
    const id = await new_poll();
    const voters = await server.api.crowd(5);
    await Promise.all(voters.map((token) => skip(token, id)));
    await Promise.all(voters.slice(1).flatMap((t) => [unskip(t, id), unskip(t, id)]));
    assert.equal((await server.api.get(`/api/polls/${id}/stats`)).body.skips, 1);
  });
});

describe('GET /api/users/me/skips', () => {
  test('has what was skipped, the newest first, page by page', async () => {
    const { token } = await server.api.guest();
    const ids = [];
    for (let i = 0; i < 5; i++) {
      ids.unshift(await new_poll({ title: `Skipped ${i}` }));
      await skip(token, ids[0]);
    }
    const { items, nextCursor } = await list(token);
    assert.equal(nextCursor, null);
    assert.deepEqual(
      items.map(({ poll }) => poll),
      ids.map((id, i) => ({ id, title: `Skipped ${4 - i}` })),
    );
    for (const { skippedAt } of items) check_time(skippedAt);
    const met = [];
    let next = '/api/users/me/skips?limit=2';
    while (next !== undefined && met.length <= ids.length) {
      const { headers, body } = await server.api.get(next, { token, expect: 200 });
      met.push(...body.items.map((item) => item.poll.id));
      next = /^<(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
    }
    assert.deepEqual(met, ids);
  });

  test('knows of votes, skips taken back, deleted polls and crashes', async () => {
    const { token } = await server.api.guest();
    const [a, b, c] = [await new_poll(), await new_poll(), await new_poll()];
    for (const id of [a, b, c]) await skip(token, id);
    await unskip(token, b);
    assert.deepEqual(await listed(token), [c, a]);
    await server.api.vote(token, b, 0, { expect: 201 });
    await server.kill();
    await server.start();
    assert.deepEqual(await listed(token), [c, a]);
    await unskip(token, a);
    await skip(token, a);
    assert.deepEqual(await listed(token), [a, c], 'skipped again is skipped now');
    await server.api.delete(`/api/polls/${c}`, { token: owner });
    assert.deepEqual(await listed(token), [a]);
    await server.stop();
    await server.verify();
    await server.start();
    assert.deepEqual(await listed(token), [a]);
  });

  test('refuses what cannot be read', async () => {
    const { token } = await server.api.guest();
    for (const query of ['limit=0', 'limit=101', 'cursor=x', 'cursor=1']) {
      await server.api.get(`/api/users/me/skips?${query}`, { token, expect: 'bad_request' });
    }
    await server.api.get('/api/users/me/skips', { expect: 'unauthorized' });
  });
});
