// Voting: what is counted, what is refused, and that nothing is counted twice.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { check_results, check_time, votes_of } from './lib/api.mjs';
import { with_server } from './lib/server.mjs';
import { ahead_of, LIMIT_MS, wait_until, within_a_day } from './lib/wait.mjs';

let token;
const server = with_server({}, async () => ({ token } = await server.api.register()));
const in_ms = (ms) => new Date(Date.now() + ms).toISOString();

const guest = async () => (await server.api.guest()).token;
const new_poll = (over) => server.api.create_poll(token, over);
const counts = async (poll) => check_results(await server.api.results(poll.id));

describe('a vote', () => {
  test('answers 201 with what it did', async () => {
    const poll = await new_poll();
    const { body } = await server.api.vote(await guest(), poll.id, 1, { expect: 201 });
    assert.equal(body.pollId, poll.id);
    assert.equal(body.optionIndex, 1);
    assert.ok(Math.abs(check_time(body.votedAt) - Date.now()) < 60_000);
    assert.equal(body.votesLeftToday, 99);
    assert.deepEqual(check_results(body.results), [0, 1, 0]);
    assert.deepEqual(body.results, await server.api.results(poll.id));
  });
  test('may name the poll in the body', async () => {
    const poll = await new_poll();
    const { body } = await server.api.post('/api/votes', {
      token: await guest(),
      body: { pollId: poll.id, optionIndex: 2 },
      expect: 201,
    });
    assert.equal(body.pollId, poll.id);
    assert.deepEqual(await counts(poll), [0, 0, 1]);
  });
  test('is the token’s, whatever the body says', async () => {
    const poll = await new_poll();
    const [one, other] = await Promise.all([server.api.guest(), server.api.guest()]);
    const body = { optionIndex: 0, userId: other.user.id };
    await server.api.post(`/api/polls/${poll.id}/vote`, {
      token: one.token,
      body,
      expect: 201,
    });
    await server.api.vote(other.token, poll.id, 1, { expect: 201 });
    await server.api.vote(one.token, poll.id, 1, { expect: 'already_voted' });
    assert.deepEqual(await counts(poll), [1, 1, 0]);
  });
  test('is seen by its voter at once', async () => {
    const voter = await guest();
    const poll = await new_poll();
    await server.api.vote(voter, poll.id, 1, { expect: 201 });
    const mine = (await server.api.get(`/api/polls/${poll.id}`, { token: voter })).body;
    assert.equal(mine.myVote, 1);
    assert.equal(mine.results.totalVotes, 1);
  });
});

