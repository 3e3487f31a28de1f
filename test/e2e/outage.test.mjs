// PostgreSQL is not there yet, goes away, hangs, comes back: what works meanwhile.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { open_ws } from './lib/live.mjs';
import { lasting_port, Server } from './lib/server.mjs';
import { Postgres } from './lib/postgres.mjs';
import { TcpProxy } from './lib/tcp_proxy.mjs';
import { LIMIT_MS, wait_until } from './lib/wait.mjs';

let postgres;
let proxy;
let server;
let owner;
let poll;

before(async () => {
  postgres = await Postgres.start();
  await postgres.create('pollux');
  proxy = await TcpProxy.start({ path: `${postgres.folder}/.s.PGSQL.5432` });
  const dsn = `host=127.0.0.1 port=${proxy.port} user=postgres dbname=pollux sslmode=disable`;
  server = await Server.start({ dsn, config: { profile: 'cluster' } });
  owner = await server.api.register();
  poll = await server.api.create_poll(owner.token);
});

after(async () => {
  await server?.end();
  await proxy?.stop();
  await postgres?.stop();
});

const path = () => `/api/polls/${poll.id}`;
const ready = () => server.api.get('/readyz', { expect: 'any' });
const is_stale = async () => 'x-pollux-stale' in (await server.api.get(path())).headers;

/** What holds while PostgreSQL is away, however it is. */
async function holds_while_away(voters, ws) {
  await wait_until(is_stale, LIMIT_MS, 'answers from memory');
  const before_it = (await server.api.get(path())).body.results.totalVotes;
  const answer = await server.api.get(path());
  assert.match(answer.headers['x-pollux-stale'], /^[1-9][0-9]*$/);
  assert.match(answer.headers.age, /^[1-9][0-9]*$/);
  const refused = await server.api.vote(voters[0], poll.id, 0, { expect: 'unavailable' });
  assert.match(refused.headers['retry-after'], /^[1-9][0-9]*$/);
  const { status, body } = await ready();
  assert.deepEqual([status, body.checks.clock], [200, 'ok']);
  assert.notEqual(body.checks.postgres, 'ok');
  const late = await open_ws(server, `/ws/polls/${poll.id}`);
  assert.equal((await late.next()).totalVotes, before_it);
  await late.end();
  assert.equal(ws.is_closed, false);
}

/** What holds when it is back; ws was open all the time. */
async function holds_again(voters, ws) {
  await wait_until(async () => !(await is_stale()), LIMIT_MS, 'answers that are current');
  await wait_until(async () => {
    const { status } = await server.api.vote(voters[0], poll.id, 0, { expect: 'any' });
    return status === 201 || status === 409; // one that was in doubt may have counted
  });
  const { totalVotes } = await server.api.results(poll.id);
  await ws.next((message) => message.totalVotes === totalVotes);
  assert.equal((await ready()).body.checks.postgres, 'ok');
  const [row] = await postgres.rows(
    'pollux',
    `SELECT count(*), (SELECT total FROM results WHERE poll_id = ${poll.id}) FROM ballots
     WHERE poll_id = ${poll.id} AND kind = 'vote'`,
  );
  assert.equal(row, `${totalVotes}|${totalVotes}`);
}

describe('PostgreSQL goes away and comes back:', () => {
  const cases = {
    'kill -9': [() => postgres.kill(), () => postgres.restart()],
    'its processes are stopped': [() => postgres.signal('STOP'), () => postgres.signal('CONT')],
    'the network swallows everything': [() => proxy.swallow(), () => proxy.heal()],
    'connections are refused': [() => proxy.refuse(), () => proxy.heal()],
  };
  for (const [how, [go, come]] of Object.entries(cases)) {
    test(how, async () => {
      const voters = await server.api.crowd(1);
      const ws = await open_ws(server, `/ws/polls/${poll.id}`);
      await ws.next();
      ws.is_closed = false;
      ws.closed.then(() => (ws.is_closed = true));
      await go();
      try {
        await holds_while_away(voters, ws);
      } finally {
        await come();
      }
      await holds_again(voters, ws);
      await ws.end();
    });
  }

  test('connections that broke while they were idle cost no answer', async () => {
    const voters = await server.api.crowd(1);
    proxy.break_all();
    await server.api.vote(voters[0], poll.id, 0, { expect: 201 });
    proxy.break_all();
    await server.api.create_poll(owner.token);
  });
});

