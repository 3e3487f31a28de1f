// `import` and `export --all`: from one machine to the cluster and back, with everything
// that was there, and nothing where something is in the way.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Postgres } from './lib/postgres.mjs';
import { JWT_SECRET, Server } from './lib/server.mjs';

const ada = { email: 'ada@example.org', username: 'Ada', password: 'correct horse' };
const EMBEDDED = { config: { profile: 'embedded', 'limits.votes_per_day': 8 } };
const CLUSTER = { config: { profile: 'cluster', 'limits.votes_per_day': 8 } };

let postgres;
before(async () => (postgres = await Postgres.start()));
after(() => postgres?.stop());

/** Also where a test fails, no server is left: the file would never end. */
const servers = [];
const track = (server) => {
  servers.push(server);
  return server;
};
const start = async (opts) => track(await Server.start(opts));
after(async () => {
  for (const server of servers.filter(({ child }) => child !== null)) {
    server.may_end = true;
    await server.kill();
    server.remove();
  }
});

const database_of = (dir) => path.join(dir, 'pollux.db');
const sqlite = (file, ...commands) => execFileSync('sqlite3', [file, ...commands]).toString();

/** Every row that means something, typed. */
const TABLES = {
  accounts: '*',
  token_ends: '*',
  polls: '*',
  results: '*',
  votes: '*',
  skips: '*',
  withdrawn_receipts: '*',
  daily_votes: '*',
  recent_votes: '*',
  poll_keys: '*',
  poll_words: 'rowid, words',
  text_rules: '*',
  data_set: 'id, first_version',
};

function content_of(file) {
  const tables = Object.entries(TABLES).map(([table, columns]) => [
    table,
    sqlite(file, '.mode insert', `SELECT ${columns} FROM ${table} ORDER BY 1, 2`),
  ]);
  const last = sqlite(file, `SELECT name, seq FROM sqlite_sequence ORDER BY 1`);
  return { ...Object.fromEntries(tables), last };
}

/** Everything that everybody may see, with its versions. */
async function all_of(server) {
  const { items } = (await server.api.get('/api/polls?limit=100', { expect: 200 })).body;
  return { items, results: await Promise.all(items.map(({ id }) => server.api.results(id))) };
}

/** A server's data directory with something of everything; who it is of. */
async function fill(server) {
  const { token: old } = await server.api.register(ada);
  const body = { currentPassword: ada.password, password: 'another horse' };
  await server.api.patch('/api/users/me', { token: old, body, expect: 200 });
  const login = { body: { email: ada.email, password: body.password }, expect: 200 };
  const { token } = (await server.api.post('/api/auth/login', login)).body;
  const voters = await server.api.crowd(9);
  const text = {
    title: 'Wörter, "quoted" \\ and \'s?',
    description: 'a\n\tb\\N',
    tags: ['tag-1', 'größe'],
  };
  for (let i = 0; i < 5; i++) {
    const over = { voteChange: i === 1, ...(i === 2 ? text : {}) };
    const { id } = await server.api.create_poll(token, over);
    for (const [v, voter] of voters.slice(i + 1).entries()) {
      const key = v % 2 === 0 ? `key-${id}` : undefined;
      await server.api.vote(voter, id, (v + i) % 3, { key, expect: 201 });
    }
  }
  await server.api.put('/api/polls/2/vote', { token: voters[2], body: { optionIndex: 2 } });
  await server.api.delete('/api/polls/2/vote', { token: voters[4] });
  await server.api.post('/api/polls/5/skip', { token: voters[0] });
  await server.api.post('/api/polls/4/close', { token });
  await server.api.patch('/api/polls/5', { token, body: { visibility: 'after_vote' } });
  const gone = { title: 'Gone?', options: ['a', 'b'], idempotencyKey: 'made-once' };
  const made = { token, body: gone };
  const { id } = (await server.api.post('/api/polls', made)).body;
  await server.api.delete(`/api/polls/${id}`, { token, expect: 204 });
  return { token, old, voters, made, deleted: id };
}

