// One greedy address cannot shut out the others: connections, WebSockets that follow
// nothing, password hashes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Api } from './lib/api.mjs';
import { open_ws } from './lib/live.mjs';
import { Raw } from './lib/raw.mjs';
import { Server } from './lib/server.mjs';
import { wait_until, within } from './lib/wait.mjs';

async function with_config(config, run) {
  const server = await Server.start({ config: { 'server.loops': 1, ...config } });
  try {
    await run(server);
  } finally {
    await server.end();
  }
}

const GET = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
const upgrade = (headers = '') =>
  'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${headers}\r\n`;

describe('connections, when all are taken', () => {
  const MAX = 20;
  const status_of = async (raw, bytes) => (await raw.send(bytes).answer()).status;

  /** As many as there are, all from one address; what the start has used has to go first. */
  async function take_all(server, bytes, expected) {
    const crowd = [];
    const take = async () => {
      const raw = new Raw(server);
      const taken = (await status_of(raw, bytes)) === expected;
      if (taken) crowd.push(raw);
      return taken;
    };
    server.api.close();
    while (crowd.length < MAX) await wait_until(take, 30_000, 'a place');
    return crowd;
  }

  for (const [what, bytes, expected] of [
    ['connections', GET, 200],
    ['WebSockets', upgrade(), 101],
  ]) {
    test(`an address with all ${what} leaves half of them to others`, () =>
      with_config({ 'server.max_connections': MAX }, async (server) => {
        const crowd = await take_all(server, bytes, expected);
        assert.equal(await status_of(new Raw(server), GET), 503, 'no more for the same');
        const others = [];
        for (let i = 0; i < MAX / 2; i++) {
          others.push(new Raw(server, { from: '127.0.0.2' }));
          assert.equal(await status_of(others[i], GET), 200, `the other's ${i}th`);
        }
        const gone = () => crowd.filter((raw) => raw.ended).length === MAX / 2;
        await wait_until(gone, 30_000, 'half of the crowd to be gone');
        for (const from of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) {
          assert.equal(await status_of(new Raw(server, { from }), GET), 503, from);
        }
        for (const raw of [...crowd, ...others]) raw.end();
      }));
  }

  /* Who comes through a proxy is known with the request only, so a newcomer may take the
   * place of one of their own. */
  test('behind a proxy, WebSockets count for their client', () =>
    with_config(
      { 'server.max_connections': MAX, 'server.trusted_proxies': '127.0.0.0/8' },
      async (server) => {
        const crowd = await take_all(server, upgrade('X-Forwarded-For: 192.0.2.1\r\n'), 101);
        const others = [];
        for (let i = 0; i < MAX / 2 - 2; i++) {
          others.push(new Raw(server));
          const mine = upgrade(`X-Forwarded-For: 192.0.2.${i + 2}\r\n`);
          assert.equal(await status_of(others[i], mine), 101);
        }
        assert.ok(others.every((raw) => !raw.ended));
        for (const raw of [...crowd, ...others]) raw.end();
      },
    ));
});

describe('a WebSocket that follows nothing', () => {
  test('is closed; one that follows something is not, until it stops', () =>
    with_config({ 'live.idle_timeout': '1s' }, async (server) => {
      const { token } = await server.api.register();
      const poll = await server.api.create_poll(token);
      const follower = await open_ws(server, `/ws/polls/${poll.id}`);
      await follower.next();
      for (let i = 0; i < 2; i++) {
        const idle = await open_ws(server, '/ws');
        assert.equal((await within(idle.closed, 30_000, 'the close')).code, 1000);
      }
      const guest = await server.api.guest();
      await server.api.vote(guest.token, poll.id, 0, { expect: 201 });
      await follower.next((m) => m.totalVotes === 1);
      follower.send({ type: 'untrack', polls: [poll.id] });
      assert.equal((await within(follower.closed, 30_000, 'the close')).code, 1000);
    }));
});

describe('password hashes', () => {
  test('80 connections that register a taken e-mail address keep nobody from logging in', () =>
    with_config({ 'server.trusted_proxies': '127.0.0.0/8' }, async (server) => {
      const taken = { username: 'taken', email: 'taken@example.org', password: 'a password' };
      await server.api.post('/api/auth/register', { body: taken, expect: 201 });
      let ended = false;
      const statuses = new Map();
      const flood = new Api(server.url, { connections: 80 });
      const register = async () => {
        while (!ended) {
          const { status } = await flood.post('/api/auth/register', {
            body: taken,
            headers: { 'x-forwarded-for': '192.0.2.1' },
            expect: 'any',
          });
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      };
      const others = new Api(server.url); /* with connections of their own */
      const crowd = Array.from({ length: 80 }, register);
      await wait_until(() => statuses.has(503), 60_000, 'the queue to be full');
      const { email, password } = taken;
      for (let i = 0; i < 10; i++) {
        await others.post('/api/auth/login', {
          body: { email, password },
          headers: { 'x-forwarded-for': `198.51.100.${i}` },
          expect: 200,
        });
      }
      ended = true;
      await Promise.all(crowd);
      for (const api of [others, flood]) api.close();
      assert.ok(statuses.has(409), 'and they have turns too');
    }));
});
