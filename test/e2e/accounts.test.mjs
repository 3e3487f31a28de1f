// Accounts, tokens, the session cookie, and who may use it from where.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { check_time } from './lib/api.mjs';
import { open_ws, refused_ws } from './lib/live.mjs';
import { JWT_SECRET, with_server } from './lib/server.mjs';
import { wait_until, within_a_day } from './lib/wait.mjs';

const OURS = 'https://polls.example';
const server = with_server({ config: { 'server.origins': OURS } });

/** So many passwords at once are hashed by however slow a machine: the rest may get 503. */
const ALWAYS_HASHED = 8;

const fresh = () => {
  const username = `u${randomUUID().slice(0, 12)}`;
  return { username, email: `${username}@example.org`, password: 'correct horse' };
};

const payload_of = (token) =>
  JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

describe('register', () => {
  test('answers 201 with the user, a token and when it ends', async () => {
    const body = fresh();
    const answer = await server.api.post('/api/auth/register', { body, expect: 201 });
    const { user, token, expiresAt } = answer.body;
    assert.ok(Number.isSafeInteger(user.id) && user.id > 0);
    assert.equal(user.username, body.username);
    assert.equal(user.kind, 'user');
    assert.equal(user.password, undefined);
    assert.ok(!answer.text.includes(body.password));
    const claims = payload_of(token);
    assert.equal(claims.sub, String(user.id));
    assert.equal(claims.kind, 'user');
    assert.equal(claims.exp - claims.iat, 24 * 3600);
    assert.ok(Math.abs(check_time(expiresAt) - claims.exp * 1000) < 1000);
  });
  test('names and e-mails are compared without case', async () => {
    const body = fresh();
    await server.api.post('/api/auth/register', { body, expect: 201 });
    const upper = (field) => ({ ...fresh(), [field]: body[field].toUpperCase() });
    for (const [field, taken] of [
      ['username', body],
      ['username', upper('username')],
      ['email', upper('email')],
    ]) {
      const answer = await server.api.post('/api/auth/register', {
        body: taken,
        expect: 'conflict',
      });
      assert.deepEqual(answer.body.errors, [{ field, code: 'taken', message: 'is taken' }]);
    }
  });
  test('of one name many times at once makes one account', async () => {
    const body = fresh();
    const answers = await Promise.all(
      Array.from({ length: ALWAYS_HASHED }, () =>
        server.api.post('/api/auth/register', { body, expect: 'any' }),
      ),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    assert.deepEqual(statuses, [201, ...Array(ALWAYS_HASHED - 1).fill(409)]);
  });

  const rows = [
    ['username', undefined, 'required'],
    ['username', '', 'required'],
    ['username', 'ab', 'too_short'],
    ['username', 'a'.repeat(51), 'too_long'],
    ['username', 5, 'wrong_type'],
    ['username', null, 'required'],
    ['username', ['abc'], 'wrong_type'],
    ['email', undefined, 'required'],
    ['email', '', 'required'],
    ['email', 'nobody', 'bad_format'],
    ['email', 'a@', 'bad_format'],
    ['email', '@b.org', 'bad_format'],
    ['email', `${'a'.repeat(250)}@b.org`, 'too_long'],
    ['email', 'a b@c.org', 'bad_format'],
    ['email', 5, 'wrong_type'],
    ['password', undefined, 'required'],
    ['password', '', 'required'],
    ['password', 'seven77', 'too_short'],
    ['password', 'a'.repeat(129), 'too_long'],
    ['password', 12345678, 'wrong_type'],
  ];
  for (const [field, value, code] of rows) {
    const shown = JSON.stringify(value)?.slice(0, 30);
    test(`${field} ${shown} is refused, and named`, async () => {
      const body = { ...fresh(), [field]: value };
      const answer = await server.api.post('/api/auth/register', { body, expect: 'invalid' });
      assert.deepEqual(
        answer.body.errors.map((error) => [error.field, error.code]),
        [[field, code]],
      );
    });
  }
  test('everything wrong is named at once', async () => {
    const answer = await server.api.post('/api/auth/register', { body: {}, expect: 'invalid' });
    const fields = answer.body.errors.map((error) => error.field).sort();
    assert.deepEqual(fields, ['email', 'password', 'username']);
  });
  test('lengths at their limits are taken, in characters and not bytes', async () => {
    const suffix = () => randomUUID().slice(0, 8);
    for (const over of [
      { username: 'x' + Math.random().toString(36).slice(2, 4) },
      { username: `${'ü'.repeat(42)}${suffix()}` },
      { password: '12345678' },
      { password: 'ü'.repeat(128) },
    ]) {
      await server.api.register(over);
    }
  });
});

describe('names that look like another', () => {
  const name = (over) => ({ ...fresh(), username: over });
  const id = randomUUID()
    .replace(/[^a-f]/g, '')
    .slice(0, 8);

  test('are taken', async () => {
    await server.api.register({ username: `Paul ${id}l` });
    for (const other of [`PAUL ${id}L`, `paul ${id}I`, `Paul ${id}\u0406`]) {
      const { status, body } = await server.api.post('/api/auth/register', {
        body: name(other),
        expect: 'any',
      });
      assert.ok(status === 409 || body.errors[0].code === 'mixed_scripts', other);
    }
    const { token } = await server.api.register();
    await server.api.patch('/api/users/me', {
      token,
      body: { username: `paul ${id}I` },
      expect: 'conflict',
    });
  });
  for (const [username, code] of [
    [`ada\u200b${id}`, 'bad_characters'],
    [`ada\u202e${id}`, 'bad_characters'],
    [`ada  ${id}`, 'bad_characters'],
    [`ada\u3000${id}`, 'bad_characters'],
    [`\uff41\uff44\uff41${id}`, 'bad_characters'],
    [`p\u0430ypal${id}`, 'mixed_scripts'],
  ])
    test(`${JSON.stringify(username)} is refused`, async () => {
      const { token } = await server.api.register();
      const said = [
        await server.api.post('/api/auth/register', {
          body: name(username),
          expect: 'invalid',
        }),
        await server.api.patch('/api/users/me', {
          token,
          body: { username },
          expect: 'invalid',
        }),
      ];
      for (const { body } of said)
        assert.deepEqual(
          body.errors.map((error) => [error.field, error.code]),
          [['username', code]],
        );
    });
  test('a name is stored in NFC', async () => {
    const { user } = await server.api.register({ username: `Zoe\u0308 ${id}` });
    assert.equal(user.username, `Zo\u00eb ${id}`);
  });
});

describe('the same letters in another form', () => {
  const id = randomUUID();
  const account = {
    username: `j ${id}`,
    email: `j\u00f6rg-${id}@example.org`,
    password: 'pa\u00dfw\u00f6rter 1',
  };
  const log_in = (email, password, expect = 200) =>
    server.api.post('/api/auth/login', { body: { email, password }, expect });

  test('are the same e-mail address and the same password', async () => {
    const { user } = await server.api.register(account);
    for (const email of [
      account.email,
      account.email.normalize('NFD'),
      account.email.toUpperCase(),
    ])
      for (const password of [
        account.password,
        account.password.normalize('NFD'),
        account.password.replace(' ', '\u00a0'),
      ])
        assert.equal((await log_in(email, password)).body.user.id, user.id);
    await log_in(account.email, 'pa\u00dfworter 1', 'unauthorized');
    const { body } = await server.api.post('/api/auth/register', {
      body: { ...fresh(), email: account.email.normalize('NFD') },
      expect: 'conflict',
    });
    assert.equal(body.errors[0].field, 'email');
  });
  test('also where the password is proven, changed, and deletes', async () => {
    const { token, user } = await server.api.register();
    await server.api.patch('/api/users/me', {
      token,
      body: { password: 'gru\u0308n-gru\u0308n', currentPassword: fresh().password },
      expect: 200,
    });
    const answer = await log_in(user.email, 'gr\u00fcn-gr\u00fcn');
    await server.api.delete('/api/users/me', {
      token: answer.body.token,
      body: { password: 'gru\u0308n-gru\u0308n' },
      expect: 204,
    });
  });
});

describe('login', () => {
  test('answers 200 with a token that works', async () => {
    const body = fresh();
    const { user } = await server.api.register(body);
    const { email, password } = body;
    for (const spelling of [email, email.toUpperCase()]) {
      const answer = await server.api.post('/api/auth/login', {
        body: { email: spelling, password },
        expect: 200,
      });
      assert.deepEqual(answer.body.user.id, user.id);
      check_time(answer.body.expiresAt);
      const me = await server.api.get('/api/users/me', { token: answer.body.token });
      assert.equal(me.body.id, user.id);
    }
  });
  test('is refused with the same words for a wrong password and an unknown e-mail', async () => {
    const body = fresh();
    await server.api.register(body);
    const refuse = (email, password) =>
      server.api.post('/api/auth/login', { body: { email, password }, expect: 'unauthorized' });
    const wrong = await refuse(body.email, 'wrong horse');
    const unknown = await refuse(fresh().email, 'wrong horse');
    const words = ({ body: { requestId, instance, ...rest } }) => rest;
    assert.deepEqual(words(wrong), words(unknown));
    assert.ok(!wrong.headers['set-cookie']);
  });
  test('takes the same time for both', async () => {
    const body = fresh();
    await server.api.register(body);
    const time = async (email) => {
      const began = performance.now();
      await server.api.post('/api/auth/login', {
        body: { email, password: 'wrong horse' },
        expect: 401,
      });
      return performance.now() - began;
    };
    // In turn, and the quickest of each: the rest is what else the machine does.
    let [wrong, unknown] = [Infinity, Infinity];
    await wait_until(
      async () => {
        wrong = Math.min(wrong, await time(body.email));
        unknown = Math.min(unknown, await time(fresh().email));
        return unknown > wrong / 1.5 && unknown < wrong * 1.5;
      },
      120_000 /* beside much else it takes many looks */,
      'both to take as long',
    );
  });
  for (const body of [{}, { email: 'a@b.org' }, { password: 'x' }, { email: 5, password: 5 }]) {
    test(`${JSON.stringify(body)} is refused`, () =>
      server.api.post('/api/auth/login', { body, expect: 'invalid' }));
  }
  test('neither passwords nor tokens nor e-mails are logged', async () => {
    const body = { ...fresh(), password: `hush ${randomUUID()}` };
    const { token } = await server.api.register(body);
    await server.api.get('/api/users/me', { token });
    await server.api.post('/api/auth/login', {
      body: { email: body.email, password: `${body.password}!` },
      expect: 401,
    });
    for (const secret of [body.password, body.email, token, token.split('.')[2]]) {
      assert.ok(!server.log.includes(secret));
    }
  });
});

describe('guests', () => {
  test('join without signing up', async () => {
    const { user, token, expiresAt } = await server.api.guest();
    assert.deepEqual(Object.keys(user).sort(), ['id', 'kind']);
    assert.equal(user.kind, 'guest');
    assert.equal(payload_of(token).kind, 'guest');
    check_time(expiresAt);
    const me = await server.api.get('/api/users/me', { token, expect: 200 });
    assert.equal(me.body.id, user.id);
    assert.equal(me.body.kind, 'guest');
  });
  test('are all different', async () => {
    const guests = await Promise.all(Array.from({ length: 100 }, () => server.api.guest()));
    assert.equal(new Set(guests.map((guest) => guest.user.id)).size, 100);
  });
  test('are not users', async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) {
      ids.push((await server.api.guest()).user.id, (await server.api.register()).user.id);
    }
    assert.equal(new Set(ids).size, 6);
  });
  test('may not create polls', async () => {
    const { token } = await server.api.guest();
    const body = { title: 'x', options: ['a', 'b'] };
    await server.api.post('/api/polls', { token, body, expect: 'forbidden' });
  });
});

