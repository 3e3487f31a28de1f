// A session lasts while it is used. When it ends, it ends everywhere, on live connections
// too; and a message can sign a WebSocket in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { open_sse, open_ws, refused_ws } from './lib/live.mjs';
import { Server, with_server } from './lib/server.mjs';
import { claims_of, seconds_now, session_of, sign_token } from './lib/token.mjs';
import { ahead_of, LIMIT_MS, wait_until, within } from './lib/wait.mjs';

const PASSWORD = 'correct horse';
const DAY_S = 86_400;
const server = with_server();

/** Signs in, and gives the cookie too. */
async function sign_in(email) {
  const answer = await server.api.post('/api/auth/login', {
    body: { email, password: PASSWORD },
    expect: 200,
  });
  return { ...answer.body, cookie: session_of(answer) };
}

/** A new account, with its cookie. */
async function new_account() {
  const name = `u${randomUUID().slice(0, 12)}`;
  const body = { username: name, email: `${name}@example.org`, password: PASSWORD };
  const answer = await server.api.post('/api/auth/register', { body, expect: 201 });
  return { ...answer.body, email: body.email, cookie: session_of(answer) };
}

/** Steps with a token of this user, done before it ends: the second in which it does. */
async function with_short_token(user, steps) {
  return ahead_of(2000, async (moment) => {
    const exp = Math.ceil(moment / 1000);
    const claims = { sub: String(user.id), iat: seconds_now(), exp, kind: user.kind };
    await steps(sign_token(claims));
    return exp;
  });
}

const me = (call) => server.api.get('/api/users/me', call);

describe('a session that is used', () => {
  test('its cookie lasts longer than the token of the answer', async () => {
    for (const [path, days, body] of [
      ['guest', 180, {}],
      ['register', 30, { username: 'ada', email: 'ada@example.org', password: PASSWORD }],
    ]) {
      const answer = await server.api.post(`/api/auth/${path}`, { body, expect: 201 });
      const [token, cookie] = [claims_of(answer.body.token), claims_of(session_of(answer))];
      assert.deepEqual(Object.keys(token), ['sub', 'iat', 'exp', 'kind']);
      assert.equal(token.exp - token.iat, DAY_S);
      assert.equal(cookie.exp - cookie.iat, days * DAY_S);
      assert.match(answer.headers['set-cookie'], new RegExp(`Max-Age=${days * DAY_S};`));
      assert.match(cookie.sid, /^[0-9a-f]{16}$/);
    }
  });
});

describe('a session that has lasted a while', () => {
  const lasts_s = { guest: 400_000, user: 200_000 };
  const MARGIN_S = 1000; /* far more than a test takes */
  const other = with_server({
    config: { 'jwt.guest_session': '400000s', 'jwt.user_session': '200000s', 'jwt.ttl': '1h' },
  });
  const sign_up = (kind) => {
    const body = { username: kind, email: `${kind}@example.org`, password: PASSWORD };
    const path = kind === 'guest' ? 'guest' : 'register';
    return other.api.post(`/api/auth/${path}`, { body, expect: 201 });
  };
  /** No token may be older than its account. */
  const sign_up_long_ago = async (kind) => {
    const answer = await sign_up(kind);
    await other.stop();
    const database = path.join(other.data_dir, 'pollux.db');
    execFileSync('sqlite3', [database, 'UPDATE accounts SET created_ms = 0']);
    await other.start();
    return answer;
  };
  /** The same session, as it was given so long ago. */
  const grown = (cookie, age_s) => {
    const { iat, exp, ...others } = claims_of(cookie);
    return sign_token({
      sub: others.sub,
      iat: iat - age_s,
      exp: exp - age_s,
      kind: others.kind,
      sid: others.sid,
    });
  };
  const asks = {
    guest: [
      ['get', '/api/users/me', {}],
      ['post', '/api/polls/999999/vote', { body: { optionIndex: 0 } }],
    ],
    user: [
      ['get', '/api/polls', {}],
      ['get', '/api/polls/999999', {}],
    ],
  };

  for (const kind of ['guest', 'user']) {
    test(`any answer renews a ${kind}'s once a quarter has passed, and not before`, async () => {
      const { body, headers } = await sign_up_long_ago(kind);
      const first = session_of({ headers });
      const { sid, iat, exp } = claims_of(first);
      assert.equal(exp - iat, lasts_s[kind], 'as configured');
      const young = grown(first, lasts_s[kind] / 4 - MARGIN_S);
      const old = grown(first, lasts_s[kind] / 4 + 1);
      for (const [method, path, call] of asks[kind]) {
        const ask = async (cookie) =>
          session_of(await other.api[method](path, { ...call, cookie, expect: 'any' }));
        assert.equal(await ask(young), undefined, path);
        const renewed = claims_of(await ask(old));
        assert.ok(renewed.iat >= iat);
        assert.equal(renewed.exp - renewed.iat, lasts_s[kind]);
        assert.equal(renewed.sid, sid, 'it is the same session');
        assert.equal(renewed.sub, String(body.user.id));
        assert.equal(renewed.kind, kind);
      }
      const answer = await other.api.get('/api/users/me', { token: old, expect: 'any' });
      assert.equal(session_of(answer), undefined, 'one in a header is not renewed');
    });
  }
  test('is over when nobody used it', async () => {
    const first = session_of(await sign_up_long_ago('guest'));
    const ask = (age_s, expect) =>
      other.api.get('/api/users/me', { cookie: grown(first, age_s), expect });
    await ask(lasts_s.guest - MARGIN_S, 200);
    const over = await ask(lasts_s.guest + 1, 'unauthorized');
    assert.equal(session_of(over), undefined);
  });
});

