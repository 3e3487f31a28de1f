// Results over time, for spreadsheets, and what a user has done.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { check_results, check_time, votes_of } from './lib/api.mjs';
import { Server } from './lib/server.mjs';
import { ahead_of } from './lib/wait.mjs';

let server, owner, voter;
before(async () => {
  server = await Server.start({ config: { 'limits.votes_per_day': 0 } });
  owner = (await server.api.register()).token;
  voter = (await server.api.guest()).token;
});
after(async () => {
  await server.stop();
  await server.verify();
  server.remove();
});

const in_ms = (ms) => new Date(Date.now() + ms).toISOString();
const get = async (path, call = {}) => (await server.api.get(path, call)).body;
const stats_of = (id, query = '', call = {}) => get(`/api/polls/${id}/stats${query}`, call);

describe('GET /api/polls/{id}/stats', () => {
  test('of a poll without votes', async () => {
    const poll = await server.api.create_poll(owner);
    const { timeline, firstVoteAt, lastVoteAt, skips, ...rest } = await stats_of(poll.id);
    assert.deepEqual(
      { timeline, firstVoteAt, lastVoteAt, skips },
      {
        timeline: [],
        firstVoteAt: null,
        lastVoteAt: null,
        skips: 0,
      },
    );
    assert.deepEqual(rest, poll.results);
  });
  test('are the results and when the votes came, at once', async () => {
    const poll = await server.api.create_poll(owner);
    const voters = await server.api.crowd(10);
    for (const [i, token] of voters.entries()) {
      await (i % 5 === 4
        ? server.api.post(`/api/polls/${poll.id}/skip`, { token })
        : server.api.vote(token, poll.id, i % 3));
      const { timeline, firstVoteAt, lastVoteAt, skips, ...results } = await stats_of(poll.id);
      check_results(results);
      assert.deepEqual(results, await server.api.results(poll.id));
      assert.equal(skips, Math.floor((i + 1) / 5));
      const sums = results.options.map((_, k) => timeline.reduce((n, t) => n + t.votes[k], 0));
      assert.deepEqual(sums, votes_of(results));
      assert.ok(check_time(firstVoteAt) <= check_time(lastVoteAt));
      for (const { start } of timeline) assert.equal(check_time(start) % 3_600_000, 0);
    }
  });
  test('their totals agree with the results of their version, while everybody votes', async () => {
    const poll = await server.api.create_poll(owner);
    const voters = await server.api.crowd(300);
    const said = new Map();
    let done = false;
    const looking = (async () => {
      while (!done) {
        for (const results of await Promise.all([
          stats_of(poll.id),
          server.api.results(poll.id),
        ])) {
          const counts = JSON.stringify(votes_of(results));
          if (results.timeline !== undefined) {
            const sums = results.options.map((_, k) =>
              results.timeline.reduce((n, t) => n + t.votes[k], 0),
            );
            assert.deepEqual(sums, votes_of(results));
          }
          assert.equal(said.get(results.version) ?? counts, counts);
          said.set(results.version, counts);
        }
      }
    })();
    await Promise.all(voters.map((token, i) => server.api.vote(token, poll.id, i % 3)));
    await server.api.post(`/api/polls/${poll.id}/close`, { token: owner });
    done = true;
    await looking;
    const last = await stats_of(poll.id);
    assert.equal(last.totalVotes, 300);
    assert.equal(last.status, 'closed');
    assert.equal(last.version, (await server.api.results(poll.id)).version);
  });
  test('buckets are minutes, hours or days', async () => {
    const poll = await server.api.create_poll(owner);
    await server.api.vote(voter, poll.id, 0);
    for (const [bucket, ms] of [
      ['minute', 60_000],
      ['hour', 3_600_000],
      ['day', 86_400_000],
    ]) {
      const { timeline, firstVoteAt } = await stats_of(poll.id, `?bucket=${bucket}`);
      assert.equal(timeline.length, 1);
      const start = Math.floor(Date.parse(firstVoteAt) / ms) * ms;
      assert.deepEqual(timeline, [{ start: new Date(start).toISOString(), votes: [1, 0, 0] }]);
    }
    for (const bucket of ['', 'week', 'HOUR', '5']) {
      await stats_of(poll.id, `?bucket=${bucket}`, { expect: 'bad_request' });
    }
  });
  test('are for whom the results are', async () => {
    const poll = await server.api.create_poll(owner, { resultsVisibility: 'after_vote' });
    await stats_of(poll.id, '', { expect: 'forbidden' });
    await stats_of(poll.id, '', { token: voter, expect: 'forbidden' });
    await stats_of(poll.id, '', { token: owner, expect: 200 });
    await server.api.vote(voter, poll.id, 0);
    await stats_of(poll.id, '', { token: voter, expect: 200 });
    await stats_of(999_999, '', { expect: 'not_found' });
  });
  test('of scheduled and closed polls have the version of their results', async () => {
    const scheduled = await server.api.create_poll(owner, { opensAt: in_ms(3_600_000) });
    const brief = await ahead_of(1000, (opens) =>
      server.api.create_poll(owner, {
        opensAt: new Date(opens).toISOString(),
        closesAt: new Date(opens + 100).toISOString(),
      }),
    );
    for (const poll of [scheduled, brief]) {
      let status;
      for (let i = 0; i < 10 || (poll.closesAt && status !== 'closed'); i++) {
        let version;
        ({ version, status } = await stats_of(poll.id));
        const results = await server.api.results(poll.id);
        if (results.status === status) assert.equal(results.version, version);
        else assert.ok(results.version > version);
      }
    }
  });
});

