// What the log says, and what it never says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { only_embedded } from './lib/profiles.mjs';
import { Server } from './lib/server.mjs';
import { wait_until } from './lib/wait.mjs';

const events = (server) =>
  server.log
    .split('\n')
    .slice(0, -1) /* what comes after the last newline is not all of it yet */
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

/** The first event of that name: what is written takes a while to get here. */
const seen = (server, name) =>
  wait_until(
    () => events(server).find((e) => e.event === name),
    30_000,
    () => `${name} in ${server.log}`,
  );

async function with_server(opts, run) {
  const server = await Server.start(opts);
  try {
    await run(server);
  } finally {
    await server.end();
  }
}

const ACCOUNT = { email: 'Hush.Hush@Example.ORG', password: 'hush hush hush' };

/** All that touches secrets. Returns what must not be found in the log. */
async function live_a_little(api) {
  const { token } = await api.register({ username: 'ada', ...ACCOUNT });
  const login = (await api.post('/api/auth/login', { body: ACCOUNT })).body;
  const wrong = { ...ACCOUNT, password: 'hush, but wrong' };
  await api.post('/api/auth/login', { body: wrong, expect: 401 });
  await api.post('/api/auth/register', { body: { ...ACCOUNT, username: '' }, expect: 422 });
  const poll = await api.create_poll(token, { title: 'Whose title is this?' });
  const guest = await api.guest();
  await api.vote(guest.token, poll.id, 1, { key: 'key-of-the-vote' });
  await api.get('/api/users/me', { cookie: login.token });
  await api.get(`/api/polls?tag=${token.slice(-30)}&q=query-of-ada`, { expect: 'any' });
  await api.get('/api/users/me', { token: `${token.slice(0, -1)}!`, expect: 401 });
  await api.post('/api/polls', { token, raw: '{"title": "half a bo', expect: 'any' });
  await api.get(`/api/live?polls=7&token=${guest.token}`, { token, expect: 'any' });
  return {
    tokens: [token, login.token, guest.token].flatMap((t) => t.split('.').slice(1)),
    words: ['hush', 'example.org', 'whose title', 'query-of', 'half a bo', 'key-of-the-vote'],
  };
}

test('at debug each request is one line, and no secret is in it', () =>
  with_server({ config: { 'log.level': 'debug' } }, async (server) => {
    const { tokens, words } = await live_a_little(server.api);
    const id = 'the-last-one';
    const headers = { 'x-request-id': id };
    const { token, user } = await server.api.guest();
    const { text } = await server.api.get('/api/users/me?a=b', { token, headers });
    const of_id = () => events(server).filter((e) => e.request_id === id);
    await wait_until(() => of_id().length > 0, 30_000, 'the last line');

    const [event, ...more] = of_id();
    assert.deepEqual(more, []);
    assert.ok(Number.isInteger(event.us) && event.us >= 0, JSON.stringify(event));
    assert.deepEqual(
      { ...event, time: '', us: 0 },
      {
        time: '',
        level: 'debug',
        event: 'request',
        method: 'GET',
        path: '/api/users/me',
        status: 200,
        us: 0,
        bytes: Buffer.byteLength(text),
        user: user.id,
        request_id: id,
      },
    );
    const log = server.log.toLowerCase();
    assert.ok(log.includes('/api/auth/login'));
    for (const part of tokens) assert.ok(!server.log.includes(part), 'a token is logged');
    for (const word of words) assert.ok(!log.includes(word), `${word} is logged`);
  }));

test('at info requests are not logged', () =>
  with_server({}, async (server) => {
    const { tokens } = await live_a_little(server.api);
    await seen(server, 'listening');
    assert.ok(!events(server).some((e) => e.event === 'request'));
    for (const part of tokens) assert.ok(!server.log.includes(part), 'a token is logged');
  }));

test('warnings of the configuration are events', () =>
  with_server({ config: { 'jwt.secret': 'short' } }, async (server) => {
    const event = await seen(server, 'configuration');
    assert.equal(event.level, 'warn', server.log);
    assert.match(event.warning, /^jwt\.secret: shorter than 32 bytes.*openssl rand -hex 32/);
    await server.api.get('/api/users/me', { token: (await server.api.guest()).token });
  }));

test(
  'a short secret in the data directory is a warning too',
  only_embedded('secret'),
  async () => {
    const server = new Server({ env: { POLLUX_JWT_SECRET: '' } });
    fs.mkdirSync(server.data_dir, { mode: 0o700 });
    fs.writeFileSync(`${server.data_dir}/jwt.secret`, 'short\n', { mode: 0o600 });
    try {
      await server.start();
      assert.equal((await seen(server, 'short_secret')).level, 'warn', server.log);
    } finally {
      await server.end();
    }
  },
);