describe('POST /api/auth/refresh', () => {
  const refresh = (call) => server.api.post('/api/auth/refresh', call);

  test('gives a new token for one that is good', async () => {
    const { user, token: old } = await server.api.register();
    await wait_until(() => seconds_now() > claims_of(old).iat);
    const answer = await refresh({ token: old, expect: 200 });
    const { token, expiresAt } = answer.body;
    assert.deepEqual(answer.body.user, user);
    assert.ok(claims_of(token).iat > claims_of(old).iat);
    assert.equal(Date.parse(expiresAt) / 1000, claims_of(token).exp);
    assert.equal(session_of(answer), undefined, 'a header asks for no cookie');
    assert.equal((await me({ token, expect: 200 })).body.id, user.id);
    await me({ token: old, expect: 200 });
  });
  test('by the cookie, which is renewed with it', async () => {
    const cookie = session_of(await server.api.post('/api/auth/guest', { expect: 201 }));
    const answer = await refresh({ cookie, expect: 200 });
    assert.equal(claims_of(session_of(answer)).sid, claims_of(cookie).sid);
    assert.equal(claims_of(session_of(answer)).sub, claims_of(cookie).sub);
    assert.equal(claims_of(answer.body.token).exp - claims_of(answer.body.token).iat, DAY_S);
  });
  test('not for one that is over, or none', async () => {
    const { token } = await server.api.register();
    await refresh({ expect: 'unauthorized' });
    await refresh({ token: 'x', expect: 'unauthorized' });
    await server.api.delete('/api/users/me', { token, body: { password: PASSWORD } });
    await refresh({ token, expect: 'unauthorized' });
  });
  test('what ends the old token ends all that came of it', async () => {
    const { token, cookie } = await new_account();
    const renewed = session_of(await refresh({ cookie, expect: 200 }));
    const refreshed = (await refresh({ token, expect: 200 })).body.token;
    await server.api.patch('/api/users/me', {
      token,
      body: { password: 'another horse', currentPassword: PASSWORD },
      expect: 200,
    });
    await me({ token: refreshed, expect: 'unauthorized' });
    await me({ cookie: renewed, expect: 'unauthorized' });
    await server.restart();
    await me({ cookie: renewed, expect: 'unauthorized' });
  });
});

describe('whoever acts says for whom', () => {
  const expecting = (id) => ({ headers: { 'x-expect-user': String(id) } });

  test('X-Expect-User: nothing is done for somebody else', async () => {
    const { token } = await server.api.register();
    const poll = await server.api.create_poll(token);
    const [one, other] = [await server.api.guest(), await server.api.guest()];
    for (const id of [other.user.id, 0, 'x', '']) {
      await server.api.vote(one.token, poll.id, 0, {
        ...expecting(id),
        expect: 'unauthorized',
      });
    }
    await server.api.get('/api/polls', { ...expecting(1), expect: 'unauthorized' });
    assert.equal((await server.api.results(poll.id)).totalVotes, 0);
    await server.api.vote(one.token, poll.id, 0, { ...expecting(one.user.id), expect: 201 });
  });
});

