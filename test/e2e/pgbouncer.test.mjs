// Processes that reach PostgreSQL through PgBouncer in transaction mode, where each
// transaction may run on another connection than the one before.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PgBouncer } from './lib/pgbouncer.mjs';
import { Postgres } from './lib/postgres.mjs';
import { Server } from './lib/server.mjs';
import { wait_until } from './lib/wait.mjs';

const CONNECTIONS = 2;
const LIMIT_MS = 60_000;

let postgres;
let bouncer;
let dsn;
let servers;

before(async () => {
  postgres = await Postgres.start();
  bouncer = await PgBouncer.start(postgres, CONNECTIONS);
  await postgres.create('pollux');
  dsn = bouncer.dsn('pollux');
  const opts = { dsn, config: { profile: 'cluster' } };
  servers = await Promise.all([Server.start(opts), Server.start(opts)]);
});

after(async () => {
  await Promise.all((servers ?? []).map((server) => server.end()));
  await bouncer?.stop();
  await postgres?.stop();
});

test('two processes share two connections, and agree at once', async () => {
  const [here, there] = servers;
  const { token } = await here.api.register();
  const poll = await there.api.create_poll(token);
  const voters = await here.api.crowd(40);
  await Promise.all(
    voters.map((voter, i) =>
      servers[i % 2].api.vote(voter, poll.id, i % 3, { key: `k${i}`, expect: 201 }),
    ),
  );
  await here.api.vote(voters[0], poll.id, 0, { key: 'k0', expect: 200 });
  await there.api.vote(voters[1], poll.id, 0, { expect: 'already_voted' });
  assert.equal((await here.api.results(poll.id)).totalVotes, 40);
  assert.deepEqual(await there.api.results(poll.id), await here.api.results(poll.id));
  await here.api.post(`/api/polls/${poll.id}/close`, { token });
  assert.equal((await there.api.get(`/api/polls/${poll.id}`)).body.status, 'closed');
  const [connected] = await postgres.rows(
    'pollux',
    `SELECT count(*) FROM pg_stat_activity
     WHERE datname = 'pollux' AND application_name LIKE 'pollux%'`,
  );
  assert.ok(Number(connected) <= CONNECTIONS, `${connected} connections`);
});

test('the commands work through it as well', async () => {
  const [server] = servers;
  const args = ['--profile', 'cluster', '--postgres-dsn', dsn];
  assert.match(
    (await server.pollux('verify', ...args)).stdout,
    /^ok: the counts of all 1 polls/m,
  );
  const dir = `${server.root}/out`;
  assert.match((await server.pollux('export', '--all', dir, ...args)).stdout, /^ok: /m);
  await postgres.create('moved');
  const to = ['--profile', 'cluster', '--postgres-dsn', bouncer.dsn('moved')];
  const { stdout } = await server.pollux('import', dir, ...to);
  assert.match(stdout, /^database: 1 polls, 40 votes, 0 skips, 41 accounts$/m);
  assert.match(stdout, /^ok: /m);
});

test('and after it was killed and started again', async () => {
  const [here, there] = servers;
  const { token } = await here.api.register();
  const poll = await here.api.create_poll(token);
  const voters = await here.api.crowd(2);
  await bouncer.restart();
  for (const [i, server] of [here, there].entries()) {
    const is_in = async () => {
      const call = { key: `again-${i}`, expect: 'any' };
      return (await server.api.vote(voters[i], poll.id, 0, call)).status < 300;
    };
    await wait_until(is_in, LIMIT_MS, () => `a vote at process ${i}`);
  }
  assert.equal((await here.api.results(poll.id)).totalVotes, 2);
});
