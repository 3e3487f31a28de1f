// Random faults under load, round after round, in a cluster of real processes: whatever is
// killed, hung or cut off, clients that retry get an answer in the end; every vote that was
// acknowledged is stored once, nothing is counted that was not cast, nobody votes oftener
// than their day allows, and every process shows what the rows say. What happens is drawn
// from a seed, which a failure names. (script/faults runs many rounds.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check_results, votes_of } from './lib/api.mjs';
import { open_sse, open_ws } from './lib/live.mjs';
import { PostgresPair } from './lib/postgres_pair.mjs';
import { FAULT_SEED, seeded } from './lib/random.mjs';
import { Server } from './lib/server.mjs';
import { TcpProxy } from './lib/tcp_proxy.mjs';
import { pause, wait_until, within } from './lib/wait.mjs';

const ROUNDS = Number(process.env.CLUSTER_ROUNDS ?? 6);
const NODES = 3;
const POLLS = 5;
const VOTES_A_DAY = POLLS - 1;
const VOTERS = 40; /* a round */
const CLIENTS = 16;
const PATIENCE_MS = 4000; /* how long a client waits for an answer before it asks again */
const GIVES_UP_MS = 120_000; /* a client with no answer: something hangs for good */
const CATCHES_UP_MS = 60_000; /* a limit; the time it takes is printed */

/* What is broken, and who votes on what, are the same each time; who is asked first is not,
   since clients and processes are faster or slower. */
const random = seeded(FAULT_SEED);
const votes = seeded(FAULT_SEED + 1);
const clients = seeded(FAULT_SEED + 2);
const pick = (all, draw = random) => all[draw(all.length)];

let pair;
let links; /* node → one to each PostgreSQL */
let nodes;
let polls;
/** poll → version → what was said at it */
const said = new Map();
const rounds = []; /* what was broken in each */
const done = { acts: 0, tries: 0, slowest_ms: 0 };

before(async () => {
  pair = await PostgresPair.start();
  await pair.create('pollux');
  links = await Promise.all(
    Array.from({ length: NODES }, () =>
      Promise.all(pair.members.map(({ port }) => TcpProxy.start({ host: '127.0.0.1', port }))),
    ),
  );
  nodes = await Promise.all(links.map(start_node));
  const owner = (await nodes[0].api.register()).token;
  polls = [];
  for (let i = 0; i < POLLS; i++) polls.push((await nodes[0].api.create_poll(owner)).id);
});

after(async () => {
  await Promise.all((nodes ?? []).map((node) => node.end()));
  await Promise.all((links ?? []).flat().map((link) => link.stop()));
  await pair?.stop();
});

function start_node(to) {
  const ports = to.map((link) => link.port);
  const hosts = ports.map(() => '127.0.0.1');
  const dsn = `host=${hosts} port=${ports} user=postgres dbname=pollux target_session_attrs=read-write`;
  return Server.start({
    dsn,
    config: { profile: 'cluster', 'limits.votes_per_day': VOTES_A_DAY },
  });
}

/* ---- faults: each leaves everything as it found it, but for who is the primary ---- */

const FAULTS = {
  async a_node_is_killed() {
    const node = pick(nodes);
    await node.kill();
    await pause(random(500));
    await node.start();
  },
  async all_nodes_are_killed() {
    await Promise.all(nodes.map((node) => node.kill()));
    await Promise.all(nodes.map((node) => node.start()));
  },
  async a_node_hangs() {
    const node = pick(nodes);
    node.signal('SIGSTOP');
    await pause(500 + random(3000));
    node.signal('SIGCONT');
  },
  async the_primary_is_killed_and_comes_back() {
    await pair.primary.kill();
    await pause(random(1000));
    await pair.primary.restart();
    await pair.follows();
  },
  async the_primary_is_killed_and_the_replica_promoted() {
    await pair.primary.kill();
    await pause(random(1000));
    await pair.promote();
    await pause(random(1000));
    await pair.rejoin();
  },
  async the_primary_hangs_for_a_node() {
    const node = random(NODES);
    for (const link of links[node]) link.hold();
    await pause(500 + random(3000));
    for (const link of links[node]) link.heal();
  },
  async a_node_is_cut_off() {
    const node = random(NODES);
    for (const link of links[node]) link.refuse();
    await pause(random(2000));
    for (const link of links[node]) link.heal();
  },
  async everybody_is_cut_off() {
    for (const link of links.flat()) link.refuse();
    await pause(random(2000));
    for (const link of links.flat()) link.heal();
  },
};