async function importing(server, dir, dsn) {
  const args = ['import', dir, '--profile', 'cluster', '--postgres-dsn', dsn];
  return (await server.pollux(...args)).stdout;
}

async function exporting(server, dir, dsn) {
  const args = ['export', '--all', dir, '--profile', 'cluster', '--postgres-dsn', dsn];
  return (await server.pollux(...args)).stdout;
}

describe('there and back', () => {
  let server, dsn, was, content, people;
  const back = () => path.join(server.root, 'back');

  before(async () => {
    server = await start(EMBEDDED);
    people = await fill(server);
    await server.stop();
    /* One that was scheduled, and has opened since. */
    const opened = 'UPDATE polls SET opens_ms = created_ms + 1 WHERE id = 3';
    sqlite(database_of(server.data_dir), opened);
    await server.start();
    was = await all_of(server);
    await server.stop();
    dsn = await postgres.create('there');
    const file = path.join(server.root, 'reference.db');
    await server.pollux('backup', '--data-dir', server.data_dir, file);
    content = content_of(file);
  });
  after(() => server.end());

  test('import says how much it is and what is left to do, and leaves the directory', async () => {
    const names = fs.readdirSync(server.data_dir).sort();
    const said = await importing(server, server.data_dir, dsn);
    assert.match(said, /^database: 5 polls, \d+ votes, 1 skips, 10 accounts$/m);
    assert.match(said, /^to do: set jwt\.secret, .* was configured for /m);
    assert.match(said, /^ok: everything in .* is in PostgreSQL; start no server on .* again$/m);
    assert.deepEqual(fs.readdirSync(server.data_dir).sort(), names);
    const verified = await server.pollux(
      'verify',
      '--profile',
      'cluster',
      '--postgres-dsn',
      dsn,
    );
    assert.match(verified.stdout, /^ok: the counts of all 5 polls equal their votes$/m);
  });

  test('export --all brings back the very same rows', async () => {
    const said = await exporting(server, back(), dsn);
    assert.match(said, /^to do: set jwt\.secret, /m);
    assert.match(
      said,
      /^ok: everything in PostgreSQL is in .*back, for a server to start with$/m,
    );
    assert.deepEqual(content_of(database_of(back())), content);
    const { stdout } = await server.pollux('verify', '--data-dir', back());
    assert.match(stdout, /^ok: the counts of all 5 polls equal their votes$/m);
  });

  test('export of one poll is the same from both', async () => {
    for (const id of ['1', '3', '4']) {
      const here = await server.pollux('export', id, '--data-dir', server.data_dir);
      const args = ['export', id, '--profile', 'cluster', '--postgres-dsn', dsn];
      assert.equal((await server.pollux(...args)).stdout, here.stdout);
    }
  });

  /** What somebody finds who comes back after the move. */
  async function check_people(moved) {
    const { voters, old, made, deleted } = people;
    await moved.api.get('/api/users/me', { token: old, expect: 'unauthorized' });
    const body = { email: ada.email, password: 'another horse' };
    const { user, token } = (await moved.api.post('/api/auth/login', { body })).body;
    assert.equal(user.username, 'Ada');
    assert.equal((await moved.api.get('/api/polls/2', { token: voters[2] })).body.myVote, 2);
    const again = await moved.api.vote(voters[1], 1, 0, { key: 'key-1', expect: 200 });
    assert.equal(again.headers['idempotent-replay'], 'true');
    const late = await moved.api.vote(voters[4], 2, 0, { key: 'key-2', expect: 200 });
    assert.equal(late.headers['idempotent-replay'], 'true');
    await moved.api.vote(voters[2], 1, 0, { expect: 'already_voted' });
    await moved.api
      .post('/api/polls', { ...made, token, expect: 'any' })
      .then(({ body: poll }) => {
        assert.ok(poll.id === undefined || poll.id === deleted, JSON.stringify(poll));
      });
    const found = (await moved.api.get('/api/polls?q=worter')).body.items.map(({ id }) => id);
    assert.deepEqual(found, [3]);
    return token;
  }

  test('a server of the cluster goes on where the other one stopped', async () => {
    const cluster = await start({ ...CLUSTER, dsn });
    assert.deepEqual(await all_of(cluster), was);
    const token = await check_people(cluster);
    const { id } = await cluster.api.create_poll(token);
    assert.equal(id, people.deleted + 1);
    /* The day's votes are counted on. */
    const voter = people.voters[8]; /* has cast 5 */
    for (let i = 0; i < 3; i++) {
      const poll = await cluster.api.create_poll(token);
      await cluster.api.vote(voter, poll.id, 0, { expect: 201 });
    }
    await cluster.api.vote(voter, id, 0, { expect: 'daily_limit' });
    await cluster.end();
  });

  test('and one machine where the cluster stopped', async () => {
    const dir = path.join(server.root, 'again');
    await exporting(server, dir, dsn);
    const alone = track(new Server(EMBEDDED));
    alone.data_dir = dir;
    await alone.start();
    const token = await check_people(alone);
    await alone.api.vote(people.voters[8], 1, 0, { expect: 'already_voted' });
    const { id } = await alone.api.create_poll(token);
    assert.equal(id, people.deleted + 5);
    await alone.api.vote(people.voters[8], id, 0, { expect: 'daily_limit' });
    await alone.end();
  });
});

