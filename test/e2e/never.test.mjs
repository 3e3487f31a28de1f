// Mistakes that other polling systems shipped, each test named after one. The table of
// docs/threat-model.md lists those that another file tests.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { open_sse, open_ws } from './lib/live.mjs';
import { exchange } from './lib/raw.mjs';
import { PROFILE } from './lib/profiles.mjs';
import { with_server } from './lib/server.mjs';

const server = with_server({ config: { 'log.level': 'debug' } });

/** Everything that the server has written. */
async function written() {
  if (PROFILE === 'cluster') {
    return (await server.rows('SELECT accounts FROM accounts')).map((row) => Buffer.from(row));
  }
  return fs
    .readdirSync(server.data_dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(path.join(entry.parentPath ?? entry.path, entry.name)));
}

test('passwords in clear', async () => {
  const password = `pass ${randomUUID()}`;
  const fresh = `fresh ${randomUUID()}`;
  const email = `${randomUUID()}@example.org`;
  const { token } = await server.api.register({ email, password });
  await server.api.post('/api/auth/login', { body: { email, password }, expect: 200 });
  const body = { password: fresh, currentPassword: password };
  await server.api.patch('/api/users/me', { token, body, expect: 200 });
  const files = [...(await written()), Buffer.from(server.log)];
  assert.ok(
    files.some((bytes) => bytes.includes(email)),
    'the account is in there',
  );
  assert.ok(
    files.some((bytes) => bytes.includes('$argon2id$')),
    'and its hash',
  );
  for (const bytes of files) {
    assert.ok(!bytes.includes(password));
    assert.ok(!bytes.includes(fresh));
  }
});

test('a short token that crashes the parser', async () => {
  const { token } = await server.api.guest();
  const tokens = [];
  for (let n = 0; n < token.length; n++) tokens.push(token.slice(0, n));
  for (const text of ['.', '..', '...', 'a.', '.a', 'a..', '..a', 'e30.e30.', 'e30..e30']) {
    tokens.push(text);
  }
  for (const text of tokens) {
    const head = 'GET /api/users/me HTTP/1.1\r\nHost: x\r\n';
    const answer = await exchange(server, `${head}Authorization: Bearer ${text}\r\n\r\n`);
    assert.equal(answer.status, 401, text);
    const cookie = await exchange(server, `${head}Cookie: pollux_session=${text}\r\n\r\n`);
    assert.equal(cookie.status, 401, text);
  }
  await server.api.get('/api/users/me', { token, expect: 200 });
});

describe('votes or choices of named people broadcast to everyone', () => {
  const keys = ['options', 'pollId', 'status', 'totalVotes', 'type', 'version', 'viewers'];

  test('a live message holds sums and nothing else', async () => {
    const { token, user } = await server.api.register();
    const poll = await server.api.create_poll(token);
    const followers = [
      await open_ws(server, `/ws/polls/${poll.id}`),
      await open_sse(server, `/api/polls/${poll.id}/live`),
    ];
    await server.api.vote(token, poll.id, 1);
    for (const follower of followers) {
      const { at, ...message } = await follower.next((m) => m.totalVotes === 1);
      assert.deepEqual(Object.keys(message).sort(), keys);
      for (const option of message.options) {
        assert.deepEqual(Object.keys(option).sort(), ['index', 'percent', 'votes']);
      }
      assert.ok(!JSON.stringify(message).includes(user.username));
      await follower.end();
    }
  });
  test('nor does what anybody may read', async () => {
    const owner = await server.api.register();
    const voter = await server.api.register();
    const poll = await server.api.create_poll(owner.token);
    await server.api.vote(voter.token, poll.id, 1);
    for (const path of [
      `/api/polls/${poll.id}`,
      `/api/polls/${poll.id}/results`,
      `/api/polls/${poll.id}/stats`,
      '/api/polls',
    ]) {
      for (const token of [undefined, owner.token]) {
        const { text } = await server.api.get(path, { token, expect: 200 });
        assert.ok(!text.includes(voter.user.username), path);
        assert.ok(!text.includes(voter.user.email), path);
      }
    }
  });
});

