// Results: true, versioned, and the same wherever they are read.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { check_results } from './lib/api.mjs';
import { with_server } from './lib/server.mjs';
import { ahead_of, LIMIT_MS, wait_until } from './lib/wait.mjs';

let token;
const server = with_server({}, async () => ({ token } = await server.api.register()));

const new_poll = (over) => server.api.create_poll(token, over);
const path_of = (poll) => `/api/polls/${poll.id}/results`;

test('results are as the contract says', async () => {
  const poll = await new_poll();
  const voters = await server.api.crowd(33);
  for (const [i, voter] of voters.entries()) {
    await server.api.vote(voter, poll.id, i < 20 ? 0 : 1, { expect: 201 });
  }
  const { version, ...rest } = await server.api.results(poll.id);
  assert.ok(version > 33);
  assert.deepEqual(rest, {
    pollId: poll.id,
    status: 'open',
    totalVotes: 33,
    options: [
      { index: 0, votes: 20, percent: 60.6 },
      { index: 1, votes: 13, percent: 39.4 },
      { index: 2, votes: 0, percent: 0 },
    ],
  });
});

test('the version grows with every vote, and two answers with one version are the same', async () => {
  const poll = await new_poll();
  const seen = new Map();
  const look = async () => {
    const results = await server.api.results(poll.id);
    check_results(results);
    const text = JSON.stringify(results);
    assert.equal(seen.get(results.version) ?? text, text);
    seen.set(results.version, text);
    return results.version;
  };
  let last = await look();
  for (const voter of await server.api.crowd(30)) {
    await server.api.vote(voter, poll.id, 1, { expect: 201 });
    const version = await look();
    assert.ok(version > last);
    assert.equal(await look(), version, 'nothing happened');
    last = version;
  }
});

test('never goes back while others vote', async () => {
  const poll = await new_poll();
  const voters = await server.api.crowd(200);
  const seen = new Map();
  let done = false;
  const readers = Array.from({ length: 8 }, async () => {
    let last = 0;
    while (!done) {
      const results = await server.api.results(poll.id);
      check_results(results);
      assert.ok(results.version >= last, `${results.version} after ${last}`);
      last = results.version;
      const text = JSON.stringify(results);
      assert.equal(seen.get(last) ?? text, text);
      seen.set(last, text);
    }
  });
  await Promise.all(voters.map((voter, i) => server.api.vote(voter, poll.id, i % 3)));
  done = true;
  await Promise.all(readers);
  assert.equal((await server.api.results(poll.id)).totalVotes, 200);
});

test('a voter sees their own vote at once, over many polls', async () => {
  const polls = [];
  for (let i = 0; i < 50; i++) polls.push(await new_poll());
  const voters = (await server.api.crowd(4)).values();
  await Promise.all(
    Array.from({ length: 4 }, async (_, v) => {
      const voter = voters.next().value;
      for (const poll of polls) {
        const { body } = await server.api.vote(voter, poll.id, v % 3, { expect: 201 });
        const results = await server.api.results(poll.id, { token: voter });
        assert.ok(results.version >= body.results.version);
        assert.ok(results.options[v % 3].votes >= 1);
        const mine = (await server.api.get(`/api/polls/${poll.id}`, { token: voter })).body;
        assert.equal(mine.myVote, v % 3);
        assert.ok(mine.results.totalVotes >= results.totalVotes);
      }
    }),
  );
});

