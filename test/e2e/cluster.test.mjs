// Two processes on one PostgreSQL: whoever was answered by one finds it at the other, at
// once, also when it is killed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { open_sse, open_ws } from './lib/live.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Server } from './lib/server.mjs';

const ROUNDS = 40;
const ASKS = Number(process.env.CLUSTER_ASKS ?? 600);
const CLIENTS = 12;

let postgres;
let servers;
let token;

before(async () => {
  postgres = await Postgres.start();
  const dsn = await postgres.create('pollux');
  const opts = { dsn, config: { profile: 'cluster' } };
  servers = await Promise.all([Server.start(opts), Server.start(opts)]);
  ({ token } = await servers[0].api.register());
});

after(async () => {
  await Promise.all((servers ?? []).map((server) => server.end()));
  await postgres?.stop();
});

/** The two, each time the other way round. */
const turn = (i) => (i % 2 === 0 ? servers : servers.toReversed());

describe('what one has answered the other knows at once:', () => {
  test('polls that were made, edited, closed and deleted', async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const [here, there] = turn(i);
      const { id } = await here.api.create_poll(token, { title: `Number ${i}?` });
      const path = `/api/polls/${id}`;
      assert.equal((await there.api.get(path)).body.title, `Number ${i}?`);
      await there.api.patch(path, { token, body: { title: 'Another?', options: ['a', 'b'] } });
      const edited = (await here.api.get(path)).body;
      assert.deepEqual([edited.title, edited.options.length], ['Another?', 2]);
      await here.api.post(`${path}/close`, { token });
      assert.equal((await there.api.get(path)).body.status, 'closed');
      await there.api.delete(path, { token, expect: 204 });
      await here.api.get(path, { expect: 'not_found' });
    }
  });

  test('votes, for their voter and for everybody, and what is left in the feed', async () => {
    const poll = await servers[0].api.create_poll(token);
    for (let i = 0; i < ROUNDS; i++) {
      const [here, there] = turn(i);
      const voter = (await here.api.guest()).token;
      const is_offered = async (server) =>
        (await server.api.get('/api/polls', { token: voter })).body.items.some(
          ({ id }) => id === poll.id,
        );
      assert.ok(await is_offered(there));
      const { results } = (await here.api.vote(voter, poll.id, i % 3, { expect: 201 })).body;
      const seen = (await there.api.get(`/api/polls/${poll.id}`, { token: voter })).body;
      assert.equal(seen.myVote, i % 3);
      assert.deepEqual(await there.api.results(poll.id), results);
      assert.equal(results.totalVotes, i + 1);
      await there.api.vote(voter, poll.id, 0, { expect: 'already_voted' });
      assert.ok(!(await is_offered(there)));
    }
    const [row] = await postgres.rows(
      'pollux',
      `SELECT count(*), (SELECT total FROM results WHERE poll_id = ${poll.id})
       FROM ballots WHERE poll_id = ${poll.id} AND kind = 'vote'`,
    );
    assert.equal(row, `${ROUNDS}|${ROUNDS}`);
  });

  test('a new password, which ends the tokens of before', async () => {
    const [here, there] = servers;
    const password = 'another horse';
    const { user, token: old } = await here.api.register();
    await there.api.get('/api/users/me', { token: old });
    const body = { currentPassword: 'correct horse', password };
    await there.api.patch('/api/users/me', { token: old, body });
    await here.api.get('/api/users/me', { token: old, expect: 'unauthorized' });
    await here.api.post('/api/auth/login', { body: { email: user.email, password } });
  });

  test('an owner’s new name, and that an owner is gone', async () => {
    const [here, there] = servers;
    const { token: owner } = await here.api.register();
    const { id } = await here.api.create_poll(owner);
    const name_at = async (server) => (await server.api.get(`/api/polls/${id}`)).body.owner;
    const username = `n${id}x${process.pid}`;
    const body = { username, currentPassword: 'correct horse' };
    await there.api.patch('/api/users/me', { token: owner, body });
    assert.equal((await name_at(here)).username, username);
    await there.api.delete('/api/users/me', {
      token: owner,
      body: { password: 'correct horse' },
    });
    assert.equal(await name_at(here), null);
    await here.api.get('/api/users/me', { token: owner, expect: 'unauthorized' });
  });
});

