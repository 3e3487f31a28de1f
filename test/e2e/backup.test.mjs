// Backup, restore and export: what was acknowledged before a backup began is in it, once,
// whatever the server does meanwhile and afterwards.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { fault_env, FaultyServer } from './lib/faulty.mjs';
import { open_sse } from './lib/live.mjs';
import { BINARY, Server } from './lib/server.mjs';
import { pause, wait_until } from './lib/wait.mjs';

const run = promisify(execFile);
const OPTIONS = 3;

/** `pollux backup` beside the server, by a process whose own disk is fine. */
async function back_up(server, file, ...more) {
  const args = ['backup', '--data-dir', server.data_dir, file, ...more];
  const { stdout } = await run(BINARY, args);
  assert.match(stdout, new RegExp(`^ok: ${file} .* has every vote acknowledged before`, 'm'));
  return stdout;
}

/** Another server, on what was restored from file into a directory of its own. */
async function restore(file, opts) {
  const server = new Server(opts);
  const { stdout } = await server.pollux('restore', '--data-dir', server.data_dir, file);
  assert.match(stdout, /^ok: /m);
  await server.verify();
  return server.start();
}

/** Everything that everybody may see. */
async function all_of(server) {
  const { items } = (await server.api.get('/api/polls?limit=100', { expect: 200 })).body;
  const results = await Promise.all(items.map(({ id }) => server.api.results(id)));
  return { items, results };
}

/** The same states under other versions: a restore skips ahead. */
function without_versions(all) {
  return JSON.parse(
    JSON.stringify(all, (key, value) => (key === 'version' ? undefined : value)),
  );
}

async function end_all(...servers) {
  for (const server of servers) await server.end();
}

const sqlite = (server, sql) =>
  execFileSync('sqlite3', [path.join(server.data_dir, 'pollux.db'), sql])
    .toString()
    .trim();

const names_in = (dir) => fs.readdirSync(dir).sort();

describe('of a server under load', () => {
  const POLLS = 6;
  const WORKERS = 12;
  const BACKUPS = 4;
  let server, polls, voters, acknowledged, sent, stop;

  before(async () => {
    const config = { 'limits.votes_per_day': 0 };
    server = await Server.start({ config });
    const { token } = await server.api.register();
    polls = [];
    for (let i = 0; i < POLLS; i++) polls.push((await server.api.create_poll(token)).id);
  });
  after(() => server.end());

  /** New people come and vote on everything, until it is enough. */
  async function worker() {
    while (!stop) {
      const { token } = await server.api.guest().catch(() => ({}));
      for (const [i, poll] of token === undefined ? [] : polls.entries()) {
        const vote = { token, poll, option: (voters + i) % OPTIONS };
        sent.push(vote);
        const answer = await server.api
          .vote(token, poll, vote.option, { expect: 'any' })
          .catch(() => null);
        if (answer === null) return;
        assert.equal(answer.status, 201, answer.text);
        acknowledged.push(vote);
      }
      voters++;
    }
  }

  async function check_restored(file, had, may_have) {
    const restored = await restore(file);
    try {
      let total = 0;
      for (const poll of polls) total += (await restored.api.results(poll)).totalVotes;
      assert.ok(total >= had.length, `${total} of ${had.length} acknowledged votes`);
      assert.ok(total <= may_have, `${total} of ${may_have} votes that were sent`);
      for (let i = 0; i < had.length; i += 64) {
        await Promise.all(
          had.slice(i, i + 64).map(async ({ token, poll, option }) => {
            await restored.api.vote(token, poll, option, { expect: 'already_voted' });
            const { body } = await restored.api.get(`/api/polls/${poll}`, { token });
            assert.equal(body.myVote, option);
          }),
        );
      }
      const strangers =
        'SELECT count(*) FROM votes WHERE user_id NOT IN (SELECT id FROM accounts)';
      assert.equal(sqlite(restored, strangers), '0', 'votes of people whom it does not know');
      const { token, user } = await restored.api.guest();
      assert.ok(user.id > 10_000_000, `${user.id} may be somebody's already`);
      await restored.api.vote(token, polls[0], 0, { expect: 201 });
    } finally {
      await restored.end();
    }
  }

  test('it has every vote acknowledged before, once, also after kill -9', async (t) => {
    [voters, acknowledged, sent, stop] = [0, [], [], false];
    const work = Array.from({ length: WORKERS }, worker);
    const backups = [];
    for (let i = 0; i < BACKUPS; i++) {
      const wanted = acknowledged.length + 100;
      await wait_until(() => acknowledged.length >= wanted, 30_000, 'some load');
      const had = [...acknowledged];
      const file = path.join(server.root, `backup-${i}.db`);
      const said = await back_up(server, file);
      backups.push({ file, had, may_have: sent.length });
      t.diagnostic(/^journal: .*/m.exec(said)[0]);
    }
    stop = true;
    await server.kill();
    await Promise.all(work);
    for (const { file, had, may_have } of backups) await check_restored(file, had, may_have);
    const file = path.join(server.root, 'killed.db'); /* with nobody at work */
    await back_up(server, file);
    await check_restored(file, acknowledged, sent.length);
    await server.start();
  });
});

