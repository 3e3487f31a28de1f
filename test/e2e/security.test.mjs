// What the threat model (docs/threat-model.md) says is defended and no other file tests.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { open_sse } from './lib/live.mjs';
import { exchange } from './lib/raw.mjs';
import { only_embedded } from './lib/profiles.mjs';
import { Server, with_server } from './lib/server.mjs';

const server = with_server();

describe('the data directory', only_embedded('folder'), () => {
  test('is not one that everybody can write to', async () => {
    const open = new Server();
    fs.mkdirSync(open.data_dir, { recursive: true });
    fs.chmodSync(open.data_dir, 0o777);
    assert.match(await open.refuses_to_start(), /everybody on this machine can write to/);
    fs.chmodSync(open.data_dir, 0o770);
    await open.start();
    await open.end();
  });
  test("is one server's, also when its lock has been renamed", async () => {
    const first = new Server();
    await first.start();
    fs.renameSync(path.join(first.data_dir, 'lock'), path.join(first.data_dir, 'lock.old'));
    const second = new Server({ config: { 'data.dir': first.data_dir } });
    assert.match(await second.refuses_to_start(), /in use by another pollux/);
    await first.end();
    second.remove();
  });
});

describe('what lies in the data directory', only_embedded('folder'), () => {
  test("is for the server's own user", async () => {
    const own = new Server({ env: { POLLUX_JWT_SECRET: '' } });
    await own.start();
    await own.api.guest();
    const all = fs.readdirSync(own.data_dir, { recursive: true });
    const modes = all.map((name) => fs.statSync(path.join(own.data_dir, name)).mode & 0o077);
    const names = all.filter((name, i) => modes[i] === 0);
    await own.end();
    assert.deepEqual(
      all.filter((name) => !names.includes(name)),
      ['address'],
    );
    for (const name of ['pollux.db', 'pollux.db-wal', 'jwt.secret', 'journal/reached']) {
      assert.ok(names.includes(name), `${name} is not in ${names}`);
    }
  });
});

describe('headers for browsers', () => {
  const strict = "default-src 'none'; frame-ancestors 'none'";
  const page = /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/;
  const framable = /^default-src 'none'; script-src 'self'; .*frame-ancestors \*$/;

  function check({ headers }, csp, what) {
    if (typeof csp === 'string') assert.equal(headers['content-security-policy'], csp, what);
    else assert.match(headers['content-security-policy'] ?? '', csp, what);
    assert.equal(headers['x-content-type-options'], 'nosniff', what);
    assert.equal(headers['referrer-policy'], 'no-referrer', what);
    const corp = csp === framable ? 'cross-origin' : 'same-origin';
    assert.equal(headers['cross-origin-resource-policy'], corp, what);
    assert.equal(headers.server, undefined, what);
    assert.equal(headers['x-powered-by'], undefined, what);
  }

  test('are on every answer, and no answer says what serves it', async () => {
    const { token } = await server.api.register();
    const poll = await server.api.create_poll(token);
    const { id } = poll;
    const etag = (await server.api.get(`/api/polls/${id}/results`)).headers.etag;
    const calls = [
      ['get', '/healthz', {}],
      ['get', '/api/polls', {}],
      ['head', '/api/polls', {}],
      ['options', '/api/polls', {}],
      ['get', `/api/polls/${id}`, {}],
      ['get', `/api/polls/${id}/results`, { headers: { 'if-none-match': etag } }],
      ['post', `/api/polls/${id}/vote`, { token, body: { optionIndex: 0 } }],
      ['post', `/api/polls/${id}/vote`, { token, body: { optionIndex: 0 } }],
      [
        'post',
        '/api/polls',
        { token, raw: '{', headers: { 'content-type': 'application/json' } },
      ],
      ['get', '/api/users/me', {}],
      ['get', '/nowhere', {}],
      ['put', '/healthz', {}],
      ['get', `/ws/polls/${id}`, {}],
    ];
    const seen = new Set();
    for (const [method, path, call] of calls) {
      const answer = await server.api[method](path, { ...call, expect: 'any' });
      seen.add(answer.status);
      check(answer, strict, `${method} ${path}`);
    }
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      [200, 201, 204, 304, 400, 401, 404, 405, 409, 426],
    );
  });
  test('are on answers to what cannot be read', async () => {
    for (const bytes of [
      'nonsense\r\n\r\n',
      `GET /${'a'.repeat(5000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      'POST /api/polls HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n',
    ]) {
      check(await exchange(server, bytes), strict, bytes.slice(0, 40));
    }
  });
  test('are on a stream of events', async () => {
    const { token } = await server.api.register();
    const { id } = await server.api.create_poll(token);
    const live = await open_sse(server, `/api/polls/${id}/live`);
    check(live, strict, 'events');
    await live.end();
  });
  test('let others frame what is under /embed/, and nothing else', async () => {
    const rows = [
      ['/', page],
      ['/embed/1', framable],
      ['/embed', strict],
      ['/embedded', strict],
      ['/api/embed/1', strict],
      ['/x/embed/', strict],
      ['//embed/1', strict],
    ];
    for (const [path, csp] of rows) {
      const answer = await exchange(server, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      check(answer, csp, path);
    }
  });
});

describe('JSON', () => {
  let token;
  before(async () => ({ token } = await server.api.register()));

  const headers = { 'content-type': 'application/json' };
  const post = (raw, expect) => server.api.post('/api/polls', { token, raw, headers, expect });
  const around = (inner) => `{"title":"x","options":["a","b"],"more":${inner}}`;
  const nested = (depth, open, close) => open.repeat(depth - 1) + '1' + close.repeat(depth - 1);

  for (const [what, open, close] of [
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ]) {
    test(`${what} may be 16 deep and not 17`, async () => {
      await post(around(nested(16, open, close)), 201);
      const refused = await post(around(nested(17, open, close)), 'invalid_json');
      assert.match(refused.body.detail, /too deeply/);
    });
  }
  test('may be 64 KiB long, and not a byte more', async () => {
    const fill = (length) => around(`"${'x'.repeat(length - around('""').length)}"`);
    assert.equal(fill(65536).length, 65536);
    await post(fill(65536), 201);
    await post(fill(65537), 'too_large');
  });
  test('with as many members and elements as fit is read, not choked on', async () => {
    const list = `[${Array(30_000).fill('1').join()}]`;
    const object = `{${Array.from({ length: 5000 }, (_, i) => `"${i}":1`).join()}}`;
    await post(around(list), 201);
    await post(around(object), 201);
  });
  test('with a name twice could be read in two ways: refused', () =>
    post('{"title":"x","title":"y","options":["a","b"]}', 'invalid_json'));
  test('numbers that no integer holds are refused or ignored, not wrapped', async () => {
    const poll = await server.api.create_poll(token);
    for (const n of ['18446744073709551616', '4294967296', '-1', '1e400', '0.5', '1e0']) {
      const raw = `{"optionIndex":${n}}`;
      const path = `/api/polls/${poll.id}/vote`;
      const { status } = await server.api.post(path, { token, raw, headers, expect: 'any' });
      assert.ok([400, 422].includes(status), `${n}: ${status}`);
    }
    assert.equal((await server.api.results(poll.id)).totalVotes, 0);
  });
});