describe('GET /api/users/me', () => {
  test('tells who I am', async () => {
    const body = fresh();
    const { user, token } = await server.api.register(body);
    const me = (await server.api.get('/api/users/me', { token, expect: 200 })).body;
    assert.equal(me.id, user.id);
    assert.equal(me.username, body.username);
    assert.equal(me.email, body.email);
    assert.equal(me.kind, 'user');
    assert.ok(Math.abs(check_time(me.createdAt) - Date.now()) < 60_000);
    assert.equal(me.votesToday, 0);
    assert.equal(me.votesLeftToday, 100);
  });
  test('counts my votes of today', () =>
    within_a_day(async () => {
      const { token } = await server.api.register();
      const poll = await server.api.create_poll(token);
      await server.api.vote(token, poll.id, 0, { expect: 201 });
      const me = (await server.api.get('/api/users/me', { token, expect: 200 })).body;
      assert.equal(me.votesToday, 1);
      assert.equal(me.votesLeftToday, 99);
    }));
});

const encode = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token of our own making. */
function forge(header, claims, secret = JWT_SECRET, hash = 'sha256') {
  const signed = `${header}.${encode(claims)}`;
  const mac = createHmac(hash, secret).update(signed).digest('base64url');
  return `${signed}.${mac}`;
}

