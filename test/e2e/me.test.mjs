// Changing and deleting one's own account, and what that does to tokens, polls and votes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { check_time, votes_of } from './lib/api.mjs';
import { open_ws } from './lib/live.mjs';
import { PROFILE } from './lib/profiles.mjs';
import { Server } from './lib/server.mjs';

let server;
before(async () => {
  server = await Server.start();
});
after(async () => {
  await server.stop();
  await server.verify();
  server.remove();
});

const PASSWORD = 'correct horse';
const NEW_PASSWORD = 'battery staple';

const change = (token, body, expect = 200) =>
  server.api.patch('/api/users/me', { token, body, expect });
const login = (email, password, expect = 200) =>
  server.api.post('/api/auth/login', { body: { email, password }, expect });
const me = async (token) =>
  (await server.api.get('/api/users/me', { token, expect: 200 })).body;
const fresh_name = () => `n${randomUUID().slice(0, 12)}`;

describe('PATCH /api/users/me', () => {
  test('a new name: in the account, and in the polls', async () => {
    const { user, token } = await server.api.register();
    const polls = [];
    for (let i = 0; i < 3; i++) polls.push(await server.api.create_poll(token));
    const username = fresh_name();
    const answer = await change(token, { username });
    assert.equal(answer.body.id, user.id);
    assert.equal(answer.body.username, username);
    assert.equal(answer.body.email, user.email);
    assert.equal(answer.body.token, undefined);
    assert.deepEqual(await me(token), answer.body);
    polls.push(await server.api.create_poll(token));
    for (const { id } of polls) {
      const poll = (await server.api.get(`/api/polls/${id}`)).body;
      assert.deepEqual(poll.owner, { id: user.id, username });
    }
    await server.kill();
    await server.start();
    const poll = (await server.api.get(`/api/polls/${polls[0].id}`)).body;
    assert.deepEqual(poll.owner, { id: user.id, username });
  });
  test('the same name in other letters is taken', async () => {
    const { user, token } = await server.api.register();
    await change(token, { username: user.username.toUpperCase() });
    assert.equal((await me(token)).username, user.username.toUpperCase());
  });
  test("another's name or address is refused", async () => {
    const other = (await server.api.register()).user;
    const { user, token } = await server.api.register();
    for (const [field, value] of [
      ['username', other.username.toUpperCase()],
      ['email', other.email],
    ]) {
      const body = { [field]: value, currentPassword: PASSWORD };
      const { errors } = (await change(token, body, 'conflict')).body;
      assert.deepEqual(
        errors.map((error) => [error.field, error.code]),
        [[field, 'taken']],
      );
    }
    const now = await me(token);
    assert.equal(now.username, user.username);
    assert.equal(now.email, user.email);
  });
  test('a new address is the one to log in with', async () => {
    const { user, token } = await server.api.register();
    const email = `${fresh_name()}@example.org`;
    await change(token, { email, currentPassword: PASSWORD });
    await login(email, PASSWORD);
    await login(user.email, PASSWORD, 'unauthorized');
    await me(token);
  });
  test('a new password ends every older token, and gives a new one', async () => {
    const { user, token } = await server.api.register();
    const second = (await login(user.email, PASSWORD)).body.token;
    const answer = await change(token, { password: NEW_PASSWORD, currentPassword: PASSWORD });
    assert.ok(!answer.text.includes(NEW_PASSWORD));
    check_time(answer.body.expiresAt);
    assert.match([answer.headers['set-cookie']].flat()[0], /^pollux_session=.+HttpOnly/);
    for (const old of [token, second]) {
      await server.api.get('/api/users/me', { token: old, expect: 'unauthorized' });
    }
    assert.equal((await me(answer.body.token)).id, user.id);
    await login(user.email, PASSWORD, 'unauthorized');
    await me((await login(user.email, NEW_PASSWORD)).body.token);
  });
  test('what has ended stays ended after kill -9', async () => {
    const { user, token } = await server.api.register();
    const answer = await change(token, { password: NEW_PASSWORD, currentPassword: PASSWORD });
    await server.kill();
    await server.start();
    await server.api.get('/api/users/me', { token, expect: 'unauthorized' });
    await me(answer.body.token);
    await login(user.email, PASSWORD, 'unauthorized');
    await login(user.email, NEW_PASSWORD);
  });
  test('of ten password changes at once one is done', async () => {
    const { user, token } = await server.api.register();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        change(token, { password: `${NEW_PASSWORD} ${i}`, currentPassword: PASSWORD }, 'any'),
      ),
    );
    const done = answers.flatMap((answer, i) => (answer.status === 200 ? [i] : []));
    assert.equal(done.length, 1, answers.map((answer) => answer.status).join());
    await login(user.email, `${NEW_PASSWORD} ${done[0]}`);
    await me(answers[done[0]].body.token);
  });
  test('the current password is needed for password and address, and has to be right', async () => {
    const { token } = await server.api.register();
    for (const body of [{ password: NEW_PASSWORD }, { email: 'new@example.org' }]) {
      const answer = await change(token, body, 'invalid');
      assert.deepEqual(
        answer.body.errors.map((error) => [error.field, error.code]),
        [['currentPassword', 'required']],
      );
      await change(token, { ...body, currentPassword: 'wrong horse' }, 'forbidden');
      await change(token, { ...body, currentPassword: 'x'.repeat(5000) }, 'forbidden');
    }
    await me(token);
  });
  const rows = [
    ['username', 'ab', 'too_short'],
    ['username', '', 'required'],
    ['username', 5, 'wrong_type'],
    ['email', 'nobody', 'bad_format'],
    ['email', '', 'required'],
    ['password', 'short', 'too_short'],
    ['password', 12345678, 'wrong_type'],
    ['currentPassword', 5, 'wrong_type'],
  ];
  for (const [field, value, code] of rows) {
    test(`${field} ${JSON.stringify(value)} is refused, and named`, async () => {
      const { token } = await server.api.register();
      const body = { currentPassword: PASSWORD, [field]: value };
      const answer = await change(token, body, 'invalid');
      assert.deepEqual(
        answer.body.errors.map((error) => [error.field, error.code]),
        [[field, code]],
      );
    });
  }
  test('nothing to change changes nothing', async () => {
    const { token } = await server.api.register();
    const was = await me(token);
    for (const body of [{}, { username: null, password: null }, { id: 1, kind: 'guest' }]) {
      assert.deepEqual((await change(token, body)).body, was);
    }
  });
  test('guests have nothing to change', async () => {
    const { token } = await server.api.guest();
    await change(token, { username: fresh_name() }, 'forbidden');
    await server.api.patch('/api/users/me', { body: {}, expect: 'unauthorized' });
  });
});