describe('of a server whose database lags behind its journal', () => {
  let server, token, poll;
  before(async () => {
    server = await new FaultyServer().start();
    ({ token } = await server.api.register());
    poll = await server.api.create_poll(token, { options: ['C', '=1+1', 'a, "b"'] });
  });
  after(async () => {
    server.heal();
    await server.end();
  });

  test('it has what is only in the journal', async () => {
    const voters = await server.api.crowd(60);
    await server.api.vote(voters[0], poll.id, 0, { expect: 201 });
    server.fail('pwrite ENOSPC .db');
    for (const [i, voter] of voters.slice(1).entries()) {
      await server.api.vote(voter, poll.id, i % OPTIONS, { expect: 201 });
    }
    const results = await server.api.results(poll.id);
    assert.equal(results.totalVotes, 60);
    const file = path.join(server.root, 'lag.db');
    const said = await back_up(server, file);
    const [, n] = /^journal: (\d+) changes that were not in the database/m.exec(said);
    assert.ok(Number(n) >= 59, said);

    const args = ['export', String(poll.id), '--csv', '--data-dir', server.data_dir];
    const csv = (await run(BINARY, args)).stdout;
    const of_poll = `,${poll.id},"${poll.title}","open","${poll.createdAt}","",""\r\n`;
    assert.equal(
      csv,
      '\ufeff"index","text","votes","percent","pollId","question","status","createdAt","opensAt","closesAt"\r\n' +
        `0,"C",21,35${of_poll}1,"'=1+1",20,33.3${of_poll}` +
        `2,"a, ""b""",19,31.7${of_poll}`,
    );
    await server.kill();
    assert.equal((await run(BINARY, args)).stdout, csv);

    const restored = await restore(file);
    assert.deepEqual(
      without_versions(await restored.api.results(poll.id)),
      without_versions(results),
    );
    await restored.api.vote(voters[59], poll.id, 0, { expect: 'already_voted' });
    await restored.end();
    server.heal();
    await server.start();
    assert.deepEqual(await server.api.results(poll.id), results);
  });
});

