// SIGTERM: the server finishes what was begun, tells everybody, and ends soon.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { open_sse, open_ws } from './lib/live.mjs';
import { Raw } from './lib/raw.mjs';
import { only_embedded } from './lib/profiles.mjs';
import { lasting_port, Server } from './lib/server.mjs';
import { LIMIT_MS, wait_until, within } from './lib/wait.mjs';

/** Longer than any test: what ends, ends by itself, and not because it was given up. */
const CONFIG = {
  'server.shutdown_timeout': '1h',
  'server.header_timeout': '1h',
  'server.body_timeout': '1h',
};

/** The rest of the head of a request for a WebSocket. */
const WS_WISH =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

let server, token, poll;
before(async () => {
  server = await Server.start({ config: CONFIG });
  ({ token } = await server.api.register());
  poll = await server.api.create_poll(token);
});
after(() => server.end());

/** The server runs, whatever the test before did to it. */
async function started() {
  if (server.may_end) await server.ended;
  if (server.child === null) await server.start();
}
const signal = (name) => server.signal(name);

/** Ends by itself with exit status 0. */
async function ends(of = server) {
  const how = await within(of.ended, LIMIT_MS, 'the end');
  of.close_clients();
  assert.deepEqual(how, { code: 0, signal: null }, of.log_tail());
  of.check_log();
}

for (const name of ['SIGTERM', 'SIGINT']) {
  test(`${name} ends an idle server`, async () => {
    await started();
    signal(name);
    await ends();
  });
}

test('followers are told to come back', async () => {
  await started();
  const ws = await open_ws(server, `/ws/polls/${poll.id}`);
  const many = await open_ws(server, '/ws');
  const sse = await open_sse(server, `/api/polls/${poll.id}/live`);
  await ws.next();
  await sse.next();
  signal('SIGTERM');
  assert.equal((await within(ws.closed, LIMIT_MS, 'the close')).code, 1012);
  assert.equal((await within(many.closed, LIMIT_MS, 'the close')).code, 1012);
  await within(sse.closed, LIMIT_MS, 'the end of the stream');
  assert.ok(sse.retry > 0, `retry: ${sse.retry}`);
  await ends();
});

for (const [how, path_of, wish, told] of [
  ['a WebSocket', () => '/ws', WS_WISH, '\x88\x15\x03\xf4the server restarts'],
  ['an event stream', () => `/api/polls/${poll.id}/live`, '', ':\n\nretry: 1000\n\n'],
]) {
  test(`who asks for ${how} just then is told to come back as well`, async () => {
    await started();
    const raw = new Raw(server).send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.equal((await raw.answer()).status, 200);
    raw.send(`GET ${path_of()} HTTP/1.1\r\nHost: x\r\n`);
    signal('SIGTERM');
    await wait_until(() => refuses(server), LIMIT_MS, 'no new connections');
    raw.send(`${wish}\r\n`);
    assert.ok([101, 200].includes((await raw.answer()).status));
    await raw.until(() => raw.text.length >= told.length, 'what it is told');
    assert.equal(raw.text, told);
    raw.end();
    await ends();
  });
}

test('votes that were sent before it are answered or were not counted', async () => {
  await started();
  const target = await server.api.create_poll(token);
  const voters = await server.api.crowd(200);
  const answers = voters.map((voter) =>
    server.api.vote(voter, target.id, 0, { expect: 'any' }).then(
      (a) => a.status,
      () => 0,
    ),
  );
  await Promise.any(answers);
  signal('SIGTERM');
  const statuses = await Promise.all(answers);
  await ends();
  for (const status of statuses) assert.ok([0, 201, 503].includes(status), String(status));
  const counted = statuses.filter((status) => status === 201).length;
  await server.verify();
  await server.start();
  const { totalVotes } = await server.api.results(target.id);
  const unknown = statuses.filter((status) => status === 0).length;
  assert.ok(
    totalVotes >= counted && totalVotes <= counted + unknown,
    `${totalVotes} of ${counted}`,
  );
});

test('a request that has begun is finished', async () => {
  await started();
  const raw = new Raw(server);
  const { token: voter } = await server.api.guest();
  const body = '{"optionIndex": 1}';
  raw.send(
    `POST /api/polls/${poll.id}/vote HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${voter}\r\n` +
      'Content-Type: application/json\r\nExpect: 100-continue\r\n' +
      `Content-Length: ${body.length}\r\n\r\n`,
  );
  assert.equal((await raw.answer()).status, 100, 'it has begun');
  raw.send(body.slice(0, 5));
  signal('SIGTERM');
  await wait_until(() => refuses(server), LIMIT_MS, 'no new connections');
  raw.send(body.slice(5));
  const answer = await raw.answer();
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.connection?.toLowerCase(), 'close');
  await ends();
});