test('what a restore has skipped stays skipped', async () => {
  const server = await start(EMBEDDED);
  const { token } = await server.api.register(ada);
  await server.api.create_poll(token);
  await server.stop();
  const file = path.join(server.root, 'b.db');
  await server.pollux('backup', '--data-dir', server.data_dir, file);
  const restored = path.join(server.root, 'restored');
  await server.pollux('restore', '--data-dir', restored, file);
  const alone = track(new Server(EMBEDDED));
  alone.data_dir = restored;
  await alone.start();
  const { version } = await alone.api.results(1);
  await alone.stop();
  const dsn = await postgres.create('skipped');
  await importing(server, restored, dsn);
  const cluster = await start({ ...CLUSTER, dsn });
  assert.ok((await cluster.api.results(1)).version >= version);
  const { id } = await cluster.api.create_poll(token);
  assert.equal(id, 10_002);
  assert.ok((await cluster.api.results(id)).version >= version);
  await cluster.end();
  await alone.end();
  await server.end();
});

test('polls of high numbers get their partition of ballots', async () => {
  const server = await start(EMBEDDED);
  const { token } = await server.api.register(ada);
  await server.api.create_poll(token);
  await server.stop();
  const last = (3 << 20) - 1;
  sqlite(
    database_of(server.data_dir),
    `UPDATE sqlite_sequence SET seq = ${last} WHERE name = 'polls'`,
  );
  const dsn = await postgres.create('high');
  await importing(server, server.data_dir, dsn);
  const partitions = `SELECT relname FROM pg_class WHERE relname LIKE 'ballots__' AND relkind = 'r'`;
  const names = await postgres.rows('high', `${partitions} ORDER BY 1`);
  assert.deepEqual(names, ['ballots_0', 'ballots_1', 'ballots_2']);
  const cluster = await start({ ...CLUSTER, dsn });
  assert.equal((await cluster.api.create_poll(token)).id, last + 1);
  await cluster.end();
  await server.end();
});

