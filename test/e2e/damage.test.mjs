// Any damaged byte in any file of a crashed server is either harmless or makes the start
// fail: a server never silently runs without something that it acknowledged. FAULT_SEED
// repeats a round. (script/faults runs a long one.)
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { damage, files_of } from './lib/damage.mjs';
import { FAULT_SEED, seeded } from './lib/random.mjs';
import { Server } from './lib/server.mjs';

const TRIES = Number(process.env.DAMAGE_TRIES ?? 60);
const OPTS = {
  env: { POLLUX_JWT_SECRET: '' } /* the one in the directory is a part, too */,
  config: { 'journal.segment_bytes': 1 << 20 },
};

const SEGMENT = 'journal/0000000000000000.seg';

function change(dir, name, how) {
  const file = path.join(dir, name);
  fs.writeFileSync(file, how(fs.readFileSync(file)));
}

/** A server with accounts and votes, which know what they are. */
class World {
  constructor() {
    this.server = new Server(OPTS);
    this.people = [];
  }

  async grow(n) {
    const { api } = this.server;
    const owner = await api.register();
    const title = `Poll of ${owner.user.username}`;
    const poll = await api.create_poll(owner.token, { title });
    const guests = await api.crowd(n);
    for (const [i, token] of [owner.token, ...guests].entries()) {
      await api.vote(token, poll.id, i % 3, { expect: 201 });
      const { body } = await api.get('/api/users/me', { token, expect: 200 });
      const { id, username } = body;
      this.people.push({ token, id, username, title, poll: poll.id, option: i % 3 });
    }
  }

  copy() {
    const to = fs.mkdtempSync(path.join(this.server.root, 'copy-'));
    fs.cpSync(this.server.data_dir, to, { recursive: true });
    return to;
  }
}

/** What somebody finds: 'same', 'refused' (an error that says so) or what is wrong. */
async function look_up(api, person) {
  const { token, poll } = person;
  const me = await api.get('/api/users/me', { token, expect: 'any' });
  const it = await api.get(`/api/polls/${poll}`, { token, expect: 'any' });
  for (const { status } of [me, it]) if (status >= 500) return 'refused';
  if (me.status === 401) return 'unknown';
  const is = { ...person, id: me.body.id, username: me.body.username };
  Object.assign(is, { title: it.body.title, option: it.body.myVote });
  return JSON.stringify(is) === JSON.stringify(person) ? 'same' : JSON.stringify(is);
}

/** Starts on dir: 'refused', 'harmless', or what was lost in silence. */
async function outcome_of(dir, people) {
  const server = new Server({ ...OPTS, config: { ...OPTS.config, 'data.dir': dir } });
  server.data_dir = dir;
  server.spawn();
  server.may_end = true;
  try {
    const ended = await Promise.race([server.ended, server.ready().then(() => null)]).catch(
      () => server.ended,
    );
    if (ended !== null) return /start_failed/.test(server.log) ? 'refused' : server.log;
    const found = [];
    for (const person of people) found.push(await look_up(server.api, person));
    if (found.includes('refused')) return 'refused';
    if (found.every((it) => it === 'unknown')) return 'refused'; /* another secret */
    return found.find((it) => it !== 'same') ?? 'harmless';
  } finally {
    if (server.child !== null) await server.kill();
    server.remove();
  }
}