/* ---- clients ---- */

/** Whatever any client was told, at whatever version, has to stay true. */
function note({ at, viewers, type, ...results }) {
  check_results(results);
  const { pollId: poll, version } = results;
  const versions = said.get(poll) ?? said.set(poll, new Map()).get(poll);
  const text = JSON.stringify(results);
  assert.equal(versions.get(version) ?? text, text, 'one version, two results');
  versions.set(version, text);
}

const newest_of = (poll) => Math.max(0, ...(said.get(poll)?.keys() ?? []));

/** An answer, or null: none came in time, or the process is gone. */
const tried = (promise) => within(promise, PATIENCE_MS, 'an answer').catch(() => null);

const is_final = (answer) => answer !== null && answer.status !== 503;

/** Asks one node after the other until one knows. */
async function until_answered(ask) {
  const end = performance.now() + GIVES_UP_MS;
  for (;;) {
    done.tries++;
    const node = pick(nodes, clients);
    const answer = node.child === null ? null : await tried(ask(node.api));
    if (is_final(answer)) return answer;
    assert.ok(performance.now() < end, `no answer: ${answer?.text}`);
    await pause(20);
  }
}

async function voters_of_a_round() {
  const guests = Array.from({ length: VOTERS }, () =>
    until_answered((api) => api.post('/api/auth/guest', { body: {}, expect: 'any' })),
  );
  return (await Promise.all(guests)).map(({ body }) => body);
}

/** Each votes on every poll, which is one more than a day allows. */
function acts_of(voters, round) {
  const acts = voters.flatMap(({ token, user }) =>
    polls.map((poll) => ({
      token,
      user: user.id,
      poll,
      option: votes(3),
      key: votes(3) === 0 ? undefined : `${round}-${user.id}-${poll}`,
    })),
  );
  return acts.sort(() => votes(3) - 1);
}

/** What came of a vote: it is stored, or its voter's day is used up. */
async function perform(act) {
  const call = { key: act.key, expect: 'any' };
  const answer = await until_answered((api) => api.vote(act.token, act.poll, act.option, call));
  const code = answer.body.code ?? answer.status;
  const is_known = act.key === undefined ? 'already_voted' : 200;
  assert.ok([201, is_known, 'daily_limit'].includes(code), answer.text);
  act.stored = code !== 'daily_limit';
  if (answer.status < 300) note(answer.body.results);
}

async function client(acts) {
  for (let act; (act = acts.pop()) !== undefined;) await perform(act);
}

async function reader(is_over) {
  for (let i = 0; !is_over(); i++) {
    const answer = await tried(pick(nodes, clients).api.results(polls[i % POLLS]));
    if (answer !== null) note(answer);
    await pause(5);
  }
}

/** Follows all polls at a node, for as long as that lives. */
async function watch() {
  return Promise.all(
    nodes.flatMap((node) => [
      open_ws(node, '/ws').then((ws) => {
        ws.send({ type: 'track', polls });
        return ws;
      }),
      open_sse(node, `/api/live?polls=${polls}`),
    ]),
  );
}

/* ---- the checker ---- */

const DAY_MS = 86_400_000;

/** What the rows say: poll → votes by option, counted and as they stand in results. */
async function rows_of_polls() {
  const counted = await pair.rows(
    'pollux',
    `SELECT p.poll_id, array_agg((SELECT count(*) FROM ballots b WHERE b.poll_id = p.poll_id
       AND b.kind = 'vote' AND b.choice = ARRAY[o]::smallint[]) ORDER BY o), p.counts
     FROM results p, generate_series(0, 2) o GROUP BY p.poll_id, p.counts ORDER BY 1`,
  );
  return new Map(
    counted.map((line) => {
      const [poll, ballots, counts] = line.split('|');
      assert.equal(ballots, counts, `poll ${poll}: its ballots are not what was counted`);
      return [Number(poll), counts.slice(1, -1).split(',').map(Number)];
    }),
  );
}