describe('is refused', () => {
  test('the second time', async () => {
    const poll = await new_poll();
    const voter = await guest();
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    for (const option of [0, 1]) {
      await server.api.vote(voter, poll.id, option, { expect: 'already_voted' });
    }
    assert.deepEqual(await counts(poll), [1, 0, 0]);
  });
  test('after a skip', async () => {
    const poll = await new_poll();
    const voter = await guest();
    await server.api.post(`/api/polls/${poll.id}/skip`, { token: voter, expect: 204 });
    await server.api.vote(voter, poll.id, 0, { expect: 'already_skipped' });
    assert.deepEqual(await counts(poll), [0, 0, 0]);
  });

  const options = [
    [3, 'unknown_option'],
    [-1, 'unknown_option'],
    [100, 'unknown_option'],
    [2 ** 32, 'unknown_option'],
    [256, 'unknown_option'],
    [-(2 ** 40), 'unknown_option'],
    [2 ** 63, 'unknown_option'],
    [2 ** 64, 'unknown_option'],
    [-(2 ** 65), 'unknown_option'],
    [1e300, 'unknown_option'],
    ['1', 'invalid'],
    [1.5, 'invalid'],
    [null, 'invalid'],
    [undefined, 'invalid'],
    [true, 'invalid'],
    [[0], 'invalid'],
  ];
  for (const [option, code] of options) {
    test(`for option ${JSON.stringify(option)}: ${code}`, async () => {
      const poll = await new_poll();
      const { body } = await server.api.vote(await guest(), poll.id, option, { expect: code });
      const fault = option == null ? 'required' : 'wrong_type';
      assert.equal(body.errors?.[0].code, code === 'invalid' ? fault : undefined);
      assert.deepEqual(await counts(poll), [0, 0, 0]);
    });
  }
  test('on a poll that does not exist', async () => {
    const voter = await guest();
    await server.api.vote(voter, 999_999, 0, { expect: 'not_found' });
    const body = { pollId: 999_999, optionIndex: 0 };
    await server.api.post('/api/votes', { token: voter, body, expect: 'not_found' });
  });
  test('on a poll whose number is beyond all, also where the option is good', async () => {
    for (const pollId of [2 ** 32 + 1, 2 ** 64, -(2 ** 64)]) {
      const body = { pollId, optionIndex: 0 };
      await server.api.post('/api/votes', { token: await guest(), body, expect: 'not_found' });
    }
  });
  for (const pollId of [undefined, null, '1', 1.5, {}]) {
    test(`for pollId ${JSON.stringify(pollId)}`, async () => {
      const body = { pollId, optionIndex: 0 };
      const answer = await server.api.post('/api/votes', {
        token: await guest(),
        body,
        expect: 'invalid',
      });
      assert.deepEqual(
        answer.body.errors.map((error) => [error.field, error.code]),
        [['pollId', pollId == null ? 'required' : 'wrong_type']],
      );
    });
  }
  test('on a closed poll', async () => {
    const poll = await new_poll();
    await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 });
    await server.api.vote(await guest(), poll.id, 0, { expect: 'poll_closed' });
  });
  test('from closesAt on, to the millisecond of the server', async () => {
    const voters = await server.api.crowd(3);
    const { poll, closes } = await ahead_of(1000, async (closes) => {
      const poll = await new_poll({ closesAt: new Date(closes).toISOString() });
      await server.api.vote(voters[0], poll.id, 0, { expect: 201 });
      return { poll, closes };
    });
    await wait_until(() => Date.now() >= closes, LIMIT_MS, 'closing time');
    await server.api.vote(voters[1], poll.id, 0, { expect: 'poll_closed' });
    await server.api.post(`/api/polls/${poll.id}/skip`, {
      token: voters[2],
      expect: 'poll_closed',
    });
    const results = await server.api.results(poll.id);
    assert.equal(results.status, 'closed');
    assert.equal(results.totalVotes, 1);
  });
  test('before opensAt, with the time to wait; and counted from then on', async () => {
    const voter = await guest();
    const { poll, opens } = await ahead_of(1000, async (opens) => {
      const poll = await new_poll({ opensAt: new Date(opens).toISOString() });
      assert.equal(poll.status, 'scheduled');
      const left_s = () => Math.ceil((opens - Date.now()) / 1000);
      const most = left_s();
      const { headers } = await server.api.vote(voter, poll.id, 0, { expect: 'poll_not_open' });
      const wait = Number(headers['retry-after']);
      assert.ok(wait >= left_s() && wait <= most, `${wait}, not ${left_s()} to ${most}`);
      return { poll, opens };
    });
    await wait_until(() => Date.now() >= opens, LIMIT_MS, 'opening time');
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    assert.equal((await server.api.results(poll.id)).status, 'open');
  });
  test('for a far opening time Retry-After says how far', async () => {
    const poll = await new_poll({ opensAt: in_ms(3_600_000) });
    const { headers } = await server.api.vote(await guest(), poll.id, 0, {
      expect: 'poll_not_open',
    });
    const after_s = Number(headers['retry-after']);
    assert.ok(after_s > 3500 && after_s <= 3601, headers['retry-after']);
  });
  test('to guests where voters are registered', async () => {
    const poll = await new_poll({ voters: 'registered' });
    const visitor = await guest();
    await server.api.vote(visitor, poll.id, 0, { expect: 'forbidden' });
    const user = await server.api.register();
    await server.api.vote(user.token, poll.id, 0, { expect: 201 });
    assert.deepEqual(await counts(poll), [1, 0, 0]);
  });
  test('to nobody', async () => {
    const poll = await new_poll();
    await server.api.vote(undefined, poll.id, 0, { expect: 'unauthorized' });
  });
});

