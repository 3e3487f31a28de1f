// verify, export, token, check-config on a cluster: what they say, and that export says the
// same as on one machine.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Postgres } from './lib/postgres.mjs';
import { BINARY, JWT_SECRET, Server } from './lib/server.mjs';

const run = promisify(execFile);

let postgres;
let server;
let dsn;
let poll;
let owner;

/** As `pollux ARGS` with this configuration; never throws. */
async function pollux(args, config = {}) {
  const all = { profile: 'cluster', 'postgres.dsn': dsn, 'jwt.secret': JWT_SECRET, ...config };
  const env = { PATH: process.env.PATH };
  for (const [key, value] of Object.entries(all)) {
    if (value !== null) env[`POLLUX_${key.replace('.', '_').toUpperCase()}`] = value;
  }
  const said = await run(BINARY, args, { cwd: server.root, env }).catch((error) => error);
  return { code: said.code ?? 0, stdout: said.stdout, stderr: said.stderr };
}

before(async () => {
  postgres = await Postgres.start();
  dsn = await postgres.create('pollux');
  server = await Server.start({ dsn, config: { profile: 'cluster' } });
  owner = (await server.api.register()).token;
  poll = await server.api.create_poll(owner, { options: ['a', '=1+1', 'c "d"'] });
  for (const [i, voter] of (await server.api.crowd(8)).entries()) {
    await server.api.vote(voter, poll.id, i % 2, { key: `key-${i}`, expect: 201 });
  }
});

after(async () => {
  await server?.end();
  await postgres?.stop();
});

describe('verify', () => {
  test('says how much there is while a server runs, and that all is well', async () => {
    const { code, stdout } = await pollux(['verify']);
    assert.equal(
      stdout,
      'database: 1 polls, 8 votes, 0 skips, 9 accounts\n' +
        'ok: the counts of all 1 polls equal their votes\n',
    );
    assert.equal(code, 0);
  });

  const WRONG = [
    [
      'counts',
      'UPDATE results SET counts[1] = 5',
      'UPDATE results SET counts[1] = 4',
      /^wrong: poll 1: 5 votes for option 0 are stored, and its rows are 4$/m,
    ],
    [
      'a ballot without a poll',
      `INSERT INTO ballots (poll_id, user_id, kind, at_ms) VALUES (7, 7, 'skip', 1)`,
      'DELETE FROM ballots WHERE poll_id = 7',
      /^wrong: poll 7 is not there, but has 1 ballots$/m,
    ],
    [
      'a number that would be given twice',
      `SELECT setval('polls_id_seq', 1, false)`,
      `SELECT setval('polls_id_seq', 1)`,
      /^wrong: the next of polls would get the number 1, and 1 is there$/m,
    ],
  ];
  for (const [what, harm, repair, finding] of WRONG) {
    test(`finds ${what}`, async () => {
      await postgres.rows('pollux', harm);
      const { code, stdout } = await pollux(['verify']);
      await postgres.rows('pollux', repair);
      assert.match(stdout, finding);
      assert.equal(code, 1);
      assert.equal((await pollux(['verify'])).code, 0);
    });
  }

  test('does not repair, and says who does', async () => {
    const { code, stderr } = await pollux(['verify', '--repair']);
    assert.match(stderr, /^pollux: --repair is for a data directory: /);
    assert.equal(code, 1);
  });

  test('writes nothing into an empty database', async () => {
    const empty = await postgres.create('empty');
    const { code, stdout } = await pollux(['verify'], { 'postgres.dsn': empty });
    assert.match(stdout, /^wrong: the database is empty or was made by an older program/);
    assert.equal(code, 1);
    assert.deepEqual(
      await postgres.rows('empty', 'SELECT relname FROM pg_stat_user_tables'),
      [],
    );
  });
});

