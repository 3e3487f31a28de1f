// What the server reports about itself: /metrics, /readyz.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { afterEach, describe, test } from 'node:test';
import { open_sse, open_ws } from './lib/live.mjs';
import { metrics_of } from './lib/metrics.mjs';
import { PROFILE } from './lib/profiles.mjs';
import { Server, with_server } from './lib/server.mjs';
import { LIMIT_MS, wait_until } from './lib/wait.mjs';

let owner, poll;
const server = with_server({}, async () => {
  owner = await server.api.register();
  poll = await server.api.create_poll(owner.token, { voteChange: true });
});

const metrics = () => metrics_of(server);

/** What an action adds to series: [[name, labels, by], …]. */
async function adds(expected, action) {
  const old = await metrics();
  await action();
  const now = await metrics();
  for (const [name, labels, by] of expected) {
    const what = `${name} ${JSON.stringify(labels)}`;
    assert.equal(now.get(name, labels) - old.get(name, labels), by, what);
  }
}

/** promtool's verdict. */
async function promtool(text) {
  const child = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  child.stderr.on('data', (data) => (said += data));
  child.stdin.end(text);
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, said };
}

describe('/metrics', () => {
  test('is what Prometheus takes, by its own tool', async () => {
    const answer = await server.api.get('/metrics');
    assert.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/);
    assert.deepEqual(await promtool(answer.text), { code: 0, said: '' });
  });

  test('the page about it names each, and no other', async () => {
    const page = fs.readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const told = (await server.api.get('/metrics')).text;
    const names = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);
    const has = names(told, /^# TYPE (\w+)/gm);
    const explained = names(page, /^\| `(\w+)` \| (?:counter|gauge|histogram)/gm);
    /* What stands on PostgreSQL has no journal. */
    const here = explained.filter((name) => PROFILE === 'embedded' || has.includes(name));
    assert.deepEqual(here, has);
  });

  test('counts votes by outcome', async () => {
    const [first, second] = await server.api.crowd(2);
    const votes = 'pollux_votes_total';
    await adds(
      [
        [votes, { action: 'vote', outcome: 'accepted' }, 2],
        [votes, { action: 'vote', outcome: 'repeated' }, 1],
        [votes, { action: 'vote', outcome: 'already_voted' }, 1],
        [votes, { action: 'vote', outcome: 'unknown_option' }, 1],
        [votes, { action: 'change', outcome: 'accepted' }, 1],
        [votes, { action: 'withdraw', outcome: 'accepted' }, 1],
        [votes, { action: 'skip', outcome: 'already_voted' }, 1],
        [votes, { action: 'skip', outcome: 'accepted' }, 1],
        [votes, { action: 'unskip', outcome: 'accepted' }, 1],
        [votes, { action: 'unskip', outcome: 'repeated' }, 1],
      ],
      async () => {
        const { api } = server;
        const path = `/api/polls/${poll.id}`;
        await api.vote(first, poll.id, 0, { key: 'k', expect: 201 });
        await api.vote(first, poll.id, 0, { key: 'k', expect: 200 });
        await api.vote(first, poll.id, 1, { expect: 'already_voted' });
        await api.vote(second, poll.id, 9, { expect: 'unknown_option' });
        await api.vote(second, poll.id, 2, { expect: 201 });
        await api.put(`${path}/vote`, { token: second, body: { optionIndex: 1 } });
        await api.delete(`${path}/vote`, { token: second });
        await api.post(`${path}/skip`, { token: first, expect: 'already_voted' });
        await api.post(`${path}/skip`, { token: second, expect: 204 });
        await api.delete(`${path}/skip`, { token: second, expect: 204 });
        await api.delete(`${path}/skip`, { token: second, expect: 204 });
      },
    );
  });

  test('every accepted vote went through a batch and a sync', async () => {
    const voters = await server.api.crowd(50);
    const other = await server.api.create_poll(owner.token);
    const old = await metrics();
    await Promise.all(voters.map((voter) => server.api.vote(voter, other.id, 0)));
    const now = await metrics();
    const more = (name) => now.get(name) - old.get(name);
    assert.equal(more('pollux_ballot_batch_changes_sum'), 50);
    const batches = more('pollux_ballot_batch_changes_count');
    assert.ok(batches >= 1 && batches <= 50, String(batches));
    if (PROFILE !== 'embedded') return;
    assert.equal(more('pollux_journal_sync_seconds_count'), batches);
    assert.ok(more('pollux_journal_sync_seconds_sum') > 0);
  });

  test('counts requests by route, method and status', async () => {
    const requests = 'pollux_http_requests_total';
    const route = '/api/polls/{id}';
    const count = 'pollux_http_request_duration_seconds_count';
    await adds(
      [
        [requests, { route, method: 'GET', status: '200' }, 3],
        [requests, { route, method: 'GET', status: '404' }, 1],
        [count, { route, method: 'GET' }, 4],
        [requests, { route: 'other', method: 'GET', status: '404' }, 1],
        [requests, { route: 'other', method: 'PATCH', status: '405' }, 1],
        [requests, { route: '/api/polls', method: 'POST', status: '401' }, 1],
      ],
      async () => {
        const { api } = server;
        await api.get(`/api/polls/${poll.id}`);
        await api.get(`/api/polls/${poll.id}/`);
        await api.head(`/api/polls/${poll.id}`);
        await api.get('/api/polls/999999', { expect: 404 });
        await api.get('/no/such/path', { expect: 404 });
        await api.patch('/api/votes', { expect: 405 });
        await api.post('/api/polls', { body: {}, expect: 401 });
      },
    );
  });

  test('no series is of one user or one poll', async () => {
    const old = (await metrics()).size;
    for (let i = 0; i < 5; i++) {
      const { token } = await server.api.guest();
      const { id } = await server.api.create_poll(owner.token);
      await server.api.vote(token, id, 0);
      await server.api.get(`/nothing/${i}`, { expect: 404 });
    }
    await metrics();
    const first = (await metrics()).size;
    for (let i = 5; i < 10; i++) {
      const { token } = await server.api.guest();
      const { id } = await server.api.create_poll(owner.token);
      await server.api.vote(token, id, 0);
      await server.api.get(`/nothing/${i}`, { expect: 404 });
    }
    assert.ok(first >= old);
    assert.equal((await metrics()).size, first);
  });

  test('tells who follows results, and what they were sent', async () => {
    const { token } = await server.api.guest();
    const connections = (now, protocol) => now.get('pollux_live_connections', { protocol });
    const sent = 'pollux_live_snapshots_sent_total';
    const old = (await metrics()).get(sent);
    const ws = await open_ws(server, `/ws/polls/${poll.id}`);
    const sse = await open_sse(server, `/api/polls/${poll.id}/live`);
    await ws.next();
    await sse.next();
    /* What was sent is counted right after it: who has it may be quicker. */
    await wait_until(async () => (await metrics()).get(sent) - old === 2);
    const now = await metrics();
    assert.equal(connections(now, 'websocket'), 1);
    assert.equal(connections(now, 'sse'), 1);
    await server.api.vote(token, poll.id, 1);
    await wait_until(async () => (await metrics()).get(sent) - old === 4);
    await ws.end();
    await sse.end();
    await wait_until(async () => {
      const now = await metrics();
      return connections(now, 'websocket') === 0 && connections(now, 'sse') === 0;
    });
  });

  test('a token that is seen again comes from the cache', async () => {
    const { token } = await server.api.guest();
    const old = await metrics();
    for (let i = 0; i < 10; i++) await server.api.get('/api/users/me', { token });
    const now = await metrics();
    const more = (name) =>
      now.get(name, { cache: 'token' }) - old.get(name, { cache: 'token' });
    const [hits, misses] = [more('pollux_cache_hits_total'), more('pollux_cache_misses_total')];
    assert.equal(hits + misses, 10);
    assert.ok(misses >= 1, 'each loop has to see it once');
    assert.ok(hits >= 1);
  });

  test('the projector catches up', async () => {
    const { token } = await server.api.guest();
    await server.api.vote(token, poll.id, 0);
    await wait_until(async () => (await metrics()).get('pollux_projector_lag_bytes') === 0);
  });

  test('the process is itself', async () => {
    let now, fds;
    await wait_until(
      async () => {
        now = await metrics();
        fds = fs.readdirSync(`/proc/${server.pid}/fd`).length;
        return Math.abs(now.get('process_open_fds') - fds) <= 3;
      },
      LIMIT_MS,
      () => `open files as they are, while no connection comes or goes: ${fds}`,
    );
    const started = now.get('process_start_time_seconds') * 1000;
    const [from, to] = server.began; /* the kernel keeps when it booted in whole seconds */
    assert.ok(started > from - 2000 && started < to + 2000, `${from}, ${started}, ${to}`);
    const threads = fs.readdirSync(`/proc/${server.pid}/task`).length;
    assert.equal(now.get('process_threads'), threads);
    assert.ok(now.get('process_cpu_seconds_total') > 0);
    assert.ok(now.get('process_resident_memory_bytes') > 1e6);
    assert.ok(
      now.get('process_virtual_memory_bytes') >= now.get('process_resident_memory_bytes'),
    );
    assert.ok(now.get('process_max_fds') >= fds);
  });

  test('the scrape itself is in flight', async () => {
    assert.equal((await metrics()).get('pollux_http_requests_in_flight'), 1);
  });
});

