// kill -9 under load, again and again. After each kill every acknowledged vote is there,
// once; the counts agree everywhere; no version that a client saw is taken back; a client
// that got no answer asks again and is counted once. (script/faults runs many rounds.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { check_results, votes_of } from './lib/api.mjs';
import { open_sse, open_ws } from './lib/live.mjs';
import { FaultyServer } from './lib/faulty.mjs';
import { FAULT_SEED, seeded } from './lib/random.mjs';
import { pause } from './lib/wait.mjs';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 20);
const POLLS = 4;
const VOTERS = 60; /* a round */
const WORKERS = 12;

const random = seeded(FAULT_SEED);

let server, owner, polls;
const guests_seen = new Set();
const created = []; /* ids of polls whose creation was acknowledged */
/** poll → version → what was said at it */
const said = new Map();
/** What is known to be counted: poll → votes per option. */
const counted = new Map();

before(async () => {
  server = await new FaultyServer({ config: { 'limits.votes_per_day': 0 } }).start();
  owner = (await server.api.register()).token;
  polls = [];
  for (let i = 0; i < POLLS; i++) {
    polls.push((await server.api.create_poll(owner, { voteChange: true })).id);
  }
  for (const poll of polls) counted.set(poll, [0, 0, 0]);
});
after(() => server.end());

/** Whatever any client was told, at whatever version, has to stay true. */
function note({ at, viewers, type, ...results }) {
  check_results(results);
  const versions =
    said.get(results.pollId) ?? said.set(results.pollId, new Map()).get(results.pollId);
  const text = JSON.stringify(results);
  assert.equal(versions.get(results.version) ?? text, text, 'one version, two results');
  versions.set(results.version, text);
}

const newest_seen = (poll) => Math.max(0, ...(said.get(poll)?.keys() ?? []));

async function new_voters() {
  const guests = await Promise.all(Array.from({ length: VOTERS }, () => server.api.guest()));
  for (const { user } of guests) {
    assert.ok(!guests_seen.has(user.id), `guest ${user.id} was somebody else before the crash`);
    guests_seen.add(user.id);
  }
  return guests.map((guest) => guest.token);
}