describe('import refuses', () => {
  let server, dsn;
  const fails = async (sentence, dir = server.data_dir, to = dsn) => {
    const args = ['import', dir, '--profile', 'cluster', '--postgres-dsn', to];
    const { code, stderr } = await server.pollux_fails(...args);
    assert.match(stderr, sentence);
    assert.equal(code, 1);
  };
  const is_empty = async () =>
    assert.deepEqual(
      await postgres.rows(
        'refused',
        'SELECT (SELECT count(*) FROM accounts) + (SELECT count(*) FROM polls)',
      ),
      ['0'],
    );
  before(async () => {
    dsn = await postgres.create('refused');
    server = await start(EMBEDDED);
    const { token } = await server.api.register(ada);
    await server.api.create_poll(token);
  });
  after(() => server.end());

  test('a directory that a server uses', () => fails(/in use by another pollux/));

  test('a directory that is none', async () => {
    await server.stop();
    await fails(/^pollux: cannot read .*pollux\.db: /, path.join(server.root, 'none'));
    assert.ok(!fs.existsSync(path.join(server.root, 'none')));
  });

  test('counts that are not those of the votes', async () => {
    sqlite(database_of(server.data_dir), 'UPDATE results SET total = 9');
    await fails(/^wrong: poll 1: 9 votes are stored.*\npollux: the copy is not sound/s);
    sqlite(database_of(server.data_dir), 'UPDATE results SET total = 0');
    assert.ok(!fs.readdirSync(server.data_dir).some((name) => name.startsWith('import')));
    await is_empty();
  });

  test('a directory without its journal', async () => {
    const journal = path.join(server.data_dir, 'journal');
    fs.renameSync(journal, `${journal}.away`);
    await fails(/^pollux: .*journal/m);
    fs.renameSync(`${journal}.away`, journal);
    await is_empty();
  });

  test('what PostgreSQL does not take, and undoes what came before', async () => {
    const title = `UPDATE results SET counts = '[0,0,0]';`;
    sqlite(database_of(server.data_dir), `${title} UPDATE accounts SET email = 'a' || x'ff'`);
    await fails(/^pollux: postgresql: .*invalid byte sequence/m);
    sqlite(database_of(server.data_dir), `UPDATE accounts SET email = 'ada@example.org'`);
    await is_empty();
  });

  test('a database that a server uses', async () => {
    const cluster = await start({ ...CLUSTER, dsn });
    await fails(/^pollux: a server uses the database: stop all of them first$/m);
    await cluster.end();
    await is_empty();
  });

  test('a database that is not empty', async () => {
    assert.match(await importing(server, server.data_dir, dsn), /^ok: /m);
    await fails(/^pollux: the database is not empty, or was not always/m);
  });

  test('a directory that has data, for export --all', async () => {
    const args = ['export', '--all', server.data_dir, '--profile', 'cluster'];
    const { stderr } = await server.pollux_fails(...args, '--postgres-dsn', dsn);
    assert.match(stderr, /holds data already: choose another directory/);
  });

  test('to work without the profile cluster', async () => {
    for (const args of [
      ['import', 'x'],
      ['export', '--all', 'x'],
    ]) {
      const { stderr } = await server.pollux_fails(...args, '--profile', 'embedded');
      assert.match(stderr, /need the profile cluster/);
    }
  });
});

test('the secret that the directory has is named, or found to be the same', async () => {
  const server = track(new Server({ ...EMBEDDED, env: { POLLUX_JWT_SECRET: '' } }));
  await server.start();
  const { token } = await server.api.register(ada);
  await server.stop();
  const file = path.join(server.data_dir, 'jwt.secret');
  const one = await postgres.create('one');
  assert.match(
    await importing(server, server.data_dir, one),
    /^to do: set jwt\.secret, .* to what is in jwt\.secret in .*data: else everybody/m,
  );
  const secret = fs.readFileSync(file, 'utf8').trim();
  server.opts.env = { POLLUX_JWT_SECRET: secret };
  const two = await postgres.create('two');
  assert.match(await importing(server, server.data_dir, two), /^tokens stay good: /m);
  const cluster = await start({
    ...CLUSTER,
    dsn: two,
    env: { POLLUX_JWT_SECRET: secret },
  });
  await cluster.api.get('/api/users/me', { token, expect: 200 });
  assert.notEqual(secret, JWT_SECRET);
  await cluster.end();
  await server.end();
});