describe('ETag', () => {
  test('304 while nothing changed, and 200 after a vote', async () => {
    const poll = await new_poll();
    const first = await server.api.get(path_of(poll), { expect: 200 });
    const { etag } = first.headers;
    assert.match(etag, /^"[^"]+"$/);
    assert.match(first.headers['cache-control'] ?? '', /no-cache|max-age=0|private/);
    const again = (value, expect) =>
      server.api.get(path_of(poll), { headers: { 'if-none-match': value }, expect });
    for (const value of [etag, `W/${etag}`, `"x", ${etag}`, `"x",${etag}`, '*']) {
      const unchanged = await again(value, 304);
      assert.equal(unchanged.headers.etag, etag);
    }
    for (const value of ['"x"', etag.slice(1, -1), `"x${etag.slice(1)}`])
      await again(value, 200);
    const [voter] = await server.api.crowd(1);
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    const changed = await again(etag, 200);
    assert.notEqual(changed.headers.etag, etag);
  });
  test('differs between polls', async () => {
    const [one, other] = [await new_poll(), await new_poll()];
    const etag = async (poll) => (await server.api.get(path_of(poll))).headers.etag;
    assert.notEqual(await etag(one), await etag(other));
  });
  test('stays the same over a restart', async () => {
    const poll = await new_poll();
    const [voter] = await server.api.crowd(1);
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    const first = await server.api.get(path_of(poll));
    await server.restart();
    const again = await server.api.get(path_of(poll));
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.etag, first.headers.etag);
  });
});

describe('who may see them', () => {
  const forbidden = (poll, call) =>
    server.api.get(path_of(poll), { ...call, expect: 'forbidden' });
  const in_poll = async (poll, call) =>
    (await server.api.get(`/api/polls/${poll.id}`, { ...call, expect: 200 })).body.results;

  test('after_vote: whoever voted, and the owner', async () => {
    const poll = await new_poll({ resultsVisibility: 'after_vote' });
    const [voter, skipper, watcher] = await server.api.crowd(3);
    for (const call of [{}, { token: voter }]) {
      await forbidden(poll, call);
      assert.equal(await in_poll(poll, call), null);
    }
    const { body } = await server.api.vote(voter, poll.id, 0, { expect: 201 });
    assert.equal(body.results.totalVotes, 1);
    assert.equal((await server.api.results(poll.id, { token: voter })).totalVotes, 1);
    assert.equal((await in_poll(poll, { token: voter })).totalVotes, 1);
    await server.api.post(`/api/polls/${poll.id}/skip`, { token: skipper, expect: 204 });
    await forbidden(poll, { token: watcher });
    await forbidden(poll);
    assert.equal((await server.api.results(poll.id, { token })).totalVotes, 1);
  });
  test('after_close: everybody, but not before; the owner always', async () => {
    const poll = await new_poll({ resultsVisibility: 'after_close' });
    const [voter] = await server.api.crowd(1);
    const { body } = await server.api.vote(voter, poll.id, 0, { expect: 201 });
    assert.equal(body.results, null);
    await forbidden(poll, { token: voter });
    assert.equal(await in_poll(poll, { token: voter }), null);
    assert.equal((await server.api.results(poll.id, { token })).totalVotes, 1);
    await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 });
    assert.equal((await server.api.results(poll.id)).totalVotes, 1);
    assert.equal((await in_poll(poll, {})).totalVotes, 1);
  });
  test('after_close: by closesAt, without anybody closing it', async () => {
    const { poll, closes } = await ahead_of(1000, async (closes) => {
      const closesAt = new Date(closes).toISOString();
      const poll = await new_poll({ resultsVisibility: 'after_close', closesAt });
      await forbidden(poll);
      return { poll, closes };
    });
    await wait_until(() => Date.now() >= closes, LIMIT_MS, 'closing time');
    assert.equal((await server.api.results(poll.id)).status, 'closed');
  });
  test('a list hides what a poll hides', async () => {
    await new_poll({ resultsVisibility: 'after_vote', tags: ['hiding'] });
    const { items } = (await server.api.get('/api/polls?tag=hiding', { expect: 200 })).body;
    assert.deepEqual(
      items.map((item) => item.results),
      [null],
    );
  });
  test('not even an ETag tells that somebody voted', async () => {
    const poll = await new_poll({ resultsVisibility: 'after_vote' });
    const headers = { 'if-none-match': '*' };
    const { headers: answer } = await server.api.get(path_of(poll), { headers, expect: 403 });
    assert.equal(answer.etag, undefined);
  });
});
