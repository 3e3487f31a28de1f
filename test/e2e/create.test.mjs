// POST /api/polls under an Idempotency-Key: one request makes one poll, however often and
// whenever it arrives.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { with_server } from './lib/server.mjs';
import { ahead_of, wait_until } from './lib/wait.mjs';

let token;
const server = with_server({}, async () => {
  token = (await server.api.register()).token;
});
const in_ms = (ms) => new Date(Date.now() + ms).toISOString();

let n_titles = 0;
/** What to ask for: a title of its own, so that its polls can be counted. */
const new_body = (over) => ({ title: `Which? ${++n_titles}`, options: ['a', 'b'], ...over });

const create = (body, key, expect, call = {}) =>
  server.api.post('/api/polls', { token, body, key, expect, ...call });

/** The ids of the polls with the title of this body. */
async function made(body) {
  const ids = [];
  let cursor = '';
  do {
    const path = `/api/polls?seen=include&limit=100${cursor && `&cursor=${cursor}`}`;
    const page = (await server.api.get(path, { expect: 200 })).body;
    for (const { id, title } of page.items) if (title === body.title) ids.push(id);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

function check_replay(answer, poll) {
  assert.equal(answer.headers['idempotent-replay'], 'true');
  assert.equal(answer.headers.location, `/api/polls/${poll.id}`);
  assert.equal(answer.body.id, poll.id);
}

describe('a repeat', () => {
  test('gets the poll as it is now', async () => {
    const body = new_body();
    const first = await create(body, 'k1', 201);
    const { body: poll } = first;
    assert.equal(first.headers['idempotent-replay'], undefined);
    assert.equal(first.headers.location, `/api/polls/${poll.id}`);
    const same = await create(body, 'k1', 200);
    check_replay(same, poll);
    assert.deepEqual(same.body, poll);

    await server.api.vote(token, poll.id, 1, { expect: 201 });
    const change = { description: 'Changed since.' };
    await server.api.patch(`/api/polls/${poll.id}`, { token, body: change, expect: 200 });
    const later = await create(body, 'k1', 200);
    check_replay(later, poll);
    assert.deepEqual([later.body.myVote, later.body.description], [1, change.description]);
    assert.deepEqual(await made(body), [poll.id]);
  });

  test('does so after kill -9, too', async () => {
    const body = new_body();
    const { body: poll } = await create(body, 'k2', 201);
    await server.kill();
    await server.start();
    check_replay(await create(body, 'k2', 200), poll);
    assert.deepEqual(await made(body), [poll.id]);
  });

  test('is safe where no answer came', async () => {
    const bodies = Array.from({ length: 40 }, () => new_body());
    const sent = bodies.map((body, i) => create(body, `lost${i}`, 'any').catch(() => null));
    await Promise.any(sent);
    await server.kill();
    await Promise.all(sent);
    await server.start();
    for (const [i, body] of bodies.entries()) {
      const { status, body: poll } = await create(body, `lost${i}`, 'any');
      assert.ok(status === 200 || status === 201);
      assert.deepEqual(await made(body), [poll.id]);
    }
  });

  test('asks for the same when it says so in other words', async () => {
    const body = new_body({ tags: ['c'] });
    const { body: poll } = await create(body, 'k3', 201);
    const { title, options } = body;
    const other = {
      tags: ['C', 'c'],
      description: null,
      options,
      title: ` ${title} `,
      more: 1,
    };
    check_replay(await create(other, 'k3', 200), poll);
  });

  test('is answered after closesAt, too', async () => {
    const { body, key, poll } = await ahead_of(1000, async (moment) => {
      const body = new_body({ closesAt: new Date(moment).toISOString() });
      const key = `k4 ${moment}`;
      return { body, key, poll: (await create(body, key, 201)).body };
    });
    const path = `/api/polls/${poll.id}`;
    await wait_until(async () => (await server.api.get(path)).body.status === 'closed');
    const late = await create(body, key, 200);
    check_replay(late, poll);
    assert.equal(late.body.status, 'closed');
  });

  test('20 of the same at once make one poll', async () => {
    const body = new_body();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => create(body, 'k5', 'any')),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [...Array(19).fill(200), 201]);
    assert.equal(new Set(answers.map((answer) => answer.body.id)).size, 1);
    assert.equal((await made(body)).length, 1);
  });

  test('may have its key in the body', async () => {
    const body = new_body();
    const { body: poll } = await create({ ...body, idempotencyKey: 'k6' }, undefined, 201);
    check_replay(await create(body, 'k6', 200), poll);
    check_replay(await create({ ...body, idempotencyKey: 'x' }, 'k6', 200), poll);
  });
});