describe('validation errors that become 500', () => {
  const values = [
    null,
    true,
    0,
    -1,
    1.5,
    1e300,
    '',
    ' ',
    'x',
    'x'.repeat(5000),
    '\u0000',
    '\ud800',
    '\u202e\u2066',
    '💥',
    [],
    [[]],
    [null, null],
    ['a', 'a'],
    [1, 2],
    {},
    { a: {} },
    '9999-99-99T99:99:99Z',
    "'; DROP TABLE accounts; --",
  ];
  const routes = [
    ['post', '/api/auth/register', { username: 'u', email: 'e@x.org', password: 'password' }],
    ['post', '/api/auth/login', { email: 'e@x.org', password: 'password' }],
    ['post', '/api/auth/guest', { any: 1 }],
    [
      'patch',
      '/api/users/me',
      { username: 'u', email: 'e', password: 'p', currentPassword: 'p' },
    ],
    ['delete', '/api/users/me', { password: 'p' }],
    [
      'post',
      '/api/polls',
      {
        title: 't',
        options: ['a', 'b'],
        tags: ['a'],
        description: 'd',
        opensAt: null,
        closesAt: null,
        resultsVisibility: 'always',
        voteChange: true,
        voters: 'anyone',
      },
    ],
    ['patch', '/api/polls/1', { title: 't', description: 'd', closesAt: null }],
    ['post', '/api/votes', { pollId: 1, optionIndex: 0, idempotencyKey: 'k' }],
    ['post', '/api/polls/1/vote', { optionIndex: 0, idempotencyKey: 'k' }],
    ['put', '/api/polls/1/vote', { optionIndex: 0 }],
    ['post', '/api/polls/1/skip', { any: 1 }],
    ['post', '/api/polls/1/close', { any: 1 }],
  ];
  for (const [method, path, fields] of routes) {
    test(`${method.toUpperCase()} ${path} with any value in any field`, async () => {
      const { token } = await server.api.register();
      const bodies = Object.keys(fields).flatMap((field) =>
        values.map((value) => ({ ...fields, [field]: value })),
      );
      for (const body of [...values, ...bodies]) {
        const answer = await server.api[method](path, { token, body, expect: 'any' });
        assert.ok(answer.status < 500, `${JSON.stringify(body).slice(0, 80)}: ${answer.text}`);
      }
    });
  }
  test('and any value in a query', async () => {
    const texts = [
      '',
      '-1',
      '0',
      '1e9',
      'x',
      '%00',
      '%ff',
      '%',
      '%F0%9F%92%A5',
      "'--",
      '"*"',
      '(',
    ];
    const names = ['tag', 'q', 'sort', 'status', 'limit', 'cursor', 'page', 'seen', 'polls'];
    names.push('bucket', 'lastEventId', 'window');
    for (const path of [
      '/api/polls',
      '/api/polls/1/stats',
      '/api/users/me/votes',
      '/api/users/me/skips',
      '/api/users/me/polls',
      '/api/live',
    ]) {
      for (const name of names) {
        for (const text of texts) {
          if (path === '/api/live' && name === 'polls') continue; // a stream
          const bytes = `GET ${path}?${name}=${text} HTTP/1.1\r\nHost: x\r\n\r\n`;
          const answer = await exchange(server, bytes);
          assert.ok(answer.status < 500, `${path}?${name}=${text}: ${answer.text}`);
        }
      }
    }
  });
});

test('unknown ids that answer 500', async () => {
  const { token } = await server.api.register();
  const body = { optionIndex: 0 };
  for (const id of [4294967295, 2147483648, 999999]) {
    for (const [method, path] of [
      ['get', `/api/polls/${id}`],
      ['patch', `/api/polls/${id}`],
      ['delete', `/api/polls/${id}`],
      ['get', `/api/polls/${id}/results`],
      ['get', `/api/polls/${id}/stats`],
      ['get', `/api/polls/${id}/results.csv`],
      ['post', `/api/polls/${id}/vote`],
      ['put', `/api/polls/${id}/vote`],
      ['delete', `/api/polls/${id}/vote`],
      ['post', `/api/polls/${id}/skip`],
      ['delete', `/api/polls/${id}/skip`],
      ['post', `/api/polls/${id}/close`],
      ['get', `/api/polls/${id}/live`],
    ]) {
      await server.api[method](path, {
        token,
        body: method === 'get' ? undefined : body,
        expect: 404,
      });
    }
  }
});
