// Two processes on one PostgreSQL and one Redis: one count of requests, and no outage without
// Redis.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Postgres } from './lib/postgres.mjs';
import { Redis } from './lib/redis.mjs';
import { Server } from './lib/server.mjs';
import { wait_until } from './lib/wait.mjs';

const LIMIT_MS = 60_000;

let postgres;
let redis;
let servers;

before(async () => {
  [postgres, redis] = await Promise.all([Postgres.start(), Redis.start()]);
  const opts = {
    dsn: await postgres.create('pollux'),
    env: { POLLUX_REDIS_URL: redis.url },
    config: {
      profile: 'cluster',
      'limits.requests_per_minute': 100,
      'redis.timeout': '30s', // slowness of the machine is no loss
    },
  };
  servers = await Promise.all([Server.start(opts), Server.start(opts)]);
});

after(async () => {
  await Promise.all((servers ?? []).map((server) => server.end()));
  await Promise.all([postgres?.stop(), redis?.stop()]);
});

const me = (server, token) => server.api.get('/api/users/me', { token, expect: 'any' });

const log_says = (word) =>
  wait_until(
    () => servers.every((server) => server.log.includes(`"${word}"`)),
    LIMIT_MS,
    () => `${word}\n${servers[0].log_tail()}`,
  );

describe('requests of a minute', () => {
  test('50 at once, over two processes: exactly 100 of 400', async () => {
    const { token } = await servers[0].api.guest();
    let admitted = 0;
    const ask = async (_, i) => {
      for (let n = 0; n < 8; n++) {
        const { status, headers } = await me(servers[(i + n) % 2], token);
        assert.equal(headers['x-ratelimit-limit'], '100');
        if (status === 200) admitted++;
        else assert.equal(status, 429);
      }
    };
    await Promise.all(Array.from({ length: 50 }, ask));
    assert.equal(admitted, 100);
    const refused = await me(servers[1], token);
    assert.equal(refused.body.code, 'rate_limited');
    assert.equal(refused.headers['x-ratelimit-remaining'], '0');
    const wait = Number(refused.headers['retry-after']);
    assert.ok(wait >= 1 && wait <= 60, `Retry-After: ${wait}`);
  });

  test('each process says what is left of the one count', async () => {
    const { token } = await servers[0].api.guest();
    for (let i = 0; i < 10; i++) {
      const { headers } = await me(servers[i % 2], token);
      assert.equal(headers['x-ratelimit-remaining'], String(99 - i));
    }
  });

  test('a killed Redis: no outage, each by itself, and one count again', async () => {
    const { token } = await servers[0].api.guest();
    assert.equal((await me(servers[0], token)).headers['x-ratelimit-remaining'], '99');
    await redis.kill();
    for (const [server, left] of [
      [servers[0], '98'], // it goes on from what it has seen
      [servers[1], '99'],
      [servers[0], '97'],
    ]) {
      const { status, headers } = await me(server, token);
      assert.deepEqual([status, headers['x-ratelimit-remaining']], [200, left]);
    }
    await log_says('redis_failed');
    await redis.spawn();
    await log_says('redis_works_again');
    for (const left of ['99', '98']) {
      const { status, headers } = await me(servers[left % 2], token);
      assert.deepEqual([status, headers['x-ratelimit-remaining']], [200, left]);
    }
  });
});
