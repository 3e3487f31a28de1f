// script/cluster: a whole cluster starts, serves, survives the loss of a process and of the
// primary of PostgreSQL, and leaves nothing behind.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Api } from './lib/api.mjs';
import { open_ws } from './lib/live.mjs';
import { BINARY, lasting_port } from './lib/server.mjs';
import { wait_until, within } from './lib/wait.mjs';

const run = promisify(execFile);
const SCRIPT = path.resolve(import.meta.dirname, '../../script/cluster');
/** Eighteen programs on a busy machine: limits, not waits. */
const START_LIMIT_MS = 600_000;
const STOP_LIMIT_MS = 300_000;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pollux-cluster-'));
const env = {
  ...process.env,
  POLLUX_BIN: BINARY,
  POLLUX_LIMITS_VOTES_PER_DAY: '3',
  POLLUX_LOG_FORMAT: 'json',
};
let child, ended, said, port, api;

const command = (...args) => run(SCRIPT, ['--folder', folder, ...args], { env });

/** The parts, as they are told: {name: {pid, port}}. */
async function status() {
  const { stdout } = await command('status');
  const lines = stdout.trimEnd().split('\n');
  for (const line of lines) assert.match(line, /^[a-z]+(-\d)? (\d+|-) \d+$/);
  const parts = lines.map((line) => line.split(' '));
  return Object.fromEntries(
    parts.map(([name, pid, port]) => [name, { pid: Number(pid), port: Number(port) }]),
  );
}

/** A zombie has ended: whoever is its parent by now has only not looked yet. */
function is_alive(pid) {
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function start() {
  child = spawn(SCRIPT, ['--folder', folder, '--port', String(port)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
  const has_started = () => {
    assert.equal(child.exitCode, null, said);
    return said.includes('Ctrl-C stops it all');
  };
  await wait_until(has_started, START_LIMIT_MS, () => said);
}

before(async () => {
  fs.chmodSync(folder, 0o755); // PostgreSQL may run under another user
  port = await lasting_port();
  await start();
  api = new Api(`http://127.0.0.1:${port}`);
});

after(async () => {
  api?.close();
  child?.kill('SIGINT');
  await ended;
  fs.rmSync(folder, { recursive: true, force: true });
});

let token, poll;
let tried = 0;
let acknowledged = 0;

async function cast(voter) {
  const { token } = voter ?? (await api.guest());
  tried++;
  const { body } = await api.vote(token, poll.id, 1, { expect: 201 });
  acknowledged++;
  return body.results;
}

/** Casts until a vote is taken: while a part is away, some are not. */
const cast_in_time = () => wait_until(() => cast().catch(() => null), STOP_LIMIT_MS);

/** Every acknowledged vote counts, and none that nobody cast. */
async function check_votes() {
  const { totalVotes } = await api.results(poll.id);
  const said = `${acknowledged} acknowledged, ${totalVotes} counted, ${tried} tried`;
  assert.ok(acknowledged <= totalVotes && totalVotes <= tried, said);
}

test('says what runs where', async () => {
  const parts = await status();
  assert.deepEqual(Object.keys(parts), [
    'postgres-1',
    'postgres-2',
    'pgbouncer',
    'redis-1',
    'redis-2',
    'sentinel-1',
    'sentinel-2',
    'sentinel-3',
    'polls-1',
    'polls-2',
    'votes-1',
    'votes-2',
    'live-1',
    'live-2',
    'worker-1',
    'worker-2',
    'nginx',
  ]);
  for (const [name, { pid }] of Object.entries(parts)) assert.ok(is_alive(pid), name);
  assert.equal(parts.nginx.port, port);
});

test('a vote through nginx is seen by who follows through nginx', async () => {
  ({ token } = await api.register());
  poll = await api.create_poll(token);
  const ws = await open_ws({ url: api.url }, `/ws/polls/${poll.id}`);
  await cast({ token });
  await ws.next((message) => message.totalVotes === 1);
  await ws.end();
});

test('the environment’s configuration reaches the processes', async () => {
  const voter = await api.register();
  const { body } = await api.get('/api/users/me', { token: voter.token });
  assert.equal(body.votesLeftToday, 3);
});

test('without one of its processes it goes on, and takes it back', async () => {
  await command('kill', 'votes-1');
  assert.ok(Number.isNaN((await status())['votes-1'].pid));
  for (let i = 0; i < 10; i++) await cast_in_time();
  await command('start', 'votes-1');
  assert.ok(is_alive((await status())['votes-1'].pid));
  await check_votes();
});

test('without PgBouncer it goes on: PostgreSQL is reached by itself', async () => {
  await command('stop', 'pgbouncer');
  await cast_in_time();
  await command('start', 'pgbouncer');
  await cast_in_time();
  await check_votes();
});

test('the replica takes over, with every vote, and the old primary follows it', async () => {
  const { stdout } = await command('promote');
  assert.match(stdout, /postgres-2 is the primary/);
  await cast_in_time();
  await check_votes();
  await command('start', 'postgres-1');
  await cast_in_time();
  await check_votes();
});

test('without the replica the primary goes on', async () => {
  await command('kill', 'postgres-1');
  await cast_in_time();
  await command('start', 'postgres-1');
  await check_votes();
});

test('a name that is no part is refused', async () => {
  await assert.rejects(command('kill', 'everything'), /kill needs one of: postgres-1/);
});

test('Ctrl-C leaves nothing', async () => {
  const pids = Object.values(await status()).map(({ pid }) => pid);
  child.kill('SIGINT');
  assert.equal(await within(ended, STOP_LIMIT_MS, 'the end'), 0, said);
  assert.deepEqual(pids.filter(is_alive), []);
});