describe('export', () => {
  test('writes what the server gives as CSV', async () => {
    const { stdout, code } = await pollux(['export', String(poll.id), '--csv']);
    const { text } = await server.api.get(`/api/polls/${poll.id}/results.csv`, {
      token: owner,
    });
    assert.equal(stdout.replace(/^\ufeff/, ''), text.replace(/^\ufeff/, ''));
    assert.equal(code, 0);
  });

  test('knows no other poll', async () => {
    const { code, stderr } = await pollux(['export', '77']);
    assert.equal(stderr, 'pollux: there is no poll 77\n');
    assert.equal(code, 1);
  });
});

describe('token', () => {
  test('signs with the secret that all processes have', async () => {
    const { stdout } = await pollux(['token', '--first', '900', '--count', '2']);
    const [first, second] = stdout.split('\n').map((line) => line.split('\t')[1]);
    await server.api.vote(first, poll.id, 0, { expect: 201 });
    await server.api.vote(second, poll.id, 0, { expect: 201 });
  });

  test('makes up none', async () => {
    const { code, stderr, stdout } = await pollux(['token'], { 'jwt.secret': null });
    assert.match(stderr, /^pollux: the profile cluster needs jwt\.secret: /);
    assert.deepEqual([code, stdout], [1, '']);
  });
});

describe('check-config', () => {
  test('says which PostgreSQL answers, and its migration', async () => {
    const { code, stdout } = await pollux(['check-config']);
    assert.match(
      stdout,
      /^configuration OK\n# database: PostgreSQL \d+\.\d+, schema (\d+) of \1\n$/,
    );
    assert.equal(code, 0);
  });

  test('prints YAML all the same', async () => {
    const { stdout } = await pollux(['check-config', '--print']);
    assert.match(stdout, /\n# database: /);
    for (const line of stdout.trimEnd().split('\n')) assert.match(line, /^(#|[\w.]+: )/);
  });

  test('leaves an empty database empty, and says what a start does', async () => {
    const bare = await postgres.create('bare');
    const { code, stdout } = await pollux(['check-config'], { 'postgres.dsn': bare });
    assert.match(stdout, /schema 0 of \d+; the next start brings it up to date\n$/);
    assert.equal(code, 0);
    assert.deepEqual(
      await postgres.rows('bare', 'SELECT relname FROM pg_stat_user_tables'),
      [],
    );
  });

  const REFUSED = [
    ['nobody there', { 'postgres.dsn': 'host=/nowhere' }, /^pollux: postgresql: .*\/nowhere/],
    ['no dsn', { 'postgres.dsn': null }, /^pollux: the profile cluster needs postgres\.dsn\n$/],
    ['no secret', { 'jwt.secret': null }, /^pollux: the profile cluster needs jwt\.secret: /],
  ];
  for (const [what, config, sentence] of REFUSED) {
    test(`fails with ${what}`, async () => {
      const { code, stderr } = await pollux(['check-config'], config);
      assert.match(stderr, sentence);
      assert.equal(code, 1);
    });
  }

  test('refuses another program’s database, and a newer program’s', async () => {
    const foreign = await postgres.create('foreign');
    await postgres.rows('foreign', 'CREATE TABLE theirs (n int)');
    const other = await pollux(['check-config'], { 'postgres.dsn': foreign });
    assert.match(other.stderr, /^pollux: the database is another program's: /);
    await postgres.rows('pollux', 'UPDATE pollux_schema SET version = version + 1');
    const newer = await pollux(['check-config']);
    await postgres.rows('pollux', 'UPDATE pollux_schema SET version = version - 1');
    assert.match(newer.stderr, /^pollux: the database was written by a newer program: /);
    assert.deepEqual([other.code, newer.code], [1, 1]);
  });
});

test('backup and restore say who does it', async () => {
  for (const command of ['backup', 'restore']) {
    const { code, stderr } = await pollux([command, 'file']);
    assert.match(
      stderr,
      /^pollux: the profile cluster keeps its data in PostgreSQL: .*pg_dump/,
    );
    assert.equal(code, 1);
  }
});