describe('many at the same instant', () => {
  test('50 votes of one user count once', async () => {
    const poll = await new_poll();
    const voter = await guest();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        server.api.vote(voter, poll.id, i % 3, { expect: 'any' }),
      ),
    );
    const codes = answers.map(({ status, body }) => (status === 201 ? 201 : body.code));
    assert.equal(codes.filter((c) => c === 201).length, 1, String(codes));
    assert.equal(codes.filter((c) => c === 'already_voted').length, 49, String(codes));
    const after_it = await counts(poll);
    assert.equal(
      after_it.reduce((a, b) => a + b),
      1,
    );
    const counted = answers.find((answer) => answer.status === 201).body.optionIndex;
    assert.equal(after_it[counted], 1);
  });
  test('300 votes of as many users all count', async () => {
    const poll = await new_poll();
    const voters = await server.api.crowd(300);
    const answers = await Promise.all(
      voters.map((voter, i) => server.api.vote(voter, poll.id, i % 3, { expect: 201 })),
    );
    assert.deepEqual(await counts(poll), [100, 100, 100]);
    const versions = answers.map((answer) => answer.body.results.version);
    assert.equal(Math.max(...versions), (await server.api.results(poll.id)).version);
    for (const { body } of answers) {
      check_results(body.results);
      assert.ok(body.results.totalVotes >= 1);
    }
  });
  test('votes and skips of one user: one of them holds', async () => {
    const poll = await new_poll();
    const voter = await guest();
    const [vote, skip] = await Promise.all([
      server.api.vote(voter, poll.id, 0, { expect: 'any' }),
      server.api.post(`/api/polls/${poll.id}/skip`, { token: voter, expect: 'any' }),
    ]);
    const outcome = `${vote.status} ${skip.status}`;
    assert.ok(['201 409', '409 204'].includes(outcome), outcome);
    assert.deepEqual(await counts(poll), vote.status === 201 ? [1, 0, 0] : [0, 0, 0]);
  });
});

