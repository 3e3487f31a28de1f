// Sessions: the cookie behind proxies and on other origins, who is who, and what happens
// when everybody logs in at once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Server, with_server } from './lib/server.mjs';
import { wait_until, within_a_day } from './lib/wait.mjs';

const cookie_of = (answer) =>
  [answer.headers['set-cookie']].flat().find((c) => c?.startsWith('pollux_session='));
const is_secure = (answer) => /; *secure/i.test(cookie_of(answer));

async function with_config(config, run) {
  const server = await Server.start({ config });
  try {
    await run(server);
  } finally {
    await server.kill();
    server.remove();
  }
}

describe('the cookie is Secure', () => {
  const guest_by = (server, proto) =>
    server.api.post('/api/auth/guest', {
      body: {},
      headers: proto === undefined ? {} : { 'x-forwarded-proto': proto },
      expect: 201,
    });

  test('when a trusted proxy says that the client came by https', () =>
    with_config({ 'server.trusted_proxies': '10.0.0.0/8,127.0.0.0/8' }, async (server) => {
      for (const [proto, want] of [
        ['https', true],
        ['HTTPS', true],
        ['https, http', true],
        ['http', false],
        ['http, https', false],
        ['', false],
        ['httpsx', false],
        [undefined, false],
      ]) {
        assert.equal(is_secure(await guest_by(server, proto)), want, String(proto));
      }
      const gone = await server.api.post('/api/auth/logout', {
        headers: { 'x-forwarded-proto': 'https' },
        expect: 204,
      });
      assert.ok(is_secure(gone));
    }));
  test('not when anybody says so', () =>
    with_config({ 'server.trusted_proxies': '10.0.0.0/8' }, async (server) =>
      assert.equal(is_secure(await guest_by(server, 'https')), false),
    ));
});

describe('sessions', () => {
  const server = with_server();
  const foreign = { origin: 'https://evil.example' };

  test('another site cannot sign anybody in or out', async () => {
    for (const origin of ['https://evil.example', 'null']) {
      for (const path of ['guest', 'login', 'register']) {
        const body = { username: 'eve', email: 'eve@example.org', password: 'correct horse' };
        const answer = await server.api.post(`/api/auth/${path}`, {
          origin,
          body,
          expect: 'foreign_origin',
        });
        assert.equal(cookie_of(answer), undefined, origin);
      }
      const gone = await server.api.post('/api/auth/logout', { origin, expect: 204 });
      assert.equal(cookie_of(gone), undefined, origin);
    }
    const { token } = await server.api.guest();
    await server.api.post('/api/auth/logout', {
      ...foreign,
      cookie: token,
      expect: 'foreign_origin',
    });
  });
  test('answers that hold a token are never kept by caches', async () => {
    const answer = await server.api.post('/api/auth/guest', { body: {}, expect: 201 });
    assert.equal(answer.headers['cache-control'], 'no-store');
    const me = await server.api.get('/api/users/me', { token: answer.body.token });
    assert.equal(me.headers['cache-control'], 'no-store');
  });
  test('a guest needs no body, and has no name', async () => {
    const { body } = await server.api.post('/api/auth/guest', { expect: 201 });
    const me = (await server.api.get('/api/users/me', { token: body.token })).body;
    assert.equal(me.username, null);
    assert.equal(me.email, null);
    assert.equal(me.kind, 'guest');
  });
  test('a guest cannot be logged in to', () =>
    server.api.post('/api/auth/login', {
      body: { email: '   ', password: '        ' },
      expect: 'unauthorized',
    }));
  test('a conflict says what is taken', async () => {
    const body = { username: 'grace', email: 'grace@example.org', password: 'correct horse' };
    await server.api.post('/api/auth/register', { body, expect: 201 });
    for (const [over, word] of [
      [{ email: 'other@example.org' }, /username/],
      [{ username: 'hopper' }, /e-mail/],
    ]) {
      const answer = await server.api.post('/api/auth/register', {
        body: { ...body, ...over },
        expect: 'conflict',
      });
      assert.match(answer.body.detail, word);
    }
  });
  test('spaces around a name and an address are cut, those in a password count', async () => {
    const body = { username: '  alan ', email: ' alan@example.org ', password: ' a secret ' };
    const { user } = (await server.api.post('/api/auth/register', { body, expect: 201 })).body;
    assert.equal(user.username, 'alan');
    assert.equal(user.email, 'alan@example.org');
    const login = (password, expect) =>
      server.api.post('/api/auth/login', {
        body: { email: ' Alan@example.org', password },
        expect,
      });
    await login(' a secret ', 200);
    await login('a secret', 'unauthorized');
  });
  test('what could never have been registered is only wrong at login', async () => {
    for (const body of [
      { email: `${'a'.repeat(300)}@example.org`, password: 'correct horse' },
      { email: 'nobody', password: 'x' },
      { email: 'alan@example.org', password: 'x'.repeat(5000) },
    ]) {
      await server.api.post('/api/auth/login', { body, expect: 'unauthorized' });
    }
  });
});