describe('GET /api/polls/{id}/results.csv', () => {
  test("is the owner's, and no formula", async () => {
    const options = ['=1+1', '+1', '-1', '@x', 'plain', 'a "quoted", one', 'a;=1+1;b', '＝1'];
    const poll = await server.api.create_poll(owner, { options });
    await server.api.vote(voter, poll.id, 0);
    const path = `/api/polls/${poll.id}/results.csv`;
    const answer = await server.api.get(path, { token: owner, expect: 200 });
    assert.match(answer.headers['content-type'], /^text\/csv/);
    const of_poll = `,${poll.id},"${poll.title}","open","${poll.createdAt}","",""`;
    assert.match(answer.headers['content-disposition'], /^attachment; filename=".*\.csv"$/);
    assert.deepEqual(answer.text.split('\r\n'), [
      '"index","text","votes","percent","pollId","question","status","createdAt","opensAt","closesAt"',
      `0,"'=1+1",1,100${of_poll}`,
      `1,"'+1",0,0${of_poll}`,
      `2,"'-1",0,0${of_poll}`,
      `3,"'@x",0,0${of_poll}`,
      `4,"plain",0,0${of_poll}`,
      `5,"a ""quoted"", one",0,0${of_poll}`,
      `6,"a;'=1+1;b",0,0${of_poll}`,
      `7,"'＝1",0,0${of_poll}`,
      '',
    ]);
    const other = (await server.api.register()).token;
    await server.api.get(path, { token: other, expect: 'forbidden' });
    await server.api.get(path, { token: voter, expect: 'forbidden' });
    await server.api.get(path, { expect: 'unauthorized' });
    await server.api.get('/api/polls/999999/results.csv', {
      token: owner,
      expect: 'not_found',
    });
  });
});