describe('DELETE /api/users/me', () => {
  const remove = (token, body, expect = 204) =>
    server.api.delete('/api/users/me', { token, body, expect });

  test('the account goes; polls, votes and counts stay', async () => {
    const { user, token } = await server.api.register();
    const other = (await server.api.register()).token;
    const own = await server.api.create_poll(token);
    const poll = await server.api.create_poll(other);
    await server.api.vote(token, own.id, 1);
    await server.api.vote(token, poll.id, 2);
    const said = await server.api.results(poll.id);

    const answer = await remove(token, { password: PASSWORD });
    assert.match([answer.headers['set-cookie']].flat()[0], /^pollux_session=;.*Max-Age=0/);
    for (const after_crash of [false, true]) {
      if (after_crash) {
        await server.kill();
        await server.start();
      }
      await server.api.get('/api/users/me', { token, expect: 'unauthorized' });
      await server.api.vote(token, poll.id, 0, { expect: 'unauthorized' });
      await login(user.email, PASSWORD, 'unauthorized');
      assert.deepEqual(await server.api.results(poll.id), said);
      const left = (await server.api.get(`/api/polls/${own.id}`, { token: other })).body;
      assert.equal(left.owner, null);
      assert.deepEqual(votes_of(left.results), [0, 1, 0]);
    }
    await server.api.vote(other, own.id, 0); /* it goes on without an owner */
    assert.equal((await server.api.get(`/api/polls/${own.id}`)).body.owner, null);
    const again = await server.api.register({ username: user.username, email: user.email });
    assert.notEqual(again.user.id, user.id);
    await server.api.post(`/api/polls/${own.id}/close`, {
      token: again.token,
      expect: 'forbidden',
    });
  });
  test('nothing is kept of votes that were withdrawn', async () => {
    const poll = await server.api.create_poll((await server.api.register()).token, {
      voteChange: true,
    });
    const voters = [await server.api.register(), await server.api.guest()];
    for (const { user, token } of voters) {
      await server.api.vote(token, poll.id, 1, { key: 'k', expect: 201 });
      await server.api.delete(`/api/polls/${poll.id}/vote`, { token, expect: 204 });
      await remove(token, user.kind === 'guest' ? undefined : { password: PASSWORD });
    }
    await server.stop();
    const ids = voters.map(({ user }) => user.id);
    const tables = PROFILE === 'embedded' ? ['withdrawn_receipts', 'votes'] : ['ballots'];
    for (const table of tables) {
      const where = `user_id IN (${ids})`;
      assert.deepEqual(await server.rows(`SELECT * FROM ${table} WHERE ${where}`), []);
    }
    await server.start();
  });
  test('with deletePolls the polls go too, and who follows one is told', async () => {
    const { token } = await server.api.register();
    const other = (await server.api.register()).token;
    const polls = [];
    for (let i = 0; i < 12; i++) polls.push((await server.api.create_poll(token)).id);
    const kept = await server.api.create_poll(other);
    await server.api.vote(other, polls[3], 1);
    await server.api.vote(token, kept.id, 1);
    const ws = await open_ws(server, `/ws/polls/${polls[3]}`);
    await ws.next();
    await remove(token, { password: PASSWORD, deletePolls: true });
    await ws.next((m) => m.type === 'deleted');
    await ws.end();
    for (const after_crash of [false, true]) {
      if (after_crash) {
        await server.kill();
        await server.start();
      }
      for (const id of polls) await server.api.get(`/api/polls/${id}`, { expect: 'not_found' });
      await server.api.get('/api/users/me', { token, expect: 'unauthorized' });
      assert.deepEqual(votes_of(await server.api.results(kept.id)), [0, 1, 0]);
    }
    await server.stop();
    await server.verify();
    await server.start();
  });
  test('no poll that is made meanwhile is left without an owner', async () => {
    const { token } = await server.api.register();
    const made = [];
    const making = Array.from({ length: 4 }, async () => {
      for (let i = 0; i < 10; i++) {
        const answer = await server.api.post('/api/polls', {
          token,
          body: { title: 'Made meanwhile', options: ['a', 'b'] },
          expect: 'any',
        });
        if (answer.status === 201) made.push(answer.body.id);
      }
    });
    await remove(token, { password: PASSWORD, deletePolls: true });
    await Promise.all(making);
    for (const id of made) await server.api.get(`/api/polls/${id}`, { expect: 'not_found' });
  });
  test('without the right password no poll goes', async () => {
    const { token } = await server.api.register();
    const { id } = await server.api.create_poll(token);
    await remove(token, { password: 'wrong horse', deletePolls: true }, 'forbidden');
    await remove(token, { password: PASSWORD, deletePolls: 'yes' }, 'invalid');
    await server.api.get(`/api/polls/${id}`, { expect: 200 });
  });
  test('the password has to be right', async () => {
    const { token } = await server.api.register();
    await remove(token, { password: 'wrong horse' }, 'forbidden');
    for (const body of [{}, { password: '' }, { password: 5 }, undefined]) {
      await remove(token, body, 'invalid');
    }
    await me(token);
  });
  test('a guest needs none', async () => {
    const { token } = await server.api.guest();
    await remove(token);
    await server.api.get('/api/users/me', { token, expect: 'unauthorized' });
    await remove(token, undefined, 'unauthorized');
  });
  test('many times at once is once', async () => {
    const { token } = await server.api.register();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => remove(token, { password: PASSWORD }, 'any')),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    assert.deepEqual(statuses, [204, ...Array(7).fill(401)]);
  });
});