describe('a key', () => {
  for (const [what, other] of [
    ['title', { title: 'Another' }],
    ['description', { description: 'Another' }],
    ['option', { options: ['a', 'c'] }],
    ['order of the options', { options: ['b', 'a'] }],
    ['tag', { tags: ['another'] }],
    ['opening', { opensAt: '2999-01-01T00:00:00Z' }],
    ['closing', { closesAt: '2999-01-01T00:00:00Z' }],
    ['visibility', { resultsVisibility: 'after_vote' }],
    ['rule who may vote', { voters: 'registered' }],
    ['rule about changes', { voteChange: true }],
  ]) {
    test(`with another ${what} is a conflict`, async () => {
      const body = new_body();
      await create(body, `other ${what}`, 201);
      await create({ ...body, ...other }, `other ${what}`, 'conflict');
      assert.equal((await made(body)).length, 1);
    });
  }

  test('is each user’s own', async () => {
    const body = new_body();
    const { body: mine } = await create(body, 'same', 201);
    const { token: other } = await server.api.register();
    const { body: theirs } = await create(body, 'same', 201, { token: other });
    assert.notEqual(mine.id, theirs.id);
    await create(body, 'another', 201);
    await create(body, undefined, 201);
    assert.equal((await made(body)).length, 4);
  });

  test('of a refused request is free', async () => {
    const past = in_ms(-1000);
    for (const wrong of [{ options: ['a'] }, { closesAt: past }]) {
      const key = `free ${Object.keys(wrong)}`;
      const refused = await create(new_body(wrong), key, 'invalid');
      assert.equal(refused.body.errors[0].field, Object.keys(wrong)[0]);
      await create(new_body(), key, 201);
    }
    const guest = (await server.api.guest()).token;
    await create(new_body(), 'free', 'forbidden', { token: guest });
    await create(new_body(), 'free', 201);
  });

  test('makes no second poll when the first was deleted', async () => {
    const body = new_body();
    const { body: poll } = await create(body, 'gone', 201);
    await server.api.delete(`/api/polls/${poll.id}`, { token, expect: 204 });
    const { body: refused } = await create(body, 'gone', 'conflict');
    assert.match(refused.detail, /deleted/);
    await server.kill();
    await server.start();
    await create(body, 'gone', 'conflict');
    assert.deepEqual(await made(body), []);
  });

  test('ends with its user', async () => {
    const { token: other } = await server.api.register();
    const body = new_body();
    const { body: poll } = await create(body, 'ends', 201, { token: other });
    const password = { password: 'correct horse' };
    await server.api.delete('/api/users/me', { token: other, body: password, expect: 204 });
    await create(body, 'ends', 'unauthorized', { token: other });
    assert.deepEqual(await made(body), [poll.id]);
  });

  for (const idempotencyKey of ['', 'x'.repeat(65), 'ä', 5, {}]) {
    test(`${JSON.stringify(idempotencyKey).slice(0, 30)} is refused`, async () => {
      const body = new_body({ idempotencyKey, options: [] });
      const { errors } = (await create(body, undefined, 'invalid')).body;
      const fields = errors.map(({ field }) => field);
      assert.deepEqual(fields.sort(), ['idempotencyKey', 'options']);
      await create({ ...body, options: ['a', 'b'] }, undefined, 'invalid');
      assert.deepEqual(await made(body), []);
    });
  }
});

test('what is stored of it is sound', async () => {
  await server.stop();
  await server.verify();
  await server.start();
});