describe('GET /api/users/me/votes', () => {
  test('has the newest first, at once, page by page', async () => {
    const { token } = await server.api.register();
    const polls = [];
    for (let i = 0; i < 12; i++) {
      const poll = await server.api.create_poll(owner, { title: `Poll ${i}` });
      polls.unshift(poll);
      await server.api.vote(token, poll.id, i % 3);
      const newest = (await get('/api/users/me/votes?limit=1', { token })).items[0];
      const { votedAt, ...rest } = newest;
      check_time(votedAt);
      assert.deepEqual(rest, { poll: { id: poll.id, title: `Poll ${i}` }, optionIndex: i % 3 });
    }
    for (const limit of [1, 5, 12, 100]) {
      const met = [];
      let cursor = '';
      do {
        const page = await get(`/api/users/me/votes?limit=${limit}${cursor}`, { token });
        met.push(...page.items.map((item) => item.poll.id));
        cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
      } while (cursor !== '');
      assert.deepEqual(
        met,
        polls.map((poll) => poll.id),
      );
    }
    assert.equal((await get('/api/users/me/votes', { token })).items.length, 10);
  });
  test('Link leads to the end', async () => {
    const { token } = await server.api.register();
    const polls = [];
    for (let i = 0; i < 5; i++) {
      polls.unshift((await server.api.create_poll(owner)).id);
      await server.api.vote(token, polls[0], 0);
    }
    const met = [];
    let next = '/api/users/me/votes?limit=2';
    while (next !== undefined && met.length <= polls.length) {
      const { headers, body } = await server.api.get(next, { token, expect: 200 });
      met.push(...body.items.map((item) => item.poll.id));
      next = /^<(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
      const cursor = body.nextCursor ?? undefined;
      assert.equal(next, cursor && `/api/users/me/votes?limit=2&cursor=${cursor}`);
    }
    assert.deepEqual(met, polls);
  });
  test('knows of moves, withdrawals, skips and deleted polls', async () => {
    const { token } = await server.api.register();
    const votes = async () =>
      (await get('/api/users/me/votes', { token })).items.map((v) => [
        v.poll.id,
        v.optionIndex,
      ]);
    const a = (await server.api.create_poll(owner, { voteChange: true })).id;
    const b = (await server.api.create_poll(owner, { voteChange: true })).id;
    assert.deepEqual(await votes(), []);
    await server.api.vote(token, a, 0);
    await server.api.put(`/api/polls/${a}/vote`, { token, body: { optionIndex: 2 } });
    assert.deepEqual(await votes(), [[a, 2]]);
    await server.api.vote(token, b, 1);
    assert.deepEqual(await votes(), [
      [b, 1],
      [a, 2],
    ]);
    await server.api.delete(`/api/polls/${b}/vote`, { token });
    await server.api.post(`/api/polls/${b}/skip`, { token });
    assert.deepEqual(await votes(), [[a, 2]]);
    await server.kill();
    await server.start();
    assert.deepEqual(await votes(), [[a, 2]]);
    await server.api.delete(`/api/polls/${a}`, { token: owner });
    assert.deepEqual(await votes(), []);
  });
  test('what cannot be read is refused', async () => {
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=x',
      'cursor=x',
      'cursor=1',
      'cursor=.',
    ]) {
      await get(`/api/users/me/votes?${query}`, { token: voter, expect: 'bad_request' });
    }
    await get('/api/users/me/votes', { expect: 'unauthorized' });
  });
});

describe('GET /api/users/me/export', () => {
  test('has everything, and nothing secret', async () => {
    const { user, token } = await server.api.register();
    const own = await server.api.create_poll(token, { title: 'Own' });
    const voted = await server.api.create_poll(owner, { title: 'Voted' });
    const skipped = await server.api.create_poll(owner, { title: 'Skipped' });
    await server.api.vote(token, own.id, 1);
    await server.api.vote(token, voted.id, 2);
    await server.api.post(`/api/polls/${skipped.id}/skip`, { token });
    const gone = await server.api.create_poll(owner, { title: 'Gone', voteChange: true });
    const first = await server.api.vote(token, gone.id, 2, { key: 'k' });
    await server.api.delete(`/api/polls/${gone.id}/vote`, { token });
    const answer = await server.api.get('/api/users/me/export', { token, expect: 200 });
    const { exportedAt, account, votes, withdrawnVotes, skips, polls } = answer.body;
    check_time(exportedAt);
    check_time(account.createdAt);
    assert.deepEqual(account, {
      id: user.id,
      username: user.username,
      email: user.email,
      kind: 'user',
      createdAt: account.createdAt,
    });
    assert.deepEqual(
      votes.map((vote) => [vote.poll, vote.optionIndex]),
      [
        [{ id: voted.id, title: 'Voted' }, 2],
        [{ id: own.id, title: 'Own' }, 1],
      ],
    );
    assert.deepEqual(withdrawnVotes, [
      { poll: { id: gone.id, title: 'Gone' }, optionIndex: 2, votedAt: first.body.votedAt },
    ]);
    assert.deepEqual(
      skips.map((skip) => skip.poll),
      [{ id: skipped.id, title: 'Skipped' }],
    );
    for (const { votedAt, skippedAt } of [...votes, ...skips]) check_time(votedAt ?? skippedAt);
    assert.deepEqual(polls, [await get(`/api/polls/${own.id}`, { token })]);
    assert.ok(!answer.text.includes('argon2'));
  });
  test("is a guest's too, and nobody else's", async () => {
    const { user, token } = await server.api.guest();
    const { account, votes, withdrawnVotes, skips, polls } = await get('/api/users/me/export', {
      token,
    });
    assert.deepEqual(
      [account.id, account.kind, votes, withdrawnVotes, skips, polls],
      [user.id, 'guest', [], [], [], []],
    );
    await get('/api/users/me/export', { expect: 'unauthorized' });
  });
});