describe('/readyz', () => {
  const CHECKS =
    PROFILE === 'embedded'
      ? { disk: 'ok', journal: 'ok', projector: 'ok', database: 'ok' }
      : { postgres: 'ok', clock: 'ok' };

  test('all is well', async () => {
    const { body, status } = await server.api.get('/readyz');
    assert.equal(status, 200);
    assert.deepEqual(body, { status: 'ready', checks: CHECKS });
  });

  describe('while the server is being stopped', () => {
    let drained;
    const start = async (delay) => {
      drained = await Server.start({ config: { 'server.drain_delay': delay } });
    };
    afterEach(() => drained.kill().then(() => drained.remove()));

    test('it says no, and everything else goes on', async () => {
      await start('10m');
      const { token } = await drained.api.register();
      await drained.api.get('/readyz', { expect: 200 });
      drained.signal('SIGTERM');
      const answer = await wait_until(async () => {
        const got = await drained.api.get('/readyz', { expect: 'any' });
        return got.status === 503 && got;
      });
      assert.equal(answer.body.code, 'unavailable');
      assert.deepEqual(answer.body.checks, CHECKS);
      const { id } = await drained.api.create_poll(token);
      await drained.api.vote(token, id, 0, { expect: 201 });
      await drained.api.get('/healthz', { expect: 200 });
    });
    test('it ends by itself when the delay is over', async () => {
      await start('500ms');
      const began = performance.now();
      await drained.stop();
      assert.ok(performance.now() - began >= 500, 'it did not wait');
    });
  });
});