describe('Idempotency-Key', () => {
  test('a repeat gets the first answer, even after other votes', async () => {
    const poll = await new_poll();
    const voter = await guest();
    const first = await server.api.vote(voter, poll.id, 0, { key: 'k1', expect: 201 });
    assert.equal(first.headers['idempotent-replay'], undefined);
    for (const other of await server.api.crowd(5)) {
      await server.api.vote(other, poll.id, 1, { expect: 201 });
    }
    for (let i = 0; i < 3; i++) {
      const again = await server.api.vote(voter, poll.id, 0, { key: 'k1', expect: 200 });
      assert.equal(again.headers['idempotent-replay'], 'true');
      assert.deepEqual(again.body, first.body);
    }
    assert.deepEqual(await counts(poll), [1, 5, 0]);
  });
  test('still does after a restart, and after the poll closed', async () => {
    const poll = await new_poll();
    const voter = await guest();
    const first = await server.api.vote(voter, poll.id, 0, { key: 'k2', expect: 201 });
    const other = await guest();
    await server.api.vote(other, poll.id, 1, { expect: 201 });
    await server.restart();
    const again = await server.api.vote(voter, poll.id, 0, { key: 'k2', expect: 200 });
    assert.deepEqual(again.body, first.body);
    await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 });
    const late = await server.api.vote(voter, poll.id, 0, { key: 'k2', expect: 200 });
    assert.deepEqual(late.body, first.body);
  });
  test('with another choice it is a conflict', async () => {
    const poll = await new_poll();
    const voter = await guest();
    await server.api.vote(voter, poll.id, 0, { key: 'k3', expect: 201 });
    await server.api.vote(voter, poll.id, 1, { key: 'k3', expect: 'conflict' });
    assert.deepEqual(await counts(poll), [1, 0, 0]);
  });
  test('another key, or none, is a second vote', async () => {
    const poll = await new_poll();
    const voter = await guest();
    await server.api.vote(voter, poll.id, 0, { key: 'k4', expect: 201 });
    await server.api.vote(voter, poll.id, 0, { key: 'k5', expect: 'already_voted' });
    await server.api.vote(voter, poll.id, 0, { expect: 'already_voted' });
  });
  test('is each user’s own, and each poll’s', async () => {
    const [one, other] = [await new_poll(), await new_poll()];
    const voters = [await guest(), await guest()];
    for (const poll of [one, other]) {
      for (const voter of voters) {
        await server.api.vote(voter, poll.id, 2, { key: 'same', expect: 201 });
      }
      assert.deepEqual(await counts(poll), [0, 0, 2]);
    }
  });
  test('a key of a refused vote is free', async () => {
    const poll = await new_poll();
    const voter = await guest();
    await server.api.vote(voter, poll.id, 9, { key: 'k6', expect: 'unknown_option' });
    await server.api.vote(voter, poll.id, 0, { key: 'k6', expect: 201 });
  });
  test('may stand in the body', async () => {
    const poll = await new_poll();
    const voter = await guest();
    const send = (expect, path, more) =>
      server.api.post(path, {
        token: voter,
        body: { optionIndex: 1, idempotencyKey: 'b', ...more },
        expect,
      });
    const first = await send(201, `/api/polls/${poll.id}/vote`);
    const again = await send(200, '/api/votes', { pollId: poll.id });
    assert.deepEqual(again.body, first.body);
    await server.api.vote(voter, poll.id, 1, { key: 'b', expect: 200 });
    assert.deepEqual(await counts(poll), [0, 1, 0]);
  });
  test('20 of the same at once are one vote', async () => {
    const poll = await new_poll();
    const voter = await guest();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.api.vote(voter, poll.id, 0, { key: 'k7' })),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    assert.deepEqual(statuses, [...Array(19).fill(200), 201]);
    for (const { body } of answers) assert.deepEqual(body, answers[0].body);
    assert.deepEqual(await counts(poll), [1, 0, 0]);
  });
  for (const key of ['x', 'x'.repeat(64), '~!@#$%^&*()_+{}|:"<>?']) {
    test(`${key.slice(0, 30)} is taken`, async () => {
      const poll = await new_poll();
      await server.api.vote(await guest(), poll.id, 0, { key, expect: 201 });
    });
  }
  for (const key of ['x'.repeat(65), 'ä', 'a\tb']) {
    test(`${JSON.stringify(key.slice(0, 30))} is refused`, async () => {
      const poll = await new_poll();
      await server.api.vote(await guest(), poll.id, 0, {
        headers: { 'idempotency-key': Buffer.from(key).toString('latin1') },
        expect: 'invalid',
      });
      assert.deepEqual(await counts(poll), [0, 0, 0]);
    });
  }
  for (const idempotencyKey of ['', 'x'.repeat(65), 5, {}]) {
    test(`${JSON.stringify(idempotencyKey).slice(0, 30)} in the body is refused`, async () => {
      const poll = await new_poll();
      const answer = await server.api.post(`/api/polls/${poll.id}/vote`, {
        token: await guest(),
        body: { optionIndex: 0, idempotencyKey },
        expect: 'invalid',
      });
      assert.equal(answer.body.errors[0].code, 'bad_format');
    });
  }
});

describe('skipping', () => {
  test('204, again 204, and no vote is counted', async () => {
    const poll = await new_poll();
    const voter = await guest();
    for (let i = 0; i < 2; i++) {
      await server.api.post(`/api/polls/${poll.id}/skip`, { token: voter, expect: 204 });
    }
    assert.deepEqual(await counts(poll), [0, 0, 0]);
    await server.restart();
    await server.api.post(`/api/polls/${poll.id}/skip`, { token: voter, expect: 204 });
    await server.api.vote(voter, poll.id, 0, { expect: 'already_skipped' });
  });
  test('after a vote: 409', async () => {
    const poll = await new_poll();
    const voter = await guest();
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    await server.api.post(`/api/polls/${poll.id}/skip`, {
      token: voter,
      expect: 'already_voted',
    });
  });
  test('a poll that does not exist', async () =>
    server.api.post('/api/polls/999999/skip', { token: await guest(), expect: 'not_found' }));
});

