// Two processes on one PostgreSQL and one Redis: one count of requests, wake-ups, and no outage
// without Redis.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { open_ws } from './lib/live.mjs';
import { metrics_of } from './lib/metrics.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Redis } from './lib/redis.mjs';
import { Server } from './lib/server.mjs';
import { wait_until } from './lib/wait.mjs';

const LIMIT_MS = 60_000;

let postgres;
let redis;
let dsn;
let servers;

before(async () => {
  [postgres, redis] = await Promise.all([Postgres.start(), Redis.start()]);
  dsn = await postgres.create('pollux');
  const opts = {
    dsn,
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
  test('50 at once, over two processes: exactly 100 of 200', async () => {
    const { token } = await servers[0].api.guest();
    let admitted = 0;
    const ask = async (_, i) => {
      for (let n = 0; n < 4; n++) {
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

describe('wake-ups', () => {
  const heard = async (server) =>
    (await metrics_of(server)).get('pollux_wakeups_total', { direction: 'heard' });
  const is_up = async (server) =>
    (await metrics_of(server)).get('pollux_redis_up', { use: 'wakeups' }) === 1;
  const until_up = () =>
    wait_until(
      async () => (await is_up(servers[0])) && (await is_up(servers[1])),
      LIMIT_MS,
      () => 'wake-ups are heard',
    );
  let servers; // whose requests do not wait for Redis, so that it may stand still
  let poll;
  let ws;

  /** A vote at one reaches who follows at the other. */
  async function a_vote_arrives() {
    const { token } = await servers[0].api.guest();
    const { results } = (await servers[0].api.vote(token, poll.id, 0, { expect: 201 })).body;
    const seen = await ws.next((message) => message.version >= results.version);
    assert.deepEqual(seen.options, results.options);
  }

  before(async () => {
    const config = { profile: 'cluster', 'redis.timeout': '30s' };
    const opts = { dsn, env: { POLLUX_REDIS_URL: redis.url }, config };
    servers = await Promise.all([Server.start(opts), Server.start(opts)]);
    const { token } = await servers[0].api.register();
    poll = await servers[0].api.create_poll(token);
    ws = await open_ws(servers[1], `/ws/polls/${poll.id}`);
  });
  after(async () => {
    await ws?.end();
    await Promise.all((servers ?? []).map((server) => server.end()));
  });

  test('each process hears of the votes, and of what is stored, at the other', async () => {
    await until_up();
    for (const act of [a_vote_arrives, () => servers[0].api.register()]) {
      const before_it = await heard(servers[1]);
      await act();
      await wait_until(
        async () => (await heard(servers[1])) > before_it,
        LIMIT_MS,
        () => 'a wake-up',
      );
    }
  });

  test('a vote arrives whatever happens to Redis', async () => {
    await redis.say('FLUSHALL');
    await a_vote_arrives();
    redis.halt();
    await a_vote_arrives();
    redis.go_on();
    await redis.kill();
    await a_vote_arrives();
    await redis.spawn();
    await a_vote_arrives();
    await until_up();
    await a_vote_arrives();
  });

  test('without Redis a process is ready, and says what is missing', async () => {
    const until_ok = () =>
      wait_until(
        async () => (await servers[0].api.get('/readyz')).body.checks.redis === 'ok',
        LIMIT_MS,
        () => 'Redis serves both uses',
      );
    await until_ok();
    await redis.kill();
    await wait_until(
      async () => !(await is_up(servers[0])),
      LIMIT_MS,
      () => 'the loss is noticed',
    );
    const { body } = await servers[0].api.get('/readyz', { expect: 200 });
    assert.equal(body.status, 'ready');
    assert.notEqual(body.checks.redis, 'ok');
    assert.equal(body.checks.postgres, 'ok');
    await redis.spawn();
    await until_ok();
  });
});

test('the page about metrics names those of Redis', async () => {
  const page = fs.readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const { text } = await servers[0].api.get('/metrics');
  const told = [...text.matchAll(/^# TYPE (pollux_(?:redis|limits|wakeups)\w+) (\w+)/gm)];
  assert.equal(told.length, 3);
  for (const [, name, type] of told)
    assert.ok(page.includes(`| \`${name}\` (${type}) |`), name);
});

test('what cannot be read of redis.url is a refusal to start', async () => {
  const env = { POLLUX_REDIS_URL: 'rediss://secret@example' };
  const server = new Server({ ...servers[0].opts, env });
  const said = await server.refuses_to_start();
  assert.match(said, /redis\.url or redis\.sentinels: a URL like redis:/);
  assert.doesNotMatch(said, /secret/);
  server.remove();
});
