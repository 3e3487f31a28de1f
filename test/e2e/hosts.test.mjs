// A DSN of two hosts: the primary and its replica, which becomes the primary.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PostgresPair } from './lib/postgres_pair.mjs';
import { Server } from './lib/server.mjs';
import { wait_until } from './lib/wait.mjs';

const LIMIT_MS = 120_000;

let pair;
let server;
let poll;
let voters;

before(async () => {
  pair = await PostgresPair.start();
  await pair.create('pollux');
  const ports = [pair.replica.port, pair.primary.port];
  const dsn = `host=127.0.0.1,127.0.0.1 port=${ports} user=postgres dbname=pollux`;
  server = await Server.start({ dsn, config: { profile: 'cluster' } });
  const { token } = await server.api.register();
  poll = await server.api.create_poll(token);
  voters = await server.api.crowd(20);
  for (const voter of voters.slice(0, 10)) {
    await server.api.vote(voter, poll.id, 0, { expect: 201 });
  }
});

after(async () => {
  await server?.end();
  await pair?.stop();
});

test('verify and export read a replica, when they are told to', async () => {
  const dsn = `${pair.replica.dsn('pollux')} target_session_attrs=any`;
  const args = ['--profile', 'cluster', '--postgres-dsn', dsn];
  const is_there = () =>
    server.pollux('export', String(poll.id), ...args).then(
      ({ stdout }) => /^0,"Tabs",10,100,/m.test(stdout),
      () => false,
    );
  await wait_until(is_there, LIMIT_MS, () => 'the votes on the replica');
  assert.match((await server.pollux('verify', ...args)).stdout, /10 votes.*\nok: /);
  /* If nothing else is said, the primary is meant. */
  const primary_only = [...args.slice(0, -1), pair.replica.dsn('pollux')];
  const { stdout } = await server.pollux_fails('verify', ...primary_only);
  assert.match(stdout, /^wrong: .*read-only/);
});

test('after a promotion votes go on at the other host, and none is lost', async () => {
  const { version } = await server.api.results(poll.id);
  await pair.primary.kill();
  await pair.promote();
  for (const voter of voters.slice(10)) {
    const is_in = async () => {
      const { status } = await server.api.vote(voter, poll.id, 1, { key: 'k', expect: 'any' });
      return status < 300;
    };
    await wait_until(is_in, LIMIT_MS, () => 'a vote after the promotion');
  }
  const results = await server.api.results(poll.id);
  assert.equal(results.totalVotes, 20);
  assert.ok(results.version > version);
  const { stdout } = await server.pollux('verify', ...server.flags());
  assert.match(stdout, /20 votes.*\nok: /);
});