describe('round trips', () => {
  let server, voters, owner;
  const file = () => path.join(server.root, 'backup.db');

  before(async () => {
    server = await Server.start();
    owner = { email: 'ada@example.org', username: 'ada', password: 'correct horse' };
    const { token } = await server.api.register(owner);
    voters = await server.api.crowd(20);
    for (let i = 0; i < 5; i++) {
      const over = { title: `Poll ${i}`, tags: [`t${i}`], voteChange: i === 1 };
      const { id } = await server.api.create_poll(token, over);
      for (const [v, voter] of voters.slice(i).entries()) {
        const key = v % 2 === 0 ? `key-${id}` : undefined;
        await server.api.vote(voter, id, (v + i) % OPTIONS, { key, expect: 201 });
      }
    }
    const [first, , third] = voters.slice(1);
    await server.api.put('/api/polls/2/vote', { token: first, body: { optionIndex: 2 } });
    await server.api.delete('/api/polls/2/vote', { token: third });
    await server.api.post('/api/polls/5/skip', { token: voters[0] });
    await server.api.post('/api/polls/4/close', { token });
  });
  after(() => server.end());

  test('everything is as it was', async () => {
    const was = await all_of(server);
    await back_up(server, file());
    const restored = await restore(file());
    assert.deepEqual(without_versions(await all_of(restored)), without_versions(was));
    const { body } = await restored.api.post('/api/auth/login', { body: owner });
    assert.equal(body.user.username, 'ada');
    const { myVote } = (await restored.api.get('/api/polls/2', { token: voters[1] })).body;
    assert.equal(myVote, 2);
    const again = { key: 'key-1', expect: 200 };
    const replay = await restored.api.vote(voters[0], 1, 0, again);
    assert.deepEqual(replay.body, (await server.api.vote(voters[0], 1, 0, again)).body);
    const late = await restored.api.vote(voters[3], 2, 0, { key: 'key-2', expect: 200 });
    assert.equal(late.headers['idempotent-replay'], 'true');
    const next = await restored.api.create_poll(body.token);
    assert.ok(next.id > 10_000, `${next.id} may be in somebody's link`);
    await restored.end();
  });

  test('of a stopped server, and of a restored one', async () => {
    const was = await all_of(server);
    await server.stop();
    const [one, two] = ['one.db', 'two.db'].map((name) => path.join(server.root, name));
    await back_up(server, one);
    const first = await restore(one);
    await back_up(first, two);
    const second = await restore(two);
    for (const each of [first, second]) {
      assert.deepEqual(without_versions(await all_of(each)), without_versions(was));
    }
    await end_all(first, second);
    await server.start();
    assert.deepEqual(await all_of(server), was);
  });

  test('a backup is one file, for its owner only', async () => {
    const dir = path.join(server.root, 'out');
    fs.mkdirSync(dir);
    await back_up(server, path.join(dir, 'b.db'));
    assert.deepEqual(names_in(dir), ['b.db']);
    assert.equal(fs.statSync(path.join(dir, 'b.db')).mode & 0o777, 0o600);
    fs.chmodSync(dir, 0o500); /* and is read where nothing can be written */
    const restored = await restore(path.join(dir, 'b.db'));
    await restored.end();
    assert.deepEqual(names_in(dir), ['b.db']);
    fs.chmodSync(dir, 0o700);
  });

  test('what is there is put aside, and never deleted', async () => {
    const old = await restore(file());
    const { token } = await old.api.guest();
    await old.api.vote(token, 1, 0, { expect: 201 });
    const args = ['restore', '--data-dir', old.data_dir, file()];
    let said = await old.pollux_fails(...args);
    assert.match(said.stderr, /in use by another pollux/);
    const was = await all_of(old);
    await old.stop();
    said = await old.pollux_fails(...args);
    assert.equal(said.code, 1);
    assert.match(said.stderr, /holds data already: .*--force/);
    const { stdout } = await old.pollux(...args, '--force');
    const [, aside] = /^put aside: what was there is in (.*)$/m.exec(stdout);
    await old.verify();
    await old.start();
    assert.deepEqual(
      without_versions(await all_of(old)),
      without_versions(await all_of(server)),
    );
    await old.stop();
    const seen = new Server({ config: { 'data.dir': aside } });
    seen.data_dir = aside;
    await seen.start();
    assert.deepEqual(await all_of(seen), was);
    await end_all(seen, old);
  });
});

