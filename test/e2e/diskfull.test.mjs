// A full or broken disk: only durable votes are acknowledged, refused ones are not
// counted, and when the disk works again so does the server, without a restart.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { check_results, votes_of } from './lib/api.mjs';
import { FaultyServer } from './lib/faulty.mjs';
import { open_ws } from './lib/live.mjs';
import { wait_until } from './lib/wait.mjs';

let server, token;
before(async () => {
  server = await new FaultyServer().start();
  ({ token } = await server.api.register());
});
after(async () => {
  server.heal();
  await server.end();
});

/** Votes of all of them; each has to get 201. */
const all_vote = (voters, poll) =>
  Promise.all(
    voters.map((voter, i) => server.api.vote(voter, poll.id, i % 3, { expect: 201 })),
  );

/** Votes of all of them, some again and again; each has to get 503. */
async function all_are_refused(voters, poll) {
  for (let i = 0; i < 3; i++) {
    const answers = await Promise.all(
      voters.map((voter, v) =>
        server.api.vote(voter, poll.id, v % 3, { key: `k${v}`, expect: 'any' }),
      ),
    );
    for (const { status, text, body } of answers) {
      assert.equal(status, 503, text);
      assert.ok(['unavailable', 'overloaded'].includes(body.code), text);
    }
  }
}

const works_again = (poll) =>
  wait_until(
    async () => {
      const { token: voter } = await server.api.guest();
      const { status } = await server.api.vote(voter, poll.id, 0, { expect: 'any' });
      assert.ok([201, 503].includes(status), String(status));
      return status === 201;
    },
    30_000,
    'votes to be taken again',
  );

const rules = [
  ['a full disk', 'pwrite ENOSPC'],
  ['a full disk, for the journal', 'pwrite ENOSPC .seg'],
  ['a disk that fills up within a write', 'short 20 .seg'],
  ['a sync that fails', 'fdatasync EIO'],
  ['a sync that fails, for the journal', 'fdatasync EIO .seg'],
];

for (const [why, rule] of rules) {
  describe(why, () => {
    test('refuses votes, still answers reads, and goes on by itself', async () => {
      const poll = await server.api.create_poll(token);
      const canary = await server.api.create_poll(token);
      const voters = await server.api.crowd(20);
      await all_vote(voters.slice(0, 9), poll);
      const good = await server.api.results(poll.id);
      const watcher = await open_ws(server, `/ws/polls/${poll.id}`);
      await watcher.next();

      server.fail(rule);
      await all_are_refused(voters.slice(9), poll);
      assert.deepEqual(await server.api.results(poll.id), good);
      assert.deepEqual((await server.api.get(`/api/polls/${poll.id}`)).body.results, good);
      const mine = (await server.api.get(`/api/polls/${poll.id}`, { token: voters[9] })).body;
      assert.equal(mine.myVote, null);
      assert.equal(watcher.newest().version, good.version, 'nothing of it was told');
      await server.api.get('/healthz', { expect: 200 });

      server.heal();
      await works_again(canary);
      await all_vote(voters.slice(9), poll);
      assert.deepEqual(check_results(await server.api.results(poll.id)), [7, 7, 6]);
      await watcher.next((m) => m.totalVotes === 20);
      await watcher.end();
      await server.restart();
      assert.deepEqual(votes_of(await server.api.results(poll.id)), [7, 7, 6]);
      await server.stop();
      await server.verify();
      await server.start();
    });

    test('and a crash in it brings nothing back that was refused', async () => {
      const poll = await server.api.create_poll(token);
      const voters = await server.api.crowd(20);
      await all_vote(voters.slice(0, 9), poll);
      server.fail(rule);
      await all_are_refused(voters.slice(9), poll);
      await server.kill();
      server.heal();
      await server.start();
      const counts = votes_of(await server.api.results(poll.id));
      assert.deepEqual(counts, [3, 3, 3]);
      await all_vote(voters.slice(9), poll);
      assert.deepEqual(votes_of(await server.api.results(poll.id)), [7, 7, 6]);
      await server.stop();
      await server.verify();
      await server.start();
    });
  });
}

describe('the database fails, the journal does not', () => {
  for (const rule of ['pwrite ENOSPC .db', 'fdatasync EIO .db']) {
    test(`${rule}: what is acknowledged is there afterwards`, async () => {
      const poll = await server.api.create_poll(token);
      const voters = await server.api.crowd(40);
      server.fail(rule);
      const answers = await Promise.all(
        voters.map((voter) => server.api.vote(voter, poll.id, 0, { expect: 'any' })),
      );
      for (const { status, text } of answers) assert.ok([201, 503].includes(status), text);
      const counted = answers.filter(({ status }) => status === 201).length;
      assert.equal((await server.api.results(poll.id)).totalVotes, counted);
      const body = { title: 'x', options: ['a', 'b'] };
      await server.api.post('/api/polls', { token, body, expect: 'unavailable' });
      await server.api.get(`/api/polls/${poll.id}`, { expect: 200 });
      server.heal();
      await wait_until(
        async () =>
          (await server.api.post('/api/polls', { token, body, expect: 'any' })).status === 201,
        30_000,
        'polls to be created again',
      );
      assert.equal((await server.api.results(poll.id)).totalVotes, counted);
      await server.restart();
      assert.equal((await server.api.results(poll.id)).totalVotes, counted);
    });
  }
});

describe('/readyz', () => {
  const wrong = [
    ['pwrite ENOSPC', ['disk', 'journal']],
    ['pwrite ENOSPC .seg', ['journal']],
    ['fdatasync EIO .seg', ['journal']],
    ['pwrite ENOSPC .db', ['projector']],
  ];
  for (const [rule, names] of wrong) {
    test(`${rule}: says what is not well, until it is, without a vote`, async () => {
      const poll = await server.api.create_poll(token);
      const voters = await server.api.crowd(2);
      const ready = await server.api.get('/readyz', { expect: 200 });
      server.fail(rule);
      await server.api.vote(voters[0], poll.id, 0, { expect: 'any' });
      await wait_until(
        async () => {
          const { body } = await server.api.get('/readyz', { expect: 'any' });
          return names.every((name) => body.checks[name] !== 'ok') && body.status === 503;
        },
        30_000,
        `${names} not to be well`,
      );
      server.heal();
      await wait_until(
        async () => (await server.api.get('/readyz', { expect: 'any' })).status === 200,
        30_000,
        'to be ready again',
      );
      assert.deepEqual((await server.api.get('/readyz')).body, ready.body);
      await server.api.vote(voters[1], poll.id, 0, { expect: 201 });
    });
  }
});

test('a disk that fails at the start: refused with a clear word, and all is there afterwards', async () => {
  const poll = await server.api.create_poll(token);
  const [voter] = await server.api.crowd(1);
  await server.api.vote(voter, poll.id, 1, { expect: 201 });
  await server.kill();
  server.fail('pwrite ENOSPC');
  assert.match(await server.refuses_to_start(), /start_failed.*(I\/O error|space)/);
  server.heal();
  await server.start();
  assert.equal((await server.api.results(poll.id)).options[1].votes, 1);
});
