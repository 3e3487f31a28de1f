// `pollux demo` and `pollux serve --demo`: polls to look at, and votes that move them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { check_results } from './lib/api.mjs';
import { open_ws } from './lib/live.mjs';
import { BINARY, Server } from './lib/server.mjs';
import { wait_until, within } from './lib/wait.mjs';

/** A demo of this server, until it ends. */
function demo(server, ...args) {
  const child = spawn(BINARY, ['demo', '--data-dir', server.data_dir, ...args], {
    cwd: server.root,
    env: { ...server.environment(), http_proxy: 'http://127.0.0.1:1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (child.text += text));
  }
  child.ended = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, text: child.text }));
  });
  return child;
}

const run_demo = (server, ...args) => within(demo(server, ...args).ended, 30_000, 'demo');

/** Votes on all polls together; each result has to be right in itself. */
async function count_votes(server) {
  const { items } = (await server.api.get('/api/polls?limit=100')).body;
  return items.reduce((sum, poll) => {
    check_results(poll.results);
    return sum + poll.results.totalVotes;
  }, 0);
}

async function with_server(opts, run) {
  const server = await Server.start(opts);
  try {
    await run(server);
  } finally {
    await server.end();
  }
}

describe('pollux serve --demo', () => {
  test('shows polls whose votes move', () =>
    with_server({ args: ['--demo'] }, async (server) => {
      const polls = async () => (await server.api.get('/api/polls?limit=100')).body.items;
      await wait_until(async () => (await polls()).length === 6, 30_000, 'six polls');
      for (const poll of await polls()) {
        assert.equal(poll.owner.username, 'demo');
        assert.equal(poll.status, 'open');
        assert.ok(poll.tags.length > 0);
      }
      const [{ id }] = await polls();
      const feed = await open_ws(server, `/ws/polls/${id}`);
      const first = await feed.next();
      await feed.next((m) => m.totalVotes >= first.totalVotes + 3);
      await feed.end();
    }));

  test('adds no polls when it is started again', () =>
    with_server({ args: ['--demo'] }, async (server) => {
      const said = () => server.log.includes('watch them:');
      await wait_until(said, 30_000, 'polls');
      await server.restart();
      await wait_until(() => server.log.includes('6 open polls are there'), 30_000);
      assert.equal((await server.api.get('/api/polls?limit=100')).body.items.length, 6);
    }));

  test('ends with the server, also when it has only just begun', () =>
    with_server({ args: ['--demo'] }, async (server) => {
      for (let i = 0; i < 3; i++) await server.restart();
      await server.stop();
      await server.verify();
    }));

  test('nobody votes when nobody asked for it', () =>
    with_server({}, async (server) => {
      assert.equal((await server.api.get('/api/polls')).body.items.length, 0);
    }));
});

describe('pollux demo', () => {
  test('fills a running server, and ends by itself', () =>
    with_server({}, async (server) => {
      const args = ['--polls', '3', '--voters', '20', '--rate', '1000'];
      const first = await run_demo(server, ...args);
      assert.equal(first.code, 0, first.text);
      assert.equal(first.text.match(/^created poll \d+: ./gm)?.length, 3, first.text);
      const votes = await count_votes(server);
      assert.match(first.text, new RegExp(`^done: ${votes} votes by 20 guests$`, 'm'));
      assert.ok(votes >= 20, String(votes));

      const again = await run_demo(server, ...args);
      assert.equal(again.code, 0, again.text);
      assert.match(again.text, /^3 open polls are there already$/m);
      assert.ok((await count_votes(server)) > votes);
      const mode = fs.statSync(path.join(server.data_dir, 'demo.password')).mode;
      assert.equal(mode & 0o777, 0o600);
    }));

  test('makes as many polls as are asked for', () =>
    with_server({}, async (server) => {
      const { code, text } = await run_demo(server, '--polls', '40', '--voters', '1');
      assert.equal(code, 0, text);
      const { items } = (await server.api.get('/api/polls?limit=100')).body;
      assert.equal(items.length, 40);
      assert.equal(new Set(items.map((poll) => poll.title)).size, 40);
    }));

  test('stops after the time that it is given, and when it is told to', () =>
    with_server({}, async (server) => {
      const { code, text } = await run_demo(server, '--for', '1s', '--voters', '100000');
      assert.equal(code, 0, text);
      for (const signal of ['SIGINT', 'SIGTERM']) {
        const child = demo(server, '--voters', '100000', '--rate', '1');
        await wait_until(() => child.text.includes('already'), 30_000, 'a beginning');
        child.kill(signal);
        const how = await within(child.ended, 30_000, `the end after ${signal}`);
        assert.equal(how.code, 0, how.text);
        assert.match(how.text, /^done: /m);
      }
    }));

  test('says what is wrong when the server goes away', () =>
    with_server({}, async (server) => {
      const child = demo(server, '--voters', '100000');
      await wait_until(() => child.text.includes('watch them'), 30_000, 'a beginning');
      await server.stop();
      const { code, text } = await within(child.ended, 30_000, 'the end');
      assert.equal(code, 1, text);
      assert.match(text, /^pollux: the server at .* does not answer: /m);
    }));

  test('without a server: says so, and writes nothing', async () => {
    const server = new Server();
    const { code, text } = await run_demo(server, '--server-port', '1');
    assert.equal(code, 1, text);
    assert.match(text, /no server is running at http:\/\/127\.0\.0\.1:1 .*: pollux serve/);
    assert.equal(fs.existsSync(server.data_dir), false);
    server.remove();
  });

  test('a user demo of somebody else: says so', () =>
    with_server({}, async (server) => {
      await server.api.register({ username: 'demo' });
      const { code, text } = await run_demo(server);
      assert.equal(code, 1, text);
      assert.match(text, /has a user demo already, with another password/);
    }));
});