describe('damage of a crashed data directory', () => {
  const world = new World();
  let others, crashed;

  before(async () => {
    const stranger = new World();
    await stranger.server.start();
    await stranger.grow(4);
    await stranger.server.kill();
    await world.server.start();
    await world.grow(8);
    await world.server.stop(); /* so that the database's file has something, too */
    others = [world.copy()];
    await world.server.start();
    await world.grow(4);
    others.push(world.copy());
    await world.grow(4);
    await world.server.kill();
    crashed = world.copy();
    const strange = path.join(world.server.root, 'strange');
    fs.cpSync(stranger.server.data_dir, strange, { recursive: true });
    others.push(strange);
    stranger.server.remove();
  });
  after(() => world.server.remove());

  const NAMED = {
    'a zeroed first page of the database': [
      (dir) => change(dir, 'pollux.db', (bytes) => bytes.fill(0, 0, 4096)),
      /first page is damaged.*pollux restore --force/,
    ],
    'a database that was moved away': [
      (dir) => fs.rmSync(path.join(dir, 'pollux.db')),
      /pollux.db is missing or empty, and its journal is there.*pollux restore --force/,
    ],
    'an emptied database': [
      (dir) => fs.writeFileSync(path.join(dir, 'pollux.db'), ''),
      /pollux.db is missing or empty, and its journal is there/,
    ],
    'a secret alone': [
      (dir) => {
        for (const name of fs.readdirSync(dir)) {
          if (name !== 'jwt.secret') fs.rmSync(path.join(dir, name), { recursive: true });
        }
      },
      /missing or empty, and its jwt.secret is there/,
    ],
    "another data set's secret": [
      (dir) =>
        fs.copyFileSync(path.join(others[2], 'jwt.secret'), path.join(dir, 'jwt.secret')),
      /jwt.secret .* is of another data set/,
    ],
    'a flipped byte in the write-ahead log': [
      (dir) =>
        change(dir, 'pollux.db-wal', (bytes) => {
          bytes[bytes.length >> 1] ^= 1;
          return bytes;
        }),
      /it has \d+ of the \d+ commits that it had.*pollux restore --force/,
    ],
    'a write-ahead log that is lost': [
      (dir) => fs.rmSync(path.join(dir, 'pollux.db-wal')),
      /it has \d+ of the \d+ commits that it had/,
    ],
    "another data set's database": [
      (dir) => {
        for (const name of ['pollux.db', 'pollux.db-wal', 'pollux.db-shm']) {
          fs.copyFileSync(path.join(others[2], name), path.join(dir, name));
        }
      },
      /journal is of another data set/,
    ],
    "another data set's journal": [
      (dir) => {
        fs.rmSync(path.join(dir, 'journal'), { recursive: true });
        fs.cpSync(path.join(others[2], 'journal'), path.join(dir, 'journal'), {
          recursive: true,
        });
      },
      /journal is of another data set/,
    ],
    'an emptied journal': [
      (dir) => {
        for (const name of fs.readdirSync(path.join(dir, 'journal'))) {
          fs.rmSync(path.join(dir, 'journal', name));
        }
      },
      /has lost its segments.*pollux verify --repair/,
    ],
    'a segment that was cut behind its last vote': [
      (dir) => change(dir, SEGMENT, (bytes) => bytes.subarray(0, bytes.length - 4096)),
      /seg is not of the size that it was made with/,
    ],
    'a shifted segment': [
      (dir) => change(dir, SEGMENT, (bytes) => Buffer.concat([Buffer.alloc(8), bytes])),
      /seg is damaged at its first byte/,
    ],
    'a last batch that does not check': [
      (dir) =>
        change(dir, SEGMENT, (bytes) => {
          let end = bytes.length;
          while (bytes[end - 1] === 0) end--;
          bytes[end - 1] ^= 1;
          return bytes;
        }),
      /its end is damaged/,
    ],
    'an older journal': [
      (dir) => {
        const old = path.join(others[0], 'journal');
        fs.rmSync(path.join(dir, 'journal'), { recursive: true });
        fs.cpSync(old, path.join(dir, 'journal'), { recursive: true });
      },
      /the database has had its votes up to/,
    ],
  };
  for (const [name, [harm, pattern]] of Object.entries(NAMED)) {
    test(`${name}: start and verify say what to do`, async () => {
      const dir = path.join(world.server.root, 'named');
      fs.rmSync(dir, { recursive: true, force: true });
      fs.cpSync(crashed, dir, { recursive: true });
      harm(dir);
      const was = files_of(dir).filter((file) => !/-shm$/.test(file));
      const bytes = was.map((file) => fs.readFileSync(path.join(dir, file)));
      const { stdout } = await world.server.pollux_fails('verify', '--data-dir', dir);
      assert.match(stdout, pattern);
      const server = new Server({ ...OPTS, config: { ...OPTS.config, 'data.dir': dir } });
      await server.refuses_to_start();
      assert.match(server.log, pattern);
      server.remove();
      if (/first page|log|emptied database|moved|alone/.test(name)) {
        for (const [i, file] of was.entries()) {
          assert.ok(
            fs.readFileSync(path.join(dir, file)).equals(bytes[i]),
            `${file} was changed`,
          );
        }
      }
    });
  }

  test('a secret that somebody gave is of any data set', async () => {
    const dir = fs.mkdtempSync(path.join(world.server.root, 'given-'));
    fs.writeFileSync(path.join(dir, 'jwt.secret'), 'x'.repeat(40), { mode: 0o600 });
    const server = new Server({ ...OPTS, config: { ...OPTS.config, 'data.dir': dir } });
    server.data_dir = dir;
    await server.start();
    await server.stop();
    server.remove();
  });

  test('nothing is lost in silence', async (t) => {
    const counts = { refused: 0, harmless: 0 };
    for (let i = 0; i < TRIES; i++) {
      const dir = path.join(world.server.root, 'tried');
      fs.rmSync(dir, { recursive: true, force: true });
      fs.cpSync(crashed, dir, { recursive: true });
      const what = damage(dir, seeded(FAULT_SEED * 100_000 + i), others);
      const outcome = await outcome_of(dir, world.people);
      if (process.env.DAMAGE_LOG !== undefined) console.log(i, what, outcome);
      assert.ok(outcome in counts, `FAULT_SEED=${FAULT_SEED}, try ${i}, ${what}: ${outcome}`);
      counts[outcome]++;
    }
    t.diagnostic(`FAULT_SEED=${FAULT_SEED}: ${JSON.stringify(counts)}`);
    assert.ok(counts.refused > 0 && counts.harmless > 0);
  });
});