function shuffled(all) {
  for (let i = all.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

/** One thing that a voter does: what, and what came of it. */
function acts_of(voters, round) {
  const acts = voters.flatMap((token, v) =>
    polls.map((poll, p) => ({
      token,
      poll,
      option: random(3),
      skip: random(10) === 0,
      key: random(4) === 0 ? undefined : `${round}-${v}-${p}`,
      withdraws: random(4) === 0,
      gone: false /* taken back; null: that was sent, and never answered */,
      answer: null /* null: sent, and never answered; undefined: never sent */,
    })),
  );
  for (const act of acts) act.answer = undefined;
  return shuffled(acts);
}

function perform(act) {
  const { token, poll, option, key, skip } = act;
  const call = { token, key, expect: 'any' };
  return skip
    ? server.api.post(`/api/polls/${poll}/skip`, call)
    : server.api.vote(token, poll, option, call);
}

/** Votes and skips until the server dies. */
async function worker(acts) {
  for (let act; (act = acts.pop()) !== undefined;) {
    act.answer = null;
    const answer = await perform(act).catch(() => null);
    if (answer === null) return;
    assert.equal(answer.status, act.skip ? 204 : 201, answer.text);
    act.answer = answer;
    if (!act.skip) note(answer.body.results);
    const undoes = act.withdraws && (act.skip || act.key !== undefined);
    if (undoes && !(await withdraw(act))) return;
  }
}

const take_back = ({ token, poll, skip }) =>
  server.api.delete(`/api/polls/${poll}/${skip ? 'skip' : 'vote'}`, { token, expect: 204 });

const withdraw = async (act) => {
  act.gone = null;
  const answer = await take_back(act).catch(() => null);
  if (answer !== null) act.gone = true;
  return answer !== null;
};

/** Looks at the results all the time. */
async function reader() {
  for (let i = 0; ; i++) {
    const results = await server.api.results(polls[i % POLLS]).catch(() => null);
    if (results === null) return;
    note(results);
  }
}

async function creator() {
  for (;;) {
    const poll = await server.api.create_poll(owner).catch(() => null);
    if (poll === null) return;
    created.push(poll.id);
  }
}

/** The server under load, killed somewhere in it. */
async function load_and_kill(acts) {
  const ws = await open_ws(server, '/ws');
  ws.send({ type: 'track', polls });
  const sse = await open_sse(server, `/api/live?polls=${polls}`);
  const todo = [...acts];
  // On a slow disk there is time for a crash between what is said and what is durable.
  if (random(2) === 0) server.fail(`slow ${1 + random(15)} .seg`);
  const work = [
    creator(),
    reader(),
    reader(),
    ...Array.from({ length: WORKERS }, () => worker(todo)),
  ];
  await pause(20 + random(200)); /* the moment of the crash */
  await server.kill();
  server.heal();
  await Promise.all(work);
  await ws.closed;
  await sse.closed.catch(() => {});
  for (const m of [...ws.messages, ...sse.messages]) note(m);
}

/** Started, and killed again while it recovers. */
async function kill_while_starting() {
  server.spawn();
  await pause(random(40));
  await server.kill();
}

async function check_counts(acts) {
  for (const poll of polls) {
    const results = await server.api.results(poll);
    const newest = newest_seen(poll);
    assert.ok(results.version >= newest, `version ${results.version} after ${newest}`);
    note(results);
    const mine = acts.filter((act) => act.poll === poll && !act.skip);
    for (const [option, votes] of votes_of(results).entries()) {
      const sent = mine.filter((act) => act.option === option && act.answer !== undefined);
      const stays = (act) => act.answer !== null && act.gone === false;
      const acknowledged = sent.filter(stays).length;
      const most = sent.filter((act) => act.gone !== true).length;
      const base = counted.get(poll)[option];
      assert.ok(
        votes >= base + acknowledged,
        `${votes} of ${base} + ${acknowledged}: a vote is lost`,
      );
      assert.ok(votes <= base + most, `${votes} of ${base} + ${most}: a vote too many`);
    }
  }
}

const own = async ({ token, poll }) =>
  (await server.api.get(`/api/polls/${poll}`, { token })).body;

/** Everything that was sent is sent again, as a client does that got no answer. */
async function ask_again(act) {
  const repeat = act.skip && act.gone !== false ? take_back : perform;
  if (act.skip && act.gone === null) act.gone = true; /* by the repeat */
  if (act.gone === null) act.gone = (await own(act)).myVote === null;
  const answer = await repeat(act);
  const said_now = `${answer.status} ${answer.text}`;
  if (act.skip) {
    assert.equal(answer.status, 204, said_now);
  } else if (act.answer === null) {
    const fine = act.key === undefined ? [201, 409] : [201, 200];
    assert.ok(fine.includes(answer.status), said_now);
    if (answer.status === 409) assert.equal(answer.body.code, 'already_voted');
  } else if (act.key === undefined) {
    assert.equal(answer.body.code, 'already_voted', said_now);
  } else {
    assert.equal(answer.status, 200, said_now);
    assert.deepEqual(answer.body, act.answer.body);
  }
  if (!act.skip && !act.gone) counted.get(act.poll)[act.option]++;
}

async function check_exactly() {
  for (const poll of polls) {
    const results = await server.api.results(poll);
    note(results);
    assert.deepEqual(votes_of(results), counted.get(poll), `poll ${poll}`);
    assert.deepEqual((await server.api.get(`/api/polls/${poll}`)).body.results, results);
    const ws = await open_ws(server, `/ws/polls/${poll}`);
    note(await ws.next());
    await ws.end();
  }
  const { items } = (await server.api.get('/api/polls?limit=100', { expect: 200 })).body;
  const listed = new Map(items.map((item) => [item.id, item]));
  for (const id of created.slice(-20)) {
    assert.ok(listed.has(id) || (await server.api.get(`/api/polls/${id}`)).status === 200);
  }
}

async function check_own_votes(acts) {
  for (const act of [...acts.slice(0, 20), ...acts.filter((one) => one.gone)]) {
    const { myVote, skipped } = await own(act);
    const vote = act.gone ? null : act.option;
    assert.deepEqual([myVote, skipped], act.skip ? [null, !act.gone] : [vote, false]);
  }
}

async function round(number) {
  const acts = acts_of(await new_voters(), number);
  await load_and_kill(acts);
  if (number % 10 === 0) await server.verify();
  if (number % 4 === 0) await kill_while_starting();
  await server.start();
  await check_counts(acts);
  const sent = acts.filter((act) => act.answer !== undefined);
  for (let i = 0; i < sent.length; i += 32) {
    await Promise.all(sent.slice(i, i + 32).map(ask_again));
  }
  await check_exactly();
  await check_own_votes(sent);
  return sent.length;
}

test(`${ROUNDS} rounds of kill -9 under load`, async (t) => {
  let sent = 0;
  for (let number = 1; number <= ROUNDS; number++) {
    try {
      sent += await round(number);
    } catch (error) {
      error.message = `FAULT_SEED=${FAULT_SEED}, round ${number}: ${error.message}\n${server.log_tail()}`;
      throw error;
    }
  }
  assert.ok(sent > ROUNDS, 'there was a load');
  t.diagnostic(`${sent} votes and skips, ${created.length} polls, over ${ROUNDS} crashes`);
});

test('after all of them it stops cleanly, verifies, and starts with the same counts', async () => {
  await server.stop();
  await server.verify();
  await server.start();
  await check_exactly();
});