test('who only takes votes is not ready while PostgreSQL is away', async () => {
  const config = { profile: 'cluster', roles: 'votes' };
  const votes = await Server.start({ dsn: server.dsn, config });
  try {
    const status_is = (status) =>
      wait_until(async () => {
        const answer = await votes.api.get('/readyz', { expect: 'any' });
        return answer.status === status;
      });
    await status_is(200);
    proxy.refuse();
    await status_is(503);
    proxy.heal();
    await status_is(200);
  } finally {
    proxy.heal();
    await votes.end();
  }
});

describe('a process whose clock is wrong', () => {
  test('takes no votes, says so, and takes them again', async () => {
    const sql = (text) => postgres.rows('pollux', text);
    const voters = await server.api.crowd(1);
    await sql(`CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql
      AS $$ SELECT pg_catalog.clock_timestamp() - interval '1 hour' $$`);
    await sql('ALTER DATABASE pollux SET search_path = public, pg_catalog');
    proxy.break_all(); // so that new connections have it
    const clock_is = (right) =>
      wait_until(async () => ((await ready()).body.checks.clock === 'ok') === right);
    await clock_is(false);
    await server.api.vote(voters[0], poll.id, 0, { expect: 'unavailable' });
    assert.match(server.last_log, /"event":"clock_off".*"ahead_of_postgresql_ms":\d+/);
    await sql('DROP FUNCTION public.clock_timestamp()');
    await clock_is(true);
    await server.api.vote(voters[0], poll.id, 0, { expect: 201 });
  });
});

describe('at the start', () => {
  test('PostgreSQL may come later', async () => {
    const port = await lasting_port();
    const dsn = `host=127.0.0.1 port=${port} user=postgres dbname=pollux sslmode=disable`;
    const early = new Server({
      dsn,
      config: { profile: 'cluster', 'postgres.start_wait': '10m' },
    });
    early.spawn();
    let link;
    try {
      await wait_until(() => /"event":"postgres_awaited"/.test(early.last_log));
      link = await TcpProxy.start({ path: `${postgres.folder}/.s.PGSQL.5432` }, port);
      await early.ready();
    } finally {
      await early.end();
      await link?.stop();
    }
  });
  test('it is told to end while it waits, and does', async () => {
    const dsn = 'host=/nowhere user=postgres dbname=pollux';
    const early = new Server({
      dsn,
      config: { profile: 'cluster', 'postgres.start_wait': '10m' },
    });
    early.spawn();
    await wait_until(() => /"event":"postgres_awaited"/.test(early.last_log));
    early.signal('SIGTERM');
    await early.ended;
    early.remove();
  });
  test('a database that is not there fails at once, in clear words', async () => {
    const dsn = postgres.dsn('nowhere');
    const wrong = new Server({
      dsn,
      config: { profile: 'cluster', 'postgres.start_wait': '10m' },
    });
    assert.match(await wrong.refuses_to_start(), /database .*nowhere.* does not exist/);
    wrong.remove();
  });
  test('a wrong password too', async () => {
    await postgres.rows('pollux', "CREATE ROLE ada LOGIN PASSWORD 'right'");
    await postgres.ask_for_passwords_of('ada');
    const dsn = `host=${postgres.folder} user=ada password=wrong dbname=pollux`;
    const wrong = new Server({
      dsn,
      config: { profile: 'cluster', 'postgres.start_wait': '10m' },
    });
    assert.match(await wrong.refuses_to_start(), /password authentication failed for user/);
    wrong.remove();
  });
});