/** One client: acts at one process, and asks the other at once. */
async function acts_and_asks(polls, left) {
  let voter = (await servers[0].api.guest()).token;
  for (let i = 0; left.asks > 0; i++) {
    if (i % polls.length === 0) voter = (await servers[0].api.guest()).token;
    const [here, there] = turn(i);
    const poll = polls[i % polls.length];
    const { results } = (await here.api.vote(voter, poll, i % 3, { expect: 201 })).body;
    const seen = (await there.api.get(`/api/polls/${poll}`, { token: voter })).body;
    assert.equal(seen.myVote, i % 3);
    assert.ok(seen.results.version >= results.version);
    const option = (i + 1) % 3;
    await there.api.put(`/api/polls/${poll}/vote`, {
      token: voter,
      body: { optionIndex: option },
    });
    const moved = (await here.api.get(`/api/polls/${poll}`, { token: voter })).body;
    assert.equal(moved.myVote, option);
    const { items } = (await here.api.get('/api/polls?limit=100', { token: voter })).body;
    assert.ok(!items.some(({ id }) => id === poll));
    left.asks -= 3;
  }
}

test(`${ASKS} questions to the other, under load, are all answered as acted`, async (t) => {
  const make = () => servers[0].api.create_poll(token, { voteChange: true });
  const polls = (await Promise.all(Array.from({ length: 20 }, make))).map(({ id }) => id);
  const left = { asks: ASKS };
  await Promise.all(Array.from({ length: CLIENTS }, () => acts_and_asks(polls, left)));
  for (const poll of polls) {
    const results = await servers[0].api.results(poll);
    assert.deepEqual(await servers[1].api.results(poll), results);
  }
  t.diagnostic(`${ASKS - left.asks} questions by ${CLIENTS} clients at once`);
});

test('who follows at one sees the votes at the other, by both protocols', async () => {
  const [here, there] = servers;
  const poll = await here.api.create_poll(token);
  const ws = await open_ws(there, `/ws/polls/${poll.id}`);
  const sse = await open_sse(there, `/api/polls/${poll.id}/live`);
  for (let i = 1; i <= 10; i++) {
    const voter = (await here.api.guest()).token;
    const { results } = (await here.api.vote(voter, poll.id, i % 3, { expect: 201 })).body;
    for (const feed of [ws, sse]) {
      const seen = await feed.next((message) => message.version >= results.version);
      assert.deepEqual(seen.options, results.options);
    }
  }
  await ws.end();
  await sse.end();
});

test('one poll and one user’s day are one, whoever is asked at once', async () => {
  const [here, there] = servers;
  const poll = await here.api.create_poll(token);
  const voter = (await here.api.guest()).token;
  const both = Array.from({ length: 32 }, (_, i) => turn(i)[0]);
  const answers = await Promise.all(
    both.map((server) => server.api.vote(voter, poll.id, 0, { expect: 'any' })),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal((await there.api.results(poll.id)).totalVotes, 1);
});

test('a killed process takes nothing with it', async () => {
  const [here, there] = servers;
  const poll = await here.api.create_poll(token);
  const voters = await here.api.crowd(50);
  const votes = voters.map((voter, i) =>
    here.api.vote(voter, poll.id, i % 3, { expect: 'any' }).then(
      ({ status }) => status,
      () => 0,
    ),
  );
  await Promise.race(votes);
  await here.kill();
  const acknowledged = (await Promise.all(votes)).filter((status) => status === 201).length;
  const { totalVotes } = await there.api.results(poll.id);
  assert.ok(totalVotes >= acknowledged, `${totalVotes} of ${acknowledged} acknowledged`);
  await here.start();
  assert.equal((await here.api.results(poll.id)).totalVotes, totalVotes);
});