/** Every shape of a live connection, as the owner of a poll that hides its results. */
const shapes = [
  ['/ws', (poll, call) => follow_ws(poll, call)],
  ['/ws/polls/{id}', (poll, call) => open_ws(server, `/ws/polls/${poll.id}`, call)],
  ['/api/live', (poll, call) => open_sse(server, `/api/live?polls=${poll.id}`, call)],
  [
    '/api/polls/{id}/live',
    (poll, call) => open_sse(server, `/api/polls/${poll.id}/live`, call),
  ],
];

async function follow_ws(poll, call) {
  const feed = await open_ws(server, '/ws', call);
  feed.send({ type: 'track', polls: [poll.id] });
  return feed;
}

/** It ends as one whose token has ended. */
async function ends_as_unauthorized(feed) {
  const how = await within(feed.closed, LIMIT_MS, 'the end of the connection');
  if (how?.code !== undefined) {
    assert.equal(how.code, 4401);
  } else {
    const last = feed.events.at(-1);
    assert.equal(last.event, 'unauthorized');
    assert.equal(last.data.code, 'unauthorized');
    assert.ok(feed.retry > 0);
  }
}

for (const [path, follow] of shapes) {
  describe(`${path} ends with its identity`, () => {
    let account, poll, feed;
    const watch = async (call) => {
      feed = await follow(poll, call);
      assert.equal((await feed.next()).totalVotes, 0, 'the owner sees the results');
    };
    const set_up = async () => {
      account = await new_account();
      poll = await server.api.create_poll(account.token, { resultsVisibility: 'after_close' });
    };

    test('signing out of its session, and of no other', async () => {
      await set_up();
      const elsewhere = await sign_in(account.email);
      await watch({ cookie: elsewhere.cookie });
      const other = feed;
      await watch({ cookie: account.cookie });
      await server.api.post('/api/auth/logout', { cookie: account.cookie, expect: 204 });
      await ends_as_unauthorized(feed);
      await server.api.vote((await server.api.guest()).token, poll.id, 0, { expect: 201 });
      await other.next((m) => m.totalVotes === 1);
      await other.end();
    });
    test('signing out with its very token', async () => {
      await set_up();
      await watch({ token: account.token });
      await server.api.post('/api/auth/logout', { token: account.token, expect: 204 });
      await ends_as_unauthorized(feed);
    });
    test('signing out everywhere', async () => {
      await set_up();
      await watch({ token: account.token });
      const [body, elsewhere] = [{ everywhere: true }, await sign_in(account.email)];
      const { cookie } = elsewhere;
      const answer = await server.api.post('/api/auth/logout', { body, cookie, expect: 204 });
      assert.equal(session_of(answer), '');
      await ends_as_unauthorized(feed);
      await me({ token: account.token, expect: 'unauthorized' });
      await me({ cookie, expect: 'unauthorized' });
      await me({ token: (await sign_in(account.email)).token, expect: 200 });
    });
    test('the end of its token', async () => {
      await set_up();
      const exp = await with_short_token(account.user, (token) => watch({ token }));
      await ends_as_unauthorized(feed);
      assert.ok(Date.now() >= exp * 1000, 'not before');
    });
    test('a new password', async () => {
      await set_up();
      await watch({ cookie: account.cookie });
      const body = { password: PASSWORD, currentPassword: PASSWORD };
      const { token } = account;
      const answer = await server.api.patch('/api/users/me', { token, body, expect: 200 });
      await ends_as_unauthorized(feed);
      await watch({ token: answer.body.token }); /* and the new one is good */
      await feed.end();
    });
    test('the deletion of its account', async () => {
      await set_up();
      await watch({ token: account.token });
      const [body, token] = [{ password: PASSWORD }, account.token];
      await server.api.delete('/api/users/me', { token, body, expect: 204 });
      await ends_as_unauthorized(feed);
    });
  });
}

