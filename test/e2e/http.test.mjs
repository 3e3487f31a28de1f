// HTTP itself: requests that cannot be read are refused, the others answered as HTTP
// says.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { check_problem } from './lib/problem.mjs';
import { exchange, Raw } from './lib/raw.mjs';
import { with_server } from './lib/server.mjs';

const server = with_server({ config: { 'server.origins': 'https://polls.example' } });
/** Its clients are given up soon: nothing that a busy machine has to be in time for. */
const hasty = with_server({
  config: { 'server.header_timeout': '500ms', 'server.body_timeout': '500ms' },
});

const GET = 'GET /healthz HTTP/1.1\r\nHost: x\r\n';
const POST = 'POST /api/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

/** The answers on a connection until the server closes it. */
async function answers_to(bytes, of = server) {
  const raw = new Raw(of).send(bytes);
  const answer = await raw.answer();
  const rest = await raw.closed();
  return { answer, rest };
}

describe('a request that could be read in two ways is refused, and nothing after it is read', () => {
  const chunked = '2\r\n{}\r\n0\r\n\r\n';
  const rows = [
    ['length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n' + chunked],
    ['chunks and length', 'Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n' + chunked],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} '],
    ['a list of lengths', 'Content-Length: 2, 3\r\n\r\n{} '],
    ['a signed length', 'Content-Length: +2\r\n\r\n{}'],
    ['a negative length', 'Content-Length: -2\r\n\r\n{}'],
    ['a hexadecimal length', 'Content-Length: 0x2\r\n\r\n{}'],
    ['an empty length', 'Content-Length: \r\n\r\n'],
    ['a length beyond any integer', 'Content-Length: 99999999999999999999999\r\n\r\n{}'],
    ['a coding that is not chunked', 'Transfer-Encoding: gzip\r\n\r\n{}'],
    ['chunked, and then another', 'Transfer-Encoding: chunked, gzip\r\n\r\n' + chunked],
    ['chunked twice', 'Transfer-Encoding: chunked, chunked\r\n\r\n' + chunked],
    [
      'chunked on two lines',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n' + chunked,
    ],
    ['nearly chunked', 'Transfer-Encoding: xchunked\r\n\r\n' + chunked],
    ['a folded line', 'Transfer-Encoding:\r\n chunked\r\n\r\n' + chunked],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n\r\n' + chunked],
    ['a bare CR in a value', 'X-A: b\rTransfer-Encoding: chunked\r\n\r\n' + chunked],
    ['a NUL in a value', 'X-A: b\0c\r\nContent-Length: 2\r\n\r\n{}'],
    ['a name with a space', 'X A: b\r\nContent-Length: 2\r\n\r\n{}'],
    ['a line without a colon', 'nonsense\r\nContent-Length: 2\r\n\r\n{}'],
    ['an empty name', ': b\r\nContent-Length: 2\r\n\r\n{}'],
    ['a second Host', 'Host: y\r\nContent-Length: 2\r\n\r\n{}'],
    ['a chunk size that is none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
    ['a signed chunk size', 'Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size with 0x', 'Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n'],
    [
      'an endless chunk size',
      'Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n',
    ],
    ['a chunk longer than it says', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n'],
  ];
  for (const [why, rest] of rows) {
    test(why, async () => {
      const smuggled = 'GET /api/polls HTTP/1.1\r\nHost: x\r\n\r\n';
      const { answer, rest: more } = await answers_to(POST + rest + smuggled);
      assert.ok([400, 413, 501].includes(answer.status), `${answer.status}`);
      check_problem(answer);
      assert.equal(more, '', 'one answer, and then the end');
    });
  }
});

describe('a request line or a header that cannot be read', () => {
  const rows = [
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', 'GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400],
    ['no version', 'GET /healthz\r\n\r\n', 400],
    ['no target', 'GET HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a space in the target', 'GET /health z HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a control character in the target', 'GET /heal\x01thz HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a target that is no path', 'GET healthz HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a broken escape in the query', 'GET /api/polls?tag=%zz HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['an escape that is not UTF-8', 'GET /api/polls?tag=%ff HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a method that has no path', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', 501],
    [
      'an unknown method with a body in chunks',
      'BREW / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      501,
    ],
    ...['[::1', ']', 'a:b:c', '[::1]x', 'x:99999', ':80'].map((host) => [
      `Host: ${host}`,
      `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      400,
    ]),
    ['another protocol', 'GET /healthz SPDY/1.1\r\nHost: x\r\n\r\n', 400],
    ['HTTP/2 without negotiation', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 501, 505]],
    ['HTTP/1.2 and beyond', 'GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n', [400, 505]],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['an expectation that is unknown', GET + 'Expect: 200-ok\r\n\r\n', 417],
  ];
  for (const [why, bytes, status] of rows) {
    test(why, async () => {
      const answer = await exchange(server, bytes);
      assert.ok([status].flat().includes(answer.status), `${answer.status}`);
      check_problem(answer);
    });
  }
});

test('OPTIONS * says what the server can do', async () => {
  const { status, headers } = await exchange(server, 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.equal(status, 204);
  assert.match(headers.allow, /GET, .*OPTIONS/);
});

test('nothing but white space may come after JSON', async () => {
  const post = (body) =>
    exchange(
      server,
      'POST /api/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n' +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
  assert.equal((await post('{} \t\r\n')).status, 201);
  for (const end of ['\0', ' \0', '\n\0\n', '\v', '\f', ';', '{}'])
    assert.equal(
      check_problem(await post(`{}${end}`)).code,
      'invalid_json',
      JSON.stringify(end),
    );
});

test('an upgrade to WebSocket has no body', async () => {
  const upgrade =
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  for (const body of [
    'Content-Length: 2\r\n\r\n{}',
    'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  ])
    assert.equal(check_problem(await exchange(server, upgrade + body)).code, 'bad_request');
});

describe('limits', () => {
  const long = (n) => 'a'.repeat(n);
  const rows = [
    ['a target of 4,000 bytes', `GET /healthz?${long(3980)} HTTP/1.1\r\nHost: x\r\n\r\n`, 200],
    [
      'a target over 4,096 bytes',
      `GET /healthz?${long(4097)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      414,
    ],
    ['headers of 15 KiB', `${GET}X-A: ${long(15000)}\r\n\r\n`, 200],
    ['headers over 16 KiB', `${GET}X-A: ${long(16400)}\r\n\r\n`, 431],
    ['headers over 16 KiB, without an end', `${GET}X-A: ${long(40000)}`, 431],
    ['a target without an end', `GET /${long(40000)}`, 414],
    ['90 header lines', `${GET}${'X-A: b\r\n'.repeat(90)}\r\n`, 200],
    ['101 header lines', `${GET}${'X-A: b\r\n'.repeat(101)}\r\n`, 431],
    ['a body over 64 KiB', `${POST}Content-Length: 65537\r\n\r\n`, 413],
    [
      'chunks over 64 KiB',
      `${POST}Transfer-Encoding: chunked\r\n\r\n10001\r\n${long(65537)}`,
      413,
    ],
    [
      'many small chunks over 64 KiB',
      `${POST}Transfer-Encoding: chunked\r\n\r\n${`400\r\n${long(1024)}\r\n`.repeat(65)}`,
      413,
    ],
    [
      'an endless chunk extension',
      `${POST}Transfer-Encoding: chunked\r\n\r\n2;${long(40000)}`,
      [400, 413, 431],
    ],
    [
      'endless trailers',
      `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${`X-A: ${long(100)}\r\n`.repeat(400)}`,
      [400, 413, 431],
    ],
  ];
  for (const [why, bytes, status] of rows) {
    test(why, async () => {
      const answer = await exchange(server, bytes);
      assert.ok([status].flat().includes(answer.status), `${answer.status}`);
      if (answer.status >= 400) check_problem(answer);
    });
  }

  test('a body of exactly 64 KiB is read', async () => {
    const body = `{}${' '.repeat(65534)}`;
    const answer = await exchange(server, `${POST}Content-Length: 65536\r\n\r\n${body}`);
    assert.equal(answer.status, 201);
  });
  test('headers that never end are given up', async () => {
    const { answer } = await answers_to(GET, hasty);
    assert.equal(answer.status, 408);
    check_problem(answer);
  });
  test('a body that never ends is given up', async () => {
    const { answer } = await answers_to(`${POST}Content-Length: 2\r\n\r\n{`, hasty);
    assert.equal(answer.status, 408);
    check_problem(answer);
  });
  test('headers that come a byte at a time are given up as well', async () => {
    const raw = new Raw(hasty);
    const drip = setInterval(() => raw.send('X'), 50);
    try {
      raw.send(GET);
      assert.equal((await raw.answer()).status, 408);
    } finally {
      clearInterval(drip);
      raw.end();
    }
  });
});

describe('Expect: 100-continue', () => {
  test('a body that is welcome is asked for', async () => {
    const raw = new Raw(server);
    raw.send(`${POST}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
    assert.equal((await raw.answer()).status, 100);
    raw.send('{}');
    assert.equal((await raw.answer()).status, 201);
    raw.end();
  });
  test('a body that is too large is not', async () => {
    const bytes = `${POST}Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n`;
    assert.equal((await exchange(server, bytes)).status, 413);
  });
});

describe('connections', () => {
  test('stay open, and answer what was sent at once in order', async () => {
    const raw = new Raw(server);
    raw.send(GET + '\r\n' + 'GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n' + POST);
    raw.send('Content-Length: 2\r\n\r\n{}' + GET + '\r\n');
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push((await raw.answer()).status);
    assert.deepEqual(seen, [200, 404, 201, 200]);
    raw.end();
  });
  test('a request may come in single bytes', async () => {
    const raw = new Raw(server);
    for (const byte of `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n`) {
      raw.send(byte);
      await new Promise(setImmediate);
    }
    assert.equal((await raw.answer()).status, 201);
    raw.end();
  });
  test('Connection: close closes', async () => {
    const { answer, rest } = await answers_to(`${GET}Connection: close\r\n\r\n`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.connection?.toLowerCase(), 'close');
    assert.equal(rest, '');
  });
  test('HTTP/1.0 closes, and needs no Host', async () => {
    const { answer } = await answers_to('GET /healthz HTTP/1.0\r\n\r\n');
    assert.equal(answer.status, 200);
  });
  test('HTTP/1.0 with keep-alive stays open', async () => {
    const raw = new Raw(server);
    for (let i = 0; i < 2; i++) {
      raw.send('GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
      assert.equal((await raw.answer()).status, 200);
    }
    raw.end();
  });
  test('an empty line before a request does no harm', async () => {
    assert.equal((await exchange(server, `\r\n${GET}\r\n`)).status, 200);
  });
  test('a client that sends and closes its side is answered', async () => {
    const raw = new Raw(server).send(`${GET}\r\n`);
    raw.socket.end();
    assert.equal((await raw.answer()).status, 200);
  });
  test('every answer has a date', async () => {
    const began = Date.now();
    const { headers } = await exchange(server, `${GET}\r\n`);
    const date = Date.parse(headers.date);
    assert.ok(date > began - 5000 && date <= Date.now(), headers.date);
  });
});

describe('methods', () => {
  for (const path of ['/healthz', '/api/polls', '/nowhere', '/']) {
    test(`HEAD ${path} says what GET says, without the body`, async () => {
      const raw = new Raw(server);
      const get = await raw.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).answer();
      const head = await raw
        .send(`HEAD ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
        .answer({ head: true });
      assert.equal(head.status, get.status);
      assert.equal(head.headers['content-type'], get.headers['content-type']);
      const after_it = await raw.send(`${GET}\r\n`).answer();
      assert.equal(after_it.status, 200, 'what follows is the next answer, not a body');
      raw.end();
    });
  }

  test('HEAD of a stream of events says its type, and follows nothing', async () => {
    const { token } = await server.api.register();
    const { id } = await server.api.create_poll(token);
    for (const path of [`/api/polls/${id}/live`, `/api/live?polls=${id}`]) {
      const raw = new Raw(server);
      raw.send(`HEAD ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const { status, headers } = await raw.answer({ head: true });
      assert.equal(status, 200);
      assert.match(headers['content-type'], /^text\/event-stream/);
      const after_it = await raw.send(`${GET}\r\n`).answer();
      assert.equal(after_it.status, 200, 'what follows is the next answer, not a body');
      raw.end();
    }
  });

  const rows = [
    ['/healthz', 'POST', ['GET']],
    ['/api/polls', 'DELETE', ['GET', 'POST']],
    ['/api/polls/1', 'POST', ['GET', 'DELETE']],
    ['/api/polls/1/vote', 'GET', ['POST', 'PUT', 'DELETE']],
    ['/api/polls/1/skip', 'GET', ['POST', 'DELETE']],
    ['/api/polls/1/close', 'GET', ['POST']],
    ['/api/polls/1/results', 'POST', ['GET']],
    ['/api/votes', 'GET', ['POST']],
    ['/api/auth/register', 'GET', ['POST']],
    ['/api/auth/login', 'PUT', ['POST']],
    ['/api/users/me', 'POST', ['GET']],
  ];
  for (const [path, method, allowed] of rows) {
    test(`${method} ${path} is 405 and says what is allowed`, async () => {
      const { headers } = await server.api.call(method, path, {
        expect: 'method_not_allowed',
      });
      const allow = headers.allow.split(/, ?/);
      for (const name of allowed) assert.ok(allow.includes(name), headers.allow);
      assert.ok(!allow.includes(method), headers.allow);
    });
    test(`a method that nobody knows is 405 on ${path}, and the line stays open`, async () => {
      const raw = new Raw(server);
      for (const name of ['PROPFIND', 'TRACE', 'get', 'FOO-1']) {
        raw.send(`${name} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`);
        const answer = await raw.answer();
        assert.equal(check_problem(answer).code, 'method_not_allowed');
        for (const known of allowed) assert.ok(answer.headers.allow.includes(known), name);
      }
      raw.end();
    });
    test(`OPTIONS ${path} says what is allowed`, async () => {
      const { status, headers } = await server.api.options(path);
      assert.equal(status, 204);
      for (const name of allowed) assert.ok(headers.allow.includes(name), headers.allow);
    });
  }
});

describe('CORS', () => {
  const preflight = (origin) =>
    server.api.options('/api/polls', {
      origin,
      headers: {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type, idempotency-key',
      },
    });

  test('a configured origin may call', async () => {
    const { headers } = await preflight('https://polls.example');
    assert.equal(headers['access-control-allow-origin'], 'https://polls.example');
    assert.match(headers['access-control-allow-methods'], /POST/);
    for (const name of ['authorization', 'content-type', 'idempotency-key']) {
      assert.match(headers['access-control-allow-headers'].toLowerCase(), new RegExp(name));
    }
    assert.match(headers.vary ?? '', /origin/i);
  });
  test('another one may not', async () => {
    for (const origin of ['https://evil.example', 'https://polls.example.evil.org', 'null']) {
      const { headers } = await preflight(origin);
      assert.equal(headers['access-control-allow-origin'], undefined, origin);
    }
  });
  test('the answer itself says so too', async () => {
    const allowed = await server.api.get('/api/polls', { origin: 'https://polls.example' });
    assert.equal(allowed.headers['access-control-allow-origin'], 'https://polls.example');
    const foreign = await server.api.get('/api/polls', { origin: 'https://evil.example' });
    assert.equal(foreign.headers['access-control-allow-origin'], undefined);
  });
});

describe('paths', () => {
  const nowhere = [
    '/nowhere',
    '/api',
    '/api/nowhere',
    '/api/polls/0',
    '/api/polls/-1',
    '/api/polls/abc',
    '/api/polls/1x',
    '/api/polls/1.0',
    '/api/polls/99999999',
    '/api/polls/4294967297',
    '/api/polls/18446744073709551617',
    '/api/polls/99999999999999999999999999',
    '/api/polls/1/nowhere',
    '/api/polls/99999999/results',
    '/api//polls',
    '/healthz/x',
    '/api/polls/99999999/live',
    '/../etc/passwd',
    '/api/polls/../../healthz',
  ];
  for (const path of nowhere) {
    test(`${path} is not found`, async () => {
      const answer = await exchange(server, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      assert.equal(answer.status, 404);
      assert.equal(check_problem(answer).code, 'not_found');
    });
  }
  test('a path with a trailing slash is the same resource', async () => {
    const { token } = await server.api.register();
    const poll = await server.api.create_poll(token);
    for (const path of ['/healthz', '/api/polls', `/api/polls/${poll.id}`]) {
      const plain = await server.api.get(path, { expect: 200 });
      const slash = await server.api.get(`${path}/`, { expect: 200 });
      assert.equal(slash.text, plain.text, path);
    }
    const body = { optionIndex: 0 };
    await server.api.post(`/api/polls/${poll.id}/vote/`, { token, body, expect: 201 });
    await server.api.post('/api/auth/guest/', { body: {}, expect: 201 });
  });
});

describe('bodies', () => {
  let token;
  before(async () => ({ token } = await server.api.register()));
  const json = { 'content-type': 'application/json' };

  const rows = [
    ['no body', undefined, json, 'invalid_json'],
    ['an empty body', '', json, 'invalid_json'],
    ['half of one', '{"title": "x"', json, 'invalid_json'],
    ['something after it', '{} {}', json, 'invalid_json'],
    ['a word', 'hello', json, 'invalid_json'],
    ['a trailing comma', '{"title": "x",}', json, 'invalid_json'],
    [
      'bytes that are not UTF-8',
      Buffer.from('{"title": "\xff\xfe"}', 'latin1'),
      json,
      'invalid_json',
    ],
    ['a NUL', '{"title": "x"}\0', json, 'invalid_json'],
    ['too deep', '['.repeat(5000) + ']'.repeat(5000), json, 'invalid_json'],
    ['a number', '1', json, 'invalid', 'wrong_type'],
    ['a list', '[]', json, 'invalid', 'wrong_type'],
    ['null', 'null', json, 'invalid', 'wrong_type'],
    ['an escaped NUL', '{"title": "a\\u0000b"}', json, 'invalid', 'bad_characters'],
    [
      'a number that nothing holds',
      '{"title": "x", "more": 1e400}',
      json,
      'invalid',
      'out_of_range',
    ],
    ['another type', '{}', { 'content-type': 'text/plain' }, 'unsupported_media_type'],
    [
      'a form',
      'title=x',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'unsupported_media_type',
    ],
    ['no type', '{}', {}, 'unsupported_media_type'],
    [
      'a type that begins like it',
      '{}',
      { 'content-type': 'application/jsonp' },
      'unsupported_media_type',
    ],
  ];
  for (const [why, raw, headers, code, fault] of rows) {
    test(`${why}: ${code}`, async () => {
      const { body } = await server.api.post('/api/polls', {
        token,
        raw,
        headers,
        expect: code,
      });
      assert.equal(body.errors?.[0].code, fault);
    });
  }
  test('the type may have parameters and any case', async () => {
    const raw = '{"title": "x", "options": ["a", "b"]}';
    for (const type of ['application/json; charset=utf-8', 'Application/JSON']) {
      const headers = { 'content-type': type };
      await server.api.post('/api/polls', { token, raw, headers, expect: 201 });
    }
  });
});

describe('X-Request-Id', () => {
  const kept = ['a', 'b2c8e0d4-6f0e-4d0c-9c55-7d6f1d1f2a10', 'x'.repeat(128)];
  for (const id of kept) {
    test(`${id.slice(0, 40)} is kept`, async () => {
      const headers = { 'x-request-id': id };
      assert.equal((await server.api.get('/healthz', { headers })).headers['x-request-id'], id);
      const refused = await server.api.get('/nowhere', { headers, expect: 404 });
      assert.equal(refused.headers['x-request-id'], id);
    });
  }
  for (const id of ['', 'x'.repeat(129), 'a b', 'a"b', 'a<b', 'ä']) {
    test(`${JSON.stringify(id.slice(0, 40))} is replaced`, async () => {
      const bytes = `${GET}X-Request-Id: ${id}\r\n\r\n`;
      const { headers, status } = await exchange(server, bytes);
      assert.equal(status, 200);
      assert.match(headers['x-request-id'], /^[A-Za-z0-9_-]{8,128}$/);
      assert.notEqual(headers['x-request-id'], id);
    });
  }
  test('each request has its own', async () => {
    const ids = new Set();
    for (let i = 0; i < 50; i++) {
      ids.add((await server.api.get('/healthz')).headers['x-request-id']);
    }
    assert.equal(ids.size, 50);
  });
  test('is there when the request could not be read', async () => {
    const { headers } = await exchange(server, 'nonsense\r\n\r\n');
    assert.ok(headers['x-request-id']);
  });
});