describe('left-overs', () => {
  let server, file;
  before(async () => {
    server = await Server.start();
    await server.api.guest();
    file = path.join(server.root, 'backup.db');
    await back_up(server, file);
  });
  after(() => server.end());

  const LEFT = {
    'a write-ahead log': ['pollux.db-wal'],
    'its index': ['pollux.db-shm'],
    'a rollback journal': ['pollux.db-journal'],
    'a segment': ['journal', '0000000000000000.seg'],
    'a secret': ['jwt.secret'],
  };
  for (const [name, names] of Object.entries(LEFT)) {
    test(`${name} is data, and is replaced with the rest`, async () => {
      const dir = fs.mkdtempSync(path.join(server.root, 'left-'));
      const left = path.join(dir, ...names);
      fs.mkdirSync(path.dirname(left), { recursive: true });
      fs.writeFileSync(left, 'left over', { mode: 0o600 });
      const args = ['restore', '--data-dir', dir, file];
      const { stderr } = await server.pollux_fails(...args);
      assert.match(stderr, /holds data already: .*--force/);
      assert.equal(fs.readFileSync(left, 'utf8'), 'left over');
      const { stdout } = await server.pollux(...args, '--force');
      const [, aside] = /^put aside: what was there is in (.*)$/m.exec(stdout);
      assert.equal(fs.readFileSync(path.join(aside, ...names), 'utf8'), 'left over');
      const { stdout: said } = await server.pollux('verify', '--data-dir', dir);
      assert.match(said, /1 accounts/);
    });
  }

  test("a server's own file, alone, is no backup", async () => {
    const copy = path.join(server.root, 'copy.db');
    fs.copyFileSync(path.join(server.data_dir, 'pollux.db'), copy);
    const to = path.join(server.root, 'from-copy');
    const { stderr } = await server.pollux_fails('restore', '--data-dir', to, copy);
    assert.match(stderr, /server's own database file, and no backup/);
    assert.deepEqual(names_in(to), ['journal', 'lock']);
  });
});

describe('accounts after a restore', () => {
  test('tokens of those that it took back are refused', async (t) => {
    const server = await Server.start();
    t.after(() => server.end());
    const kept = await server.api.guest();
    const file = path.join(server.root, 'one.db');
    await back_up(server, file);
    const lost = await server.api.guest();
    const restored = await restore(file);
    t.after(() => restored.end());
    const me = (token, expect) => restored.api.get('/api/users/me', { token, expect });
    const next = await restored.api.guest();
    for (let i = 0; i < 2; i++) {
      await me(kept.token, 200);
      await me(next.token, 200);
      await me(lost.token, 'unauthorized');
      await restored.restart();
    }
  });
});

describe('versions after a restore', () => {
  test('none means two states, however often the same backup is restored', async (t) => {
    const server = await Server.start();
    t.after(() => server.end());
    const { token } = await server.api.register();
    const poll = await server.api.create_poll(token);
    const voters = await server.api.crowd(10);
    const vote_all = async (to, option, some) => {
      for (const voter of some) await to.api.vote(voter, poll.id, option, { expect: 201 });
      return to.api.get(`/api/polls/${poll.id}/results`, { expect: 200 });
    };
    await vote_all(server, 0, voters.slice(0, 2));
    const file = path.join(server.root, 'three.db');
    await back_up(server, file);
    const lost = await vote_all(server, 1, voters.slice(2, 8));
    const states = new Map([[lost.body.version, lost]]);
    let newest = lost.body.version;
    for (let i = 0; i < 3; i++) {
      const restored = await restore(file);
      t.after(() => restored.end());
      const first = (await restored.api.results(poll.id)).version;
      assert.ok(first > newest, `${first} after ${newest}`);
      const now = await vote_all(restored, 0, voters.slice(2, 8));
      assert.deepEqual(
        now.body.options.map(({ votes }) => votes),
        [8, 0, 0],
      );
      assert.ok(Number.isSafeInteger(now.body.version));
      for (const { headers } of states.values()) {
        const again = { headers: { 'If-None-Match': headers.etag }, expect: 200 };
        await restored.api.get(`/api/polls/${poll.id}/results`, again);
      }
      const made = await restored.api.create_poll(token);
      assert.ok((await restored.api.results(made.id)).version > lost.body.version);
      newest = now.body.version;
      states.set(newest, now);
    }
  });

  test('nor those of hidden results, and a client from a lost future is shown what is', async (t) => {
    const server = await Server.start();
    t.after(() => server.end());
    const { token } = await server.api.register();
    const over = { resultsVisibility: 'after_close' };
    const { id } = await server.api.create_poll(token, over);
    const shown = async (to, seen = '') => {
      const headers = { 'last-event-id': seen };
      const feed = await open_sse(to, `/api/polls/${id}/live`, { headers });
      const { hidden, version } = await feed.next();
      await feed.end();
      assert.equal(hidden, true);
      return { version, id: feed.events[0].id };
    };
    const edit = (to, title) => {
      const body = { title };
      return to.api.patch(`/api/polls/${id}`, { token, body, expect: 200 });
    };
    const file = path.join(server.root, 'hidden.db');
    await back_up(server, file);
    await edit(server, 'What will be lost?');
    let newest = await shown(server);
    for (let i = 0; i < 2; i++) {
      const restored = await restore(file);
      t.after(() => restored.end());
      const { version } = await shown(restored, newest.id);
      assert.ok(version > newest.version, `${version} after ${newest.version}`);
      assert.ok(Number.isSafeInteger(version));
      await edit(restored, `Again ${i}?`);
      newest = await shown(restored);
      assert.ok(newest.version > version);
    }
  });
});

describe('refusals', () => {
  let server, dir;
  const inside = (name) => path.join(dir, name);
  before(async () => {
    server = await Server.start();
    const { token } = await server.api.register();
    await server.api.create_poll(token);
    dir = path.join(server.root, 'out');
    fs.mkdirSync(dir);
  });
  after(() => server.end());

  const fails = async (pattern, ...args) => {
    const said = await server.pollux_fails(...args, '--data-dir', server.data_dir);
    assert.equal(said.code, 1);
    assert.match(said.stderr, pattern);
  };

  test('a file that is there is replaced only on demand', async () => {
    fs.writeFileSync(inside('a.db'), 'precious');
    await fails(/a\.db is there already: --force/, 'backup', inside('a.db'));
    assert.equal(fs.readFileSync(inside('a.db'), 'utf8'), 'precious');
    await back_up(server, inside('a.db'), '--force');
    const restored = await restore(inside('a.db'));
    await restored.end();
  });

  test('never the database itself', async () => {
    const database = path.join(server.data_dir, 'pollux.db');
    await fails(/the server's own database/, 'backup', database, '--force');
    fs.symlinkSync(database, inside('link.db'));
    await fails(/the server's own database/, 'backup', inside('link.db'), '--force');
    await server.restart();
    assert.equal((await all_of(server)).items.length, 1);
  });

  test('a place that is not there', async () => {
    await fails(/No such file or directory/, 'backup', inside('none/x.db'));
    await fails(/No such file or directory/, 'restore', inside('none.db'));
    const said = await server.pollux_fails('backup', inside('x.db'), '--data-dir', '/none');
    assert.match(said.stderr, /cannot read \/none\/pollux.db/);
    assert.ok(!fs.existsSync('/none'));
  });

  test('a poll that is not there', () => fails(/there is no poll 77/, 'export', '77'));

  test('what is no backup is not restored, and leaves nothing', async () => {
    await back_up(server, inside('good.db'));
    const good = fs.readFileSync(inside('good.db'));
    const bad = {
      'no database': [Buffer.from('Dear diary, '.repeat(100)), /is not a database/],
      empty: [Buffer.alloc(0), /is empty/],
      cut: [good.subarray(0, good.length / 2), /malformed|damaged|not sound|cannot be read/],
      newer: [Buffer.from(good), /newer program \(schema 999/],
    };
    bad.newer[0].writeUInt32BE(999, 60); /* PRAGMA user_version */
    for (const [name, [bytes, pattern]] of Object.entries(bad)) {
      const to = inside(`restored ${name}`);
      fs.writeFileSync(inside(name), bytes);
      const said = await server.pollux_fails('restore', inside(name), '--data-dir', to);
      assert.match(said.stderr, pattern, name);
      assert.deepEqual(names_in(to), ['journal', 'lock'], name);
    }
  });

  test('a full disk leaves no file, and an older one as it was', async () => {
    const control = path.join(server.root, 'fault');
    const full = path.join(server.root, 'full');
    fs.mkdirSync(full);
    await back_up(server, path.join(full, 'old.db'));
    const old = fs.readFileSync(path.join(full, 'old.db'));
    for (const rule of ['pwrite ENOSPC .part', 'short 100 .part', 'fdatasync EIO .part']) {
      fs.writeFileSync(control, `${rule}\n`);
      for (const name of ['new.db', 'old.db']) {
        const args = ['backup', path.join(full, name), '--force'];
        const env = { ...process.env, ...fault_env(full, control) };
        const said = await run(BINARY, [...args, '--data-dir', server.data_dir], { env }).then(
          ({ stdout }) => assert.fail(`${rule}: ${stdout}`),
          (error) => error,
        );
        assert.equal(said.code, 1, `${rule}: ${said.stderr}`);
        assert.match(said.stderr, /full|space|I\/O|Input\/output/, rule);
        assert.deepEqual(names_in(full), ['old.db'], rule);
        assert.ok(fs.readFileSync(path.join(full, 'old.db')).equals(old), rule);
      }
      fs.rmSync(control);
    }
    await back_up(server, path.join(full, 'new.db'));
  });

  test('a backup that was killed is no obstacle to the next', async () => {
    const file = inside('again.db');
    for (let ms = 0; ms < 40; ms += 4) {
      const args = ['backup', file, '--force', '--data-dir', server.data_dir];
      const killed = run(BINARY, args);
      await pause(ms);
      killed.child.kill('SIGKILL');
      await killed.catch(() => null);
      await back_up(server, file, '--force');
    }
  });
});