describe('signing out', () => {
  test('everywhere needs a registered user', async () => {
    const body = { everywhere: true };
    const logout = (call) => server.api.post('/api/auth/logout', { body, ...call });
    await logout({ expect: 'unauthorized' });
    await logout({ token: 'x', expect: 'unauthorized' });
    await logout({ token: (await server.api.guest()).token, expect: 'forbidden' });
    await logout({ body: { everywhere: 1 }, expect: 'invalid' });
  });
  test('works when the session is over already', async () => {
    const answer = await server.api.post('/api/auth/logout', { cookie: 'x', expect: 204 });
    assert.equal(session_of(answer), '');
  });
});

for (const path of ['/ws', '/ws/polls/{id}']) {
  describe(`${path} takes a token as a message`, () => {
    let owner, poll;
    const open = async (call) => {
      const feed = await open_ws(server, path.replace('{id}', poll.id), call);
      if (path === '/ws') feed.send({ type: 'track', polls: [poll.id] });
      return feed;
    };
    const hidden = (m) => m.hidden === true;
    before(async () => {
      owner = await server.api.register();
    });

    test('and is its user from then on, until it is somebody else', async () => {
      poll = await server.api.create_poll(owner.token, { resultsVisibility: 'after_vote' });
      const [voter, other] = [await server.api.guest(), await server.api.guest()];
      await server.api.vote(voter.token, poll.id, 2, { expect: 201 });
      const feed = await open({ origin: 'https://elsewhere.example' });
      await feed.next(hidden);
      feed.send({ type: 'auth', token: voter.token });
      await feed.next((m) => m.totalVotes === 1);
      const shown = feed.messages.length;
      feed.send({ type: 'auth', token: other.token });
      await wait_until(() => feed.messages.length > shown);
      assert.ok(hidden(feed.messages.at(-1)), feed.said());
      await server.api.vote(other.token, poll.id, 1, { expect: 201 });
      await feed.next((m) => m.totalVotes === 2);
      const before = feed.messages.length;
      feed.send({ type: 'auth', token: null });
      await wait_until(() => feed.messages.length > before);
      assert.ok(hidden(feed.messages.at(-1)), feed.said());
      await feed.end();
    });
    test('also as the first message, and at the end of that token it ends', async () => {
      poll = await server.api.create_poll(owner.token, { resultsVisibility: 'after_close' });
      const feed = await open_ws(server, path.replace('{id}', poll.id));
      feed.send({ type: 'auth', token: owner.token });
      feed.send({ type: 'track', polls: [poll.id] });
      await feed.next((m) => m.totalVotes === 0);
      await server.api.post('/api/auth/logout', { token: owner.token, expect: 204 });
      await ends_as_unauthorized(feed);
    });
    test('a new token of the same user takes the place of the old one', async () => {
      const { user, token: lasting } = await server.api.register();
      poll = await server.api.create_poll(lasting, { resultsVisibility: 'after_close' });
      let feed;
      const exp = await with_short_token(user, async (token) => {
        feed = await open({ token });
        await feed.next();
        feed.send({ type: 'auth', token: lasting });
        feed.send({ type: 'ping' });
        await feed.next((m) => m.type === 'pong');
      });
      await wait_until(() => Date.now() > (exp + 1) * 1000); /* a second after its end */
      feed.messages.length = 0;
      feed.send({ type: 'ping' });
      await feed.next((m) => m.type === 'pong');
      await feed.end();
    });
    test('one that is not good changes nothing; the third ends the connection', async () => {
      poll = await server.api.create_poll(owner.token, { resultsVisibility: 'after_close' });
      const feed = await open({ token: owner.token });
      await feed.next();
      const iat = seconds_now() - 100;
      const over = sign_token({ sub: '1', iat, exp: iat + 50, kind: 'user' });
      for (const [token, code] of [
        [over, 'unauthorized'],
        [7, 'bad_request'],
      ]) {
        feed.send({ type: 'auth', token });
        await feed.next((m) => m.type === 'error' && m.code === code);
      }
      await server.api.vote((await server.api.guest()).token, poll.id, 0, { expect: 201 });
      await feed.next((m) => m.totalVotes === 1);
      feed.send({ type: 'auth' });
      assert.equal((await within(feed.closed, LIMIT_MS, 'the close')).code, 1008);
    });
    test('a cookie from another origin still counts for nothing', async () => {
      const cookie = owner.token;
      const where = path.replace('{id}', poll.id);
      const call = { cookie, origin: 'https://elsewhere.example' };
      assert.equal(await refused_ws(server, where, call), 403);
    });
  });
}
