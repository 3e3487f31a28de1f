// More load than the server can carry: the surplus is refused, accepted requests get true
// answers in time, nothing grows, and when the crowd has gone everything is as before.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { FaultyServer } from './lib/faulty.mjs';
import { check_problem } from './lib/problem.mjs';
import { Raw } from './lib/raw.mjs';
import { only_embedded } from './lib/profiles.mjs';
import { BINARY, Server } from './lib/server.mjs';
import { pause, wait_until } from './lib/wait.mjs';

/** Connections wait here for their turn: as long as it takes. */
const PATIENT = { 'server.idle_timeout': '1h' };

async function with_config(config, run, kind = Server) {
  const server = await new kind({ config: { ...PATIENT, ...config } }).start();
  try {
    await run(server);
  } finally {
    await server.end();
  }
}

/** Sanitizers keep freed memory for a while: with them there is nothing to measure. */
const sanitized = ['__asan_init', '__tsan_init'].some((name) =>
  fs.readFileSync(BINARY).includes(name),
);

function memory_kib(server) {
  if (sanitized) return 0;
  const status = fs.readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)[1]);
}

const vote_bytes = (token, poll, option) => {
  const body = `{"optionIndex":${option}}`;
  return (
    `POST /api/polls/${poll}/vote HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
};

const quantile = (values, q) =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];

describe('votes on a slow disk with room for eight', () => {
  const CROWD = 200;

  /** Everybody votes, each on a connection of their own, until they are taken. */
  async function all_vote(server, connections, tokens, poll, seen) {
    await Promise.all(
      connections.map(async (raw, i) => {
        for (let status = 0; status !== 201;) {
          const began = performance.now();
          const answer = await raw.send(vote_bytes(tokens[i], poll, i % 3)).answer();
          ({ status } = answer);
          assert.ok([201, 503].includes(status), answer.text);
          const took = performance.now() - began;
          if (status === 201) seen.accepted.push(took);
          else {
            assert.equal(check_problem(answer).code, 'overloaded');
            seen.refused.push(took);
            await pause(Math.random() * 200);
          }
        }
      }),
    );
  }

  const here = only_embedded('journal');
  test('503 for the surplus, the others within a second, each counted once', here, async () => {
    const run = async (server) => {
      const { token } = await server.api.register();
      const tokens = await server.api.crowd(CROWD);
      const connections = tokens.map(() => new Raw(server));
      server.fail('slow 50 .seg'); // eight in that time: a crowd comes sooner, however slow
      const memory = [];
      const seen = { accepted: [], refused: [] };
      for (let round = 0; round < 4; round++) {
        const poll = await server.api.create_poll(token);
        await all_vote(server, connections, tokens, poll.id, seen);
        const results = await server.api.results(poll.id);
        assert.deepEqual(
          results.options.map(({ votes }) => votes),
          [67, 67, 66],
        );
        memory.push(memory_kib(server));
      }
      assert.ok(seen.refused.length > 0, 'nothing was too much');
      const [p99, besides] = [seen.accepted, seen.refused].map((ms) => quantile(ms, 0.99));
      /* What is refused waits for nothing but a turn of the loop: that long takes a turn,
       * here and now. What is accepted has three: the loop's, the ballot's, the loop's. */
      assert.ok(
        p99 < 3 * besides + 1000,
        `p99 of what was accepted: ${p99} ms, of what was refused: ${besides} ms`,
      );
      const grown = memory.at(-1) - memory[1];
      assert.ok(grown < 8192, `memory has grown: ${memory} KiB`);
      server.heal();
      const poll = await server.api.create_poll(token);
      for (const [i, voter] of tokens.slice(0, 20).entries()) {
        await server.api.vote(voter, poll.id, i % 3, { expect: 201 });
      }
      for (const raw of connections) raw.end();
      await server.stop();
      await server.verify();
    };
    await with_config({ 'ballot.queue': 8 }, run, FaultyServer);
  });
});

describe('passwords', () => {
  test('beyond the queue: 503, and those within it are served', () =>
    with_config({ 'accounts.hash_queue': 2 }, async (server) => {
      const join = (_, i) =>
        server.api.post('/api/auth/register', {
          body: { username: `user${i}`, email: `u${i}@x.org`, password: 'correct horse' },
          expect: 'any',
        });
      const answers = await Promise.all(Array.from({ length: 30 }, join));
      const of = (status) => answers.filter((answer) => answer.status === status);
      assert.equal(of(201).length + of(503).length, 30);
      assert.ok(of(201).length >= 2 && of(503).length > 0);
      for (const { body } of of(503)) assert.equal(body.code, 'overloaded');
      await server.api.register();
    }));
});

describe('connections', () => {
  const GET = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

  test('beyond the cap: each is told so, those within are served', () =>
    with_config({ 'server.max_connections': 20, 'server.loops': 1 }, async (server) => {
      server.close_clients();
      const inside = [];
      while (inside.length < 15) {
        const raw = new Raw(server).send(GET);
        assert.equal((await raw.answer()).status, 200);
        inside.push(raw);
      }
      const memory = [];
      for (let round = 0; round < 5; round++) {
        const crowd = Array.from({ length: 150 }, () => new Raw(server).send(GET));
        const answers = await Promise.all(crowd.map((raw) => raw.answer()));
        const refused = answers.filter(({ status }) => status === 503);
        assert.ok(refused.length >= 150 - 20, `${refused.length} were refused`);
        for (const answer of refused) {
          assert.equal(check_problem(answer).code, 'overloaded');
          assert.ok(answer.headers['x-request-id']);
          assert.equal(answer.headers['x-content-type-options'], 'nosniff');
          assert.equal(answer.headers.connection, 'close');
        }
        for (const raw of crowd) raw.end();
        memory.push(memory_kib(server));
      }
      for (const raw of inside) assert.equal((await raw.send(GET).answer()).status, 200);
      assert.ok(memory.at(-1) - memory[1] < 4096, `memory has grown: ${memory} KiB`);
      for (const raw of inside) raw.end();
      await wait_until(
        async () => {
          const raw = new Raw(server).send(GET);
          const answer = await raw.answer().catch(() => ({ status: 0 }));
          raw.end();
          return answer.status === 200;
        },
        30_000,
        'room again',
      );
    }));
});