const refuses = (of) =>
  fetch(`${of.url}/healthz`).then(
    () => false,
    () => true,
  );

test('a client that never finishes does not hold it up', async () => {
  const own = await Server.start({ config: { 'server.shutdown_timeout': '500ms' } });
  const raw = new Raw(own);
  raw.send('POST /api/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
  const silent = new Raw(own);
  const { id } = await own.api.create_poll((await own.api.register()).token);
  const watcher = await open_ws(own, `/ws/polls/${id}`);
  watcher.socket._socket.pause(); /* takes nothing, and answers no close */
  await own.api.get('/healthz');
  own.signal('SIGTERM');
  await ends(own);
  raw.end();
  silent.end();
  watcher.socket.terminate();
  await own.end();
});

test('a second signal is no harm', async () => {
  await started();
  signal('SIGTERM');
  signal('SIGTERM');
  await within(server.ended, LIMIT_MS, 'the end');
  server.close_clients();
});

test('it starts again at once, on the same port, and knows everything', async () => {
  await started();
  const before_it = await server.api.results(poll.id);
  server.opts.config = { ...CONFIG, 'server.port': await lasting_port() };
  await server.restart();
  for (let i = 0; i < 5; i++) {
    const watcher = await open_ws(server, `/ws/polls/${poll.id}`);
    await server.restart();
    assert.deepEqual(await server.api.results(poll.id), before_it);
    await watcher.closed;
  }
  server.opts.config = CONFIG;
});

describe('starting', () => {
  const here = only_embedded('folder');
  test(
    'two servers on the same data: the second refuses, the first goes on',
    here,
    async () => {
      await started();
      const second = new Server({ config: { 'data.dir': server.data_dir } });
      const address = server.address;
      assert.match(await second.refuses_to_start(), /in use|lock/i);
      second.remove();
      await server.api.results(poll.id);
      assert.equal(server.address, address);
    },
  );
  test('the data directory is made, with those above it', here, async () => {
    const own = new Server();
    own.data_dir = `${own.root}/deep/down/data`;
    try {
      await own.start();
      await own.stop();
      await own.verify();
    } finally {
      await own.end();
    }
  });
  test('on a port that is taken: refused with a clear word', async () => {
    await started();
    const second = new Server({ config: { 'server.port': server.port } });
    const said = await second.refuses_to_start();
    assert.match(said, /in use/i);
    assert.match(said, new RegExp(String(server.port)));
    second.remove();
  });
  test('a flag that does not exist, or a value that cannot be, is refused', async () => {
    for (const args of [
      ['--no-such-flag', '1'],
      ['--server-port', 'x'],
      ['--limits-votes-per-day', '-1'],
    ]) {
      const second = new Server({ args });
      assert.ok((await second.refuses_to_start()).includes(args[0]), second.log);
      second.remove();
    }
  });
  const made = only_embedded('secret');
  test(
    'the secret of the tokens is made, kept, and readable by its owner only',
    made,
    async () => {
      const own = new Server({ env: { POLLUX_JWT_SECRET: undefined } });
      delete own.opts.env;
      own.environment = () => {
        const { POLLUX_JWT_SECRET, ...env } = process.env;
        return env;
      };
      try {
        await own.start();
        const { token: voter } = await own.api.guest();
        const fs = await import('node:fs');
        assert.equal(fs.statSync(`${own.data_dir}/jwt.secret`).mode & 0o077, 0);
        await own.restart();
        await own.api.get('/api/users/me', { token: voter, expect: 200 });
      } finally {
        await own.end();
      }
    },
  );
  test('pollux token makes tokens that work', async () => {
    await started();
    const { stdout } = await server.pollux(
      'token',
      '--first',
      '5000001',
      '--count',
      '3',
      '--kind',
      'guest',
      '--data-dir',
      server.data_dir,
    );
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    assert.deepEqual(
      lines.map(([id]) => id),
      ['5000001', '5000002', '5000003'],
    );
    for (const [, voter] of lines) await server.api.vote(voter, poll.id, 0, { expect: 201 });
  });
});