describe('changing and withdrawing', () => {
  const put = (voter, poll, optionIndex, expect) =>
    server.api.put(`/api/polls/${poll.id}/vote`, {
      token: voter,
      body: { optionIndex },
      expect,
    });
  const withdraw = (voter, poll, expect) =>
    server.api.delete(`/api/polls/${poll.id}/vote`, { token: voter, expect });

  test('where voteChange is true', async () => {
    const poll = await new_poll({ voteChange: true });
    const voter = await guest();
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    const before_it = await server.api.results(poll.id);
    const { body } = await put(voter, poll, 2, 200);
    assert.equal(body.optionIndex, 2);
    assert.deepEqual(check_results(body.results), [0, 0, 1]);
    assert.ok(body.results.version > before_it.version);
    assert.deepEqual(await counts(poll), [0, 0, 1]);
    const mine = (await server.api.get(`/api/polls/${poll.id}`, { token: voter })).body;
    assert.equal(mine.myVote, 2);
  });
  test('withdrawing frees the voter to vote again', async () => {
    const poll = await new_poll({ voteChange: true });
    const voter = await guest();
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    const { status } = await withdraw(voter, poll);
    assert.ok([200, 204].includes(status));
    assert.deepEqual(await counts(poll), [0, 0, 0]);
    const mine = (await server.api.get(`/api/polls/${poll.id}`, { token: voter })).body;
    assert.equal(mine.myVote, null);
    await server.restart();
    assert.deepEqual(await counts(poll), [0, 0, 0]);
    await server.api.vote(voter, poll.id, 1, { expect: 201 });
    assert.deepEqual(await counts(poll), [0, 1, 0]);
  });
  test('not where it is false', async () => {
    const poll = await new_poll();
    const voter = await guest();
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    await put(voter, poll, 1, 'conflict');
    await withdraw(voter, poll, 'conflict');
    assert.deepEqual(await counts(poll), [1, 0, 0]);
  });
  test('not to an option that is unknown, and not once it is closed', async () => {
    const poll = await new_poll({ voteChange: true });
    const voter = await guest();
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
    await put(voter, poll, 3, 'unknown_option');
    await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 });
    await put(voter, poll, 1, 'poll_closed');
    await withdraw(voter, poll, 'poll_closed');
    assert.deepEqual(await counts(poll), [1, 0, 0]);
  });
  test('not without a vote', async () => {
    const poll = await new_poll({ voteChange: true });
    const voter = await guest();
    await put(voter, poll, 0, 'conflict');
    await withdraw(voter, poll, 'conflict');
    assert.deepEqual(await counts(poll), [0, 0, 0]);
  });
  test('does not cost a vote of the day, and gives none back for another', () =>
    within_a_day(async () => {
      const poll = await new_poll({ voteChange: true });
      const voter = await guest();
      await server.api.vote(voter, poll.id, 0, { expect: 201 });
      await put(voter, poll, 1, 200);
      const me = (await server.api.get('/api/users/me', { token: voter })).body;
      assert.equal(me.votesToday, 1);
    }));
});

