// The configuration of nginx that is shipped, in front of a process for each role.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Api } from './lib/api.mjs';
import { open_sse, open_ws } from './lib/live.mjs';
import { Nginx } from './lib/nginx.mjs';
import { Postgres } from './lib/postgres.mjs';
import { check_problem } from './lib/problem.mjs';
import { example_of, read_routes } from './lib/routes.mjs';
import { Server } from './lib/server.mjs';
import { session_of } from './lib/token.mjs';

const SHIPPED = new URL('../../deploy/nginx/', import.meta.url);
/** Where nobody listens. */
const NOWHERE = 1;
const ROLES = ['polls', 'votes', 'live'];

let postgres, nginx, api;
const of = {};

const read_shipped = (name) => fs.readFileSync(new URL(name, SHIPPED), 'utf8');

/** The upstreams as they are shipped, with our ports: two for each role. */
function upstreams(ports) {
  const text = read_shipped('pollux-upstreams.conf');
  assert.equal(text.match(/127\.0\.0\.1:\d+/g).length, ports.length);
  return text.replace(/127\.0\.0\.1:\d+/g, () => `127.0.0.1:${ports.shift()}`);
}

const start_nginx = (name, ports) =>
  Nginx.start(path.join(of.polls.root, name), (port, folder) => {
    fs.writeFileSync(path.join(folder, 'pollux-upstreams.conf'), upstreams(ports));
    fs.writeFileSync(path.join(folder, 'pollux-listen.conf'), `listen 127.0.0.1:${port};`);
    return read_shipped('pollux.conf');
  });

before(async () => {
  postgres = await Postgres.start();
  const dsn = await postgres.create('pollux');
  const config = { profile: 'cluster', 'server.trusted_proxies': '127.0.0.1' };
  const start = (roles) => Server.start({ dsn, config: { ...config, roles } });
  const servers = await Promise.all(ROLES.map(start));
  for (const [i, role] of ROLES.entries()) of[role] = servers[i];
  const ports = ROLES.flatMap((role) => [of[role].port, NOWHERE]);
  nginx = await start_nginx('nginx', ports);
  api = new Api(nginx.url);
});

after(async () => {
  api?.close();
  await nginx?.stop();
  await Promise.all(Object.values(of).map((server) => server.end()));
  await postgres?.stop();
});

const ask = (method, path) =>
  fetch(nginx.url + path, { method, redirect: 'manual' }).then(async (answer) => {
    await answer.arrayBuffer();
    return answer.status;
  });

test('every path arrives at its role, with and without a slash at its end', async () => {
  for (const { method, path: pattern } of read_routes()) {
    const path = example_of(pattern);
    const other = path.includes('?') ? path.replace('?', '/?') : `${path}/`;
    for (const target of [path, other]) {
      const status = await ask(method, target);
      assert.ok(![421, 502, 503].includes(status), `${method} ${target}: ${status}`);
    }
  }
});

test('what is for operators is not for everybody', async () => {
  assert.equal(await ask('GET', '/metrics'), 404);
});

test('a page joins, votes, and follows by both protocols', async () => {
  const page = { origin: nginx.url };
  const { token } = await api.register();
  const poll = await api.create_poll(token);
  const ws = await open_ws(nginx, `/ws/polls/${poll.id}`, page);
  const sse = await open_sse(nginx, `/api/polls/${poll.id}/live`);
  for (const feed of [ws, sse]) await feed.next((m) => m.totalVotes === 0);
  const cookie = session_of(await api.post('/api/auth/guest', { ...page, expect: 201 }));
  const body = { optionIndex: 1 };
  await api.post(`/api/polls/${poll.id}/vote`, { ...page, cookie, body, expect: 201 });
  for (const feed of [ws, sse]) await feed.next((m) => m.totalVotes === 1);
  for (const feed of [ws, sse]) await feed.end();
});

test('a process that is away is passed over, by votes too', async () => {
  const { token } = await api.register();
  const poll = await api.create_poll(token);
  const voters = await api.crowd(20);
  for (const voter of voters) await api.vote(voter, poll.id, 0, { expect: 201 });
  assert.equal((await api.results(poll.id)).totalVotes, voters.length);
});

/** Takes a request, and is gone before it answers. */
async function dying_server(got) {
  const server = http.createServer((req) => {
    got.push(req.method);
    req.socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

test('a vote that a process may have counted is not sent to another', async () => {
  const got = [];
  const servers = [await dying_server(got), await dying_server(got)];
  const ports = servers.map((server) => server.address().port);
  const front = await start_nginx('dying', [...ports, ...ports, ...ports]);
  const vote = `${front.url}/api/polls/7/vote`;
  const answer = await fetch(vote, { method: 'POST', body: '{"optionIndex":0}' });
  assert.equal(answer.status, 503);
  assert.equal((await answer.json()).code, 'unavailable');
  assert.deepEqual(got, ['POST']);
  await (await fetch(vote)).arrayBuffer();
  assert.deepEqual(got, ['POST', 'GET', 'GET']);
  await front.stop();
  for (const server of servers) server.close();
});

test('where no process answers, the answer says so as Pollux would', async () => {
  const { token } = await api.register();
  const poll = await api.create_poll(token);
  await of.votes.stop();
  const answer = await api.vote(token, poll.id, 0, { expect: 'unavailable' });
  check_problem(answer);
  assert.equal((await api.get(`/api/polls/${poll.id}`)).body.id, poll.id);
});
