// When no file descriptors are left, new connections are refused and the others continue;
// once some are free again, everything works as before.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { open_ws } from './lib/live.mjs';
import { Raw } from './lib/raw.mjs';
import { with_server } from './lib/server.mjs';
import { pause, wait_until } from './lib/wait.mjs';

const LIMIT = 100;
/** Two loops, whatever the machine: each has some files of its own. */
const server = with_server({
  config: { 'server.loops': 2 },
  wrapper: ['prlimit', `--nofile=${LIMIT}:${LIMIT}`, '--'],
});

const open_files = () => fs.readdirSync(`/proc/${server.pid}/fd`).length;

/** CPU time that the server has used, in ms. */
function cpu_ms() {
  const stat = fs.readFileSync(`/proc/${server.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

test('three times as many connections as it can have', async () => {
  const { token } = await server.api.register();
  const poll = await server.api.create_poll(token);
  const { token: voter } = await server.api.guest();
  const watcher = await open_ws(server, `/ws/polls/${poll.id}`);
  await watcher.next();
  const early = new Raw(server);
  early.send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.equal((await early.answer()).status, 200);

  const crowd = Array.from({ length: 3 * LIMIT }, () => new Raw(server));
  await wait_until(
    () => open_files() >= LIMIT - 12 || crowd.some((raw) => raw.ended),
    30_000,
    'it is full',
  );

  const [began, from] = [cpu_ms(), performance.now()];
  await pause(1000); /* the span that is measured */
  const [used, span] = [cpu_ms() - began, performance.now() - from];
  assert.ok(used < span / 2, `it spins: ${used} ms of CPU in ${span} ms of nothing`);

  const body = '{"optionIndex": 0}';
  early.send(
    `POST /api/polls/${poll.id}/vote HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${voter}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  assert.equal((await early.answer()).status, 201, 'who is connected goes on');
  await watcher.next((m) => m.totalVotes === 1);

  for (const raw of crowd) raw.end();
  /* Those of the crowd that still wait to be accepted come first, and fill it again. */
  let results;
  const taken = async () => {
    results = await server.api.get(`/api/polls/${poll.id}/results`, { expect: 'any' });
    return results.status === 200;
  };
  await wait_until(() => taken().catch(() => false), 30_000, 'new connections to be taken');
  assert.equal(results.body.totalVotes, 1);
  await wait_until(() => open_files() < LIMIT / 2, 30_000, 'the files to be closed');
  early.end();
  await watcher.end();
});

test('it still stops, starts and verifies', async () => {
  await server.stop();
  await server.verify();
  await server.start();
});