describe('a withdrawn vote stays withdrawn', () => {
  const withdraw = (voter, poll) =>
    server.api.delete(`/api/polls/${poll.id}/vote`, { token: voter, expect: 204 });
  const repeat = async (voter, poll, first, key) => {
    const option = first.body.optionIndex;
    const again = await server.api.vote(voter, poll.id, option, { key, expect: 200 });
    assert.equal(again.headers['idempotent-replay'], 'true');
    assert.deepEqual(again.body, first.body);
  };
  const left = async (voter) =>
    (await server.api.get('/api/users/me', { token: voter })).body.votesLeftToday;

  test('when its request comes once more: that gets the first answer', () =>
    within_a_day(async () => {
      const poll = await new_poll({ voteChange: true });
      const [voter, other] = await server.api.crowd(2);
      const first = await server.api.vote(voter, poll.id, 1, { key: 'late', expect: 201 });
      await withdraw(voter, poll);
      await server.api.vote(other, poll.id, 2, { expect: 201 });
      await repeat(voter, poll, first, 'late');
      await server.api.vote(voter, poll.id, 0, { key: 'late', expect: 'conflict' });
      assert.deepEqual(await counts(poll), [0, 0, 1]);
      const path = `/api/polls/${poll.id}`;
      const { myVote } = (await server.api.get(path, { token: voter })).body;
      assert.equal(myVote, null);
      assert.equal(await left(voter), 99); /* neither given back nor taken again */
    }));
  test('also after kill -9, after a restart, and when the poll is closed', async () => {
    const poll = await new_poll({ voteChange: true });
    const voter = await guest();
    const first = await server.api.vote(voter, poll.id, 1, { key: 'late', expect: 201 });
    await withdraw(voter, poll);
    await server.kill();
    await server.start();
    await repeat(voter, poll, first, 'late');
    await server.restart();
    await repeat(voter, poll, first, 'late');
    await server.api.vote(voter, poll.id, 2, { key: 'late', expect: 'conflict' });
    await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 });
    await repeat(voter, poll, first, 'late');
    assert.deepEqual(await counts(poll), [0, 0, 0]);
  });
  for (const key of ['next', undefined]) {
    test(`when its voter votes anew, ${key ? 'under another' : 'without a'} key`, async () => {
      const poll = await new_poll({ voteChange: true });
      const voter = await guest();
      const first = await server.api.vote(voter, poll.id, 0, { key: 'late', expect: 201 });
      await withdraw(voter, poll);
      const second = await server.api.vote(voter, poll.id, 2, { key, expect: 201 });
      for (const crashed of [false, true]) {
        if (crashed) {
          await server.kill();
          await server.start();
        }
        await repeat(voter, poll, first, 'late');
        if (key !== undefined) await repeat(voter, poll, second, key);
        await server.api.vote(voter, poll.id, 1, { expect: 'already_voted' });
        assert.deepEqual(await counts(poll), [0, 0, 1]);
      }
    });
  }
  test('the last two keys of a voter are remembered, and no more', async () => {
    const poll = await new_poll({ voteChange: true });
    const voter = await guest();
    const [one, two] = ['one', 'two'];
    await server.api.vote(voter, poll.id, 0, { key: one, expect: 201 });
    await withdraw(voter, poll);
    const second = await server.api.vote(voter, poll.id, 1, { key: two, expect: 201 });
    await withdraw(voter, poll);
    await repeat(voter, poll, second, two);
    await server.api.vote(voter, poll.id, 0, { key: one, expect: 201 });
    await repeat(voter, poll, second, two);
    assert.deepEqual(await counts(poll), [1, 0, 0]);
  });
});

describe('a mixed crowd', () => {
  test('every acknowledged vote is counted, whatever else goes on', async () => {
    const polls = [await new_poll({ voteChange: true }), await new_poll(), await new_poll()];
    const voters = await server.api.crowd(40);
    const want = polls.map(() => [0, 0, 0]);
    await Promise.all(
      voters.map(async (voter, v) => {
        for (const [p, poll] of polls.entries()) {
          const option = (v + p) % 3;
          if ((v + p) % 5 === 0) {
            await server.api.post(`/api/polls/${poll.id}/skip`, { token: voter, expect: 204 });
            continue;
          }
          await server.api.vote(voter, poll.id, option, { expect: 201, key: `${v}` });
          want[p][option]++;
        }
      }),
    );
    for (const [p, poll] of polls.entries()) {
      assert.deepEqual(votes_of(await server.api.results(poll.id)), want[p]);
    }
    await server.restart();
    for (const [p, poll] of polls.entries()) {
      assert.deepEqual(votes_of(await server.api.results(poll.id)), want[p]);
    }
    await server.stop();
    await server.verify();
    await server.start();
  });
});