/** Each acknowledged vote is a row, with what was chosen; no refused one is. */
async function check_ballots(acts) {
  const users = [...new Set(acts.map((act) => act.user))];
  const lines = await pair.rows(
    'pollux',
    `SELECT user_id, poll_id, choice[1] FROM ballots
     WHERE kind = 'vote' AND user_id = ANY('{${users}}')`,
  );
  const rows = new Map(
    lines.map((line) => {
      const [user, poll, choice] = line.split('|').map(Number);
      return [`${user} ${poll}`, choice];
    }),
  );
  for (const { user, poll, option, stored } of acts) {
    const row = rows.get(`${user} ${poll}`);
    assert.equal(row, stored ? option : undefined, `user ${user} on poll ${poll}`);
  }
  return rows.size;
}

function check_days(acts, began) {
  if (Math.floor(began / DAY_MS) !== Math.floor(Date.now() / DAY_MS)) return;
  for (const user of new Set(acts.map((act) => act.user))) {
    const stored = acts.filter((act) => act.user === user && act.stored).length;
    assert.equal(stored, VOTES_A_DAY, `votes of user ${user}`);
  }
}

/** REST, WebSocket and SSE of each node say what the rows say. */
async function check_nodes(rows) {
  for (const node of nodes) {
    for (const poll of polls) {
      const results = await node.api.results(poll);
      note(results);
      assert.deepEqual(votes_of(results), rows.get(poll), `poll ${poll}`);
      assert.ok(results.version >= newest_of(poll), `version ${results.version} goes back`);
      const ws = await open_ws(node, `/ws/polls/${poll}`);
      const sse = await open_sse(node, `/api/polls/${poll}/live`);
      for (const feed of [ws, sse]) {
        const message = await feed.next();
        note(message);
        assert.equal(message.version, results.version);
        await feed.end();
      }
    }
  }
}

/** It reads what is committed again: it says so itself. */
async function is_current(node) {
  const ask = () => node.api.get(`/api/polls/${polls[0]}/results`, { expect: 'any' });
  const knows = async () => {
    const { status, headers } = await ask();
    return status === 200 && !('x-pollux-stale' in headers);
  };
  await wait_until(knows, CATCHES_UP_MS, 'a node that shows what is stored');
}

/** Who still watches has caught up; how long after the repair. */
async function check_watchers(feeds, repaired) {
  const versions = new Map();
  for (const poll of polls) versions.set(poll, (await nodes[0].api.results(poll)).version);
  for (const feed of feeds) {
    const open = () => !feed.ended && feed.socket?.readyState !== 3;
    const is_there = () =>
      !open() || polls.every((poll) => feed.newest(poll)?.version >= versions.get(poll));
    await wait_until(is_there, CATCHES_UP_MS, () => `${feed.said()} of ${[...versions]}`);
  }
  done.slowest_ms = Math.max(done.slowest_ms, performance.now() - repaired);
  for (const feed of feeds) {
    for (const message of feed.messages) if (message.type === 'results') note(message);
    await feed.end();
  }
}

/** Under load: something breaks, is repaired, and everybody gets their answer. */
async function break_something(acts, fault) {
  const feeds = await watch();
  const todo = [...acts];
  let over = false;
  const voting = Promise.all(Array.from({ length: CLIENTS }, () => client(todo)));
  const readers = Promise.all([1, 2].map(() => reader(() => over)));
  const work = Promise.all([voting.finally(() => (over = true)), readers]);
  work.catch(() => {}); /* told below, when the fault is over */
  await pause(random(300));
  await FAULTS[fault]();
  const repaired = performance.now();
  await work;
  await Promise.all(nodes.map(is_current));
  await check_watchers(feeds, repaired);
}

async function round(number) {
  const began = Date.now();
  const acts = acts_of(await voters_of_a_round(), number);
  const fault = pick(Object.keys(FAULTS));
  rounds.push(fault);
  await break_something(acts, fault);
  assert.ok((await check_ballots(acts)) > 0);
  check_days(acts, began);
  await check_nodes(await rows_of_polls());
  done.acts += acts.length;
}

test(`${ROUNDS} rounds of faults under load`, async (t) => {
  for (let number = 1; number <= ROUNDS; number++) {
    try {
      await round(number);
    } catch (error) {
      const logs = nodes.map((node) => node.log_tail()).join('\n---\n');
      t.diagnostic(`FAULT_SEED=${FAULT_SEED}, round ${number}: ${rounds.join(' ')}`);
      t.diagnostic(logs);
      throw error;
    }
  }
  t.diagnostic(
    `compared ${done.acts} votes by ${done.tries} tries: ${JSON.stringify({ ...done, rounds })}`,
  );
});