describe('tokens', () => {
  let token, header, claims;
  before(async () => {
    ({ token } = await server.api.register());
    header = token.split('.')[0];
    claims = payload_of(token);
  });
  const try_token = (text, expect) => server.api.get('/api/users/me', { token: text, expect });

  test('one signed with the secret is taken: so the others are refused for their fault', () =>
    try_token(forge(header, claims), 200));

  const now = () => Math.floor(Date.now() / 1000);
  const rows = [
    ['alg none', () => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`],
    ['alg None, with a signature', () => forge(encode({ alg: 'None', typ: 'JWT' }), claims)],
    ['our header, no signature', () => `${header}.${encode(claims)}.`],
    ['two parts', () => `${header}.${encode(claims)}`],
    ['HS512', () => forge(encode({ alg: 'HS512', typ: 'JWT' }), claims, JWT_SECRET, 'sha512')],
    [
      'another header, rightly signed',
      () => forge(encode({ typ: 'JWT', alg: 'HS256', kid: 'x' }), claims),
    ],
    ['another secret', () => forge(header, claims, 'another secret of 32 bytes or more')],
    ['an empty secret', () => forge(header, claims, '')],
    ['expired', () => forge(header, { ...claims, exp: now() - 1 })],
    [
      'older than its account',
      () => forge(header, { ...claims, iat: claims.iat - 1, exp: claims.exp - 1 }),
    ],
    ['expired long ago', () => forge(header, { ...claims, iat: 1, exp: 2 })],
    ['no exp', () => forge(header, { ...claims, exp: undefined })],
    ['exp as a string', () => forge(header, { ...claims, exp: String(claims.exp) })],
    ['no sub', () => forge(header, { ...claims, sub: undefined })],
    ['an empty sub', () => forge(header, { ...claims, sub: '' })],
    ['sub 0', () => forge(header, { ...claims, sub: '0' })],
    ['a negative sub', () => forge(header, { ...claims, sub: '-1' })],
    ['a sub beyond any id', () => forge(header, { ...claims, sub: '99999999999999999999' })],
    ['an unknown kind', () => forge(header, { ...claims, kind: 'admin' })],
    ['claims that are no object', () => forge(header, 'hello')],
    ['a user who does not exist', () => forge(header, { ...claims, sub: '4000000' })],
    [
      'another user under my signature',
      () => {
        const [, , mac] = token.split('.');
        return `${header}.${encode({ ...claims, sub: '1' })}.${mac}`;
      },
    ],
    [
      'the last letter changed',
      () => token.slice(0, -2) + (token.at(-2) === 'A' ? 'B' : 'A') + token.at(-1),
    ],
    ['the first letter changed', () => `x${token.slice(1)}`],
    ['a letter less', () => token.slice(0, -1)],
    ['a letter more', () => `${token}A`],
    ['padding', () => `${token}=`],
    ['a fourth part', () => `${token}.${encode('x')}`],
    ['one letter', () => 'x'],
    ['dots', () => '..'],
    ['four dots', () => '....'],
    ['5,000 letters', () => 'a'.repeat(5000)],
    ['5,000 letters in three parts', () => `${header}.${'a'.repeat(5000)}.${'a'.repeat(43)}`],
  ];
  for (const [why, make] of rows) {
    test(`${why}: 401`, () => try_token(make(), 'unauthorized'));
  }
  test('the whole header has to be right', async () => {
    for (const authorization of [
      'Bearer',
      'Bearer ',
      token,
      `Basic ${token}`,
      `Bearer ${token} x`,
    ]) {
      await server.api.get('/api/users/me', {
        headers: { authorization },
        expect: 'unauthorized',
      });
    }
    await server.api.get('/api/users/me', {
      headers: { authorization: `bearer ${token}` },
      expect: 200,
    });
  });
  test('a bad token is refused where none would be needed', () =>
    server.api.get('/api/polls', { token: 'x', expect: 'unauthorized' }));
  test('none at all: 401 where one is needed', async () => {
    await server.api.get('/api/users/me', { expect: 'unauthorized' });
    await server.api.post('/api/polls', {
      body: { title: 'x', options: ['a', 'b'] },
      expect: 'unauthorized',
    });
    await server.api.post('/api/polls/1/vote', {
      body: { optionIndex: 0 },
      expect: 'unauthorized',
    });
    await server.api.post('/api/polls/1/skip', { expect: 'unauthorized' });
  });
  test('they outlive a restart', async () => {
    await server.restart();
    await server.api.get('/api/users/me', { token, expect: 200 });
  });
});

describe('the session cookie', () => {
  const cookie_of = (answer) =>
    [answer.headers['set-cookie']].flat().find((c) => c?.startsWith('pollux_session='));

  for (const [path, status] of [
    ['register', 201],
    ['login', 200],
    ['guest', 201],
  ]) {
    test(`${path} sets it`, async () => {
      const body = fresh();
      if (path === 'login') await server.api.register(body);
      const answer = await server.api.post(`/api/auth/${path}`, { body, expect: status });
      const cookie = cookie_of(answer);
      assert.ok(cookie, 'Set-Cookie');
      const held = cookie.split(';')[0].replace('pollux_session=', '');
      const me = await server.api.get('/api/users/me', { cookie: held, expect: 200 });
      assert.equal(me.body.id, answer.body.user.id);
      const attributes = cookie.toLowerCase().split(/; */).slice(1);
      for (const want of ['httponly', 'samesite=lax', 'path=/']) {
        assert.ok(attributes.includes(want), cookie);
      }
      assert.ok(
        attributes.some((a) => /^(max-age|expires)=/.test(a)),
        cookie,
      );
    });
  }
  test('logout clears it', async () => {
    const { token } = await server.api.register();
    const answer = await server.api.post('/api/auth/logout', { cookie: token, expect: 204 });
    assert.match(cookie_of(answer), /^pollux_session=;.*(max-age=0|expires=thu, 01 jan 1970)/i);
  });
  test('it is as good as the token', async () => {
    const { user, token } = await server.api.register();
    const me = await server.api.get('/api/users/me', { cookie: token, expect: 200 });
    assert.equal(me.body.id, user.id);
    const headers = { cookie: `theme=dark; pollux_session=${token}; lang=en` };
    assert.equal((await server.api.get('/api/users/me', { headers })).body.id, user.id);
  });
  test('a forged one is refused', () =>
    server.api.get('/api/users/me', { cookie: 'x.y.z', expect: 'unauthorized' }));
  test('the header goes before it', async () => {
    const one = await server.api.register();
    const other = await server.api.register();
    const me = await server.api.get('/api/users/me', { token: one.token, cookie: other.token });
    assert.equal(me.body.id, one.user.id);
  });
});

describe('where the cookie counts', () => {
  let token, poll;
  before(async () => {
    ({ token } = await server.api.register());
    poll = await server.api.create_poll(token);
  });
  const foreign = [
    'https://evil.example',
    'null',
    'http://polls.example',
    'https://polls.example:8443',
    'https://polls.example.evil.org',
    'https://xpolls.example',
    'https://',
    'polls.example',
  ];
  for (const origin of foreign) {
    test(`a vote from ${origin} is refused`, () =>
      server.api.post(`/api/polls/${poll.id}/vote`, {
        cookie: token,
        origin,
        body: { optionIndex: 0 },
        expect: 'foreign_origin',
      }));
    test(`a WebSocket from ${origin} is refused`, async () => {
      assert.equal(await refused_ws(server, '/ws', { cookie: token, origin }), 403);
    });
  }
  test('every method that changes something is refused', async () => {
    const refused = {
      cookie: token,
      origin: 'https://evil.example',
      expect: 'foreign_origin',
    };
    await server.api.post('/api/polls', {
      ...refused,
      body: { title: 'x', options: ['a', 'b'] },
    });
    await server.api.post(`/api/polls/${poll.id}/close`, refused);
    await server.api.post(`/api/polls/${poll.id}/skip`, refused);
    await server.api.put(`/api/polls/${poll.id}/vote`, {
      ...refused,
      body: { optionIndex: 0 },
    });
    await server.api.delete(`/api/polls/${poll.id}/vote`, refused);
    await server.api.delete(`/api/polls/${poll.id}`, refused);
    const { body } = await server.api.get(`/api/polls/${poll.id}`, { expect: 200 });
    assert.equal(body.status, 'open');
    assert.equal(body.results.totalVotes, 0);
  });
  test('reading is allowed', () =>
    server.api.get('/api/users/me', {
      cookie: token,
      origin: 'https://evil.example',
      expect: 200,
    }));
  test('our own page and the configured origins may', async () => {
    for (const origin of [OURS, server.url]) {
      const { token: cookie } = await server.api.register();
      await server.api.post(`/api/polls/${poll.id}/vote`, {
        cookie,
        origin,
        body: { optionIndex: 1 },
        expect: 201,
      });
      await (await open_ws(server, '/ws', { cookie, origin })).end();
    }
  });
  test('a token in the header may come from anywhere', async () => {
    const other = await server.api.guest();
    await server.api.vote(other.token, poll.id, 0, {
      origin: 'https://evil.example',
      expect: 201,
    });
  });
});