describe('hashing is bounded', () => {
  test('beyond the queue a login is refused at once, and nothing else suffers', () =>
    with_config(
      { 'accounts.hash_queue': 4, 'accounts.hash_memory': '64MiB' },
      async (server) => {
        const body = { username: 'ada', email: 'ada@example.org', password: 'correct horse' };
        await server.api.post('/api/auth/register', { body, expect: 201 });
        const answers = await Promise.all(
          Array.from({ length: 40 }, () =>
            server.api.post('/api/auth/login', { body, expect: 'any' }),
          ),
        );
        const refused = answers.filter((answer) => answer.status === 503);
        assert.ok(refused.length > 0 && refused.length <= 36, String(refused.length));
        for (const answer of refused) {
          assert.equal(answer.body.code, 'overloaded');
          assert.ok(Number(answer.headers['retry-after']) >= 1);
        }
        assert.equal(
          answers.filter((answer) => answer.status === 200).length,
          40 - refused.length,
        );
        await server.api.post('/api/auth/login', { body, expect: 200 });
      },
    ));
});

describe('without a daily limit', () => {
  const count_votes = async (server) => {
    const { token } = await server.api.register();
    const poll = await server.api.create_poll(token);
    await server.api.vote(token, poll.id, 0, { expect: 201 });
    const check = async () => {
      const me = (await server.api.get('/api/users/me', { token, expect: 200 })).body;
      assert.equal(me.votesToday, 1);
      assert.equal(me.votesLeftToday, null);
    };
    await check();
    await server.restart();
    await check();
  };
  test('votes are counted, and none is left to speak of', () =>
    within_a_day(() => with_config({ 'limits.votes_per_day': 0 }, count_votes)));
});

describe('behind a proxy that changes the Host', () => {
  const page = { origin: 'https://polls.example' }; /* the Host is 127.0.0.1 and a port */
  const proven = { ...page, headers: { 'sec-fetch-site': 'same-origin' } };
  const warnings = (server) =>
    server.log.split('\n').filter((line) => line.includes('"event":"foreign_origin"'));

  test('what the browser proves is our own page, and gets a cookie that counts', () =>
    with_config({}, async (server) => {
      const joined = await server.api.post('/api/auth/guest', { ...proven, expect: 201 });
      const cookie = cookie_of(joined).split(';')[0].slice('pollux_session='.length);
      const owner = await server.api.register();
      const poll = await server.api.create_poll(owner.token);
      const body = { optionIndex: 0 };
      const path = `/api/polls/${poll.id}/vote`;
      await server.api.post(path, { ...proven, cookie, body, expect: 201 });
      await server.api.post('/api/auth/logout', { ...proven, cookie, expect: 204 });
      assert.deepEqual(warnings(server), []);
    }));
  test('nobody is let believe in a cookie; the log says once what to do', () =>
    with_config({}, async (server) => {
      for (const site of ['cross-site', 'same-site', 'none', 'same-origin, cross-site', '']) {
        for (const path of ['guest', 'login', 'register']) {
          await server.api.post(`/api/auth/${path}`, {
            ...page,
            body: { username: 'eve', email: 'eve@example.org', password: 'correct horse' },
            headers: { 'sec-fetch-site': site },
            expect: 'foreign_origin',
          });
        }
      }
      await wait_until(() => warnings(server).length > 0);
      await server.kill(); /* all that it says is there */
      const [warning, ...more] = warnings(server).map((line) => JSON.parse(line));
      assert.deepEqual(more, []);
      assert.equal(warning.level, 'warn');
      assert.equal(warning.origin, page.origin);
      assert.equal(`http://${warning.host}`, server.url);
      assert.match(warning.advice, /server\.origins/);
    }));
});
