// Processes that share the work: each answers the paths of its roles, and says of another's
// that it went astray.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Postgres } from './lib/postgres.mjs';
import { check_problem } from './lib/problem.mjs';
import { example_of, read_routes } from './lib/routes.mjs';
import { Server } from './lib/server.mjs';

const ROLES = ['polls', 'votes', 'live', 'worker'];
const routes = read_routes();

let postgres;
let of = {}; /* one process a role, and one with two */

before(async () => {
  postgres = await Postgres.start();
  const dsn = await postgres.create('pollux');
  const start = (roles) => Server.start({ dsn, config: { profile: 'cluster', roles } });
  const [polls, votes, live, worker, both] = await Promise.all(
    [...ROLES, 'live,votes'].map(start),
  );
  of = { polls, votes, live, worker, both };
});

after(async () => {
  await Promise.all(Object.values(of).map((server) => server.end()));
  await postgres?.stop();
});

/** Not by the API's client: the page's paths are not the API's. */
async function ask(server, { method, path }) {
  const answer = await fetch(server.url + example_of(path), { method, redirect: 'manual' });
  const { status, headers } = answer;
  const text = await answer.text();
  if (status !== 421) return { status };
  return {
    status,
    body: check_problem({ status, headers: Object.fromEntries(headers), text }),
  };
}

const was_astray = ({ status, body }) => status === 421 && body.code === 'misdirected';

for (const role of ROLES) {
  test(`${role}: answers its own paths, and no others`, async () => {
    for (const route of routes) {
      const answer = await ask(of[role], route);
      const is_its_own = [role, 'each'].includes(route.role);
      const said = `${route.method} ${route.path}: ${answer.status}`;
      assert.equal(was_astray(answer), !is_its_own, said);
      if (is_its_own) continue;
      assert.equal(
        answer.body.detail,
        `This process does not have the role ${route.role}, it has ${role}.` +
          ' Send the request to one that has.',
      );
    }
  });
}

test('a path belongs to one role, whatever the method', async () => {
  const roles = new Map();
  for (const { path, role } of routes) {
    assert.equal(roles.get(path) ?? role, role, path);
    roles.set(path, role);
  }
  const vote = '/api/polls/7/vote';
  for (const method of ['OPTIONS', 'PATCH'])
    assert.ok(was_astray(await of.polls.api.call(method, vote, { expect: 'any' })), method);
  await of.votes.api.options(vote, { expect: 204 });
  await of.votes.api.patch(vote, { expect: 'method_not_allowed' });
});

test('what is nowhere is not found anywhere', async () => {
  for (const role of ROLES) await of[role].api.get('/api/nowhere', { expect: 'not_found' });
});

test('a process may have two roles', async () => {
  const { token } = await of.polls.api.guest();
  assert.ok(was_astray(await of.both.api.get('/api/polls', { expect: 'any' })));
  await of.both.api.vote(token, 7, 0, { expect: 'not_found' });
  await of.both.api.get('/api/polls/7/results', { expect: 'not_found' });
});

test('a vote for a poll of one, by another, is seen at a third', async () => {
  const { token } = await of.polls.api.register();
  const { id } = await of.polls.api.create_poll(token);
  await of.votes.api.vote(token, id, 1, { expect: 201 });
  assert.equal((await of.live.api.results(id)).totalVotes, 1);
  assert.equal((await of.polls.api.get(`/api/polls/${id}`, { token })).body.myVote, 1);
});

describe('one machine', () => {
  test('has every role, or does not start', async () => {
    const server = new Server({ config: { profile: 'embedded', roles: 'polls' } });
    const said = await server.refuses_to_start();
    server.remove();
    assert.match(said, /^roles: expected all, since only processes of the profile cluster/m);
  });
});
