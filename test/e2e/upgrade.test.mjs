// Databases that older programs left, in test/upgrade: this program takes them over with
// everything in them. A newer program's it leaves alone.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { votes_of } from './lib/api.mjs';
import { Server } from './lib/server.mjs';

const DUMPS = path.resolve(import.meta.dirname, '../upgrade');
const sqlite = (file, sql) => execFileSync('sqlite3', [file], { input: sql }).toString().trim();

/** A server that has not started yet, on what a program of that schema left. */
function left_by(schema) {
  const server = new Server();
  fs.mkdirSync(server.data_dir, { mode: 0o700 });
  server.database = path.join(server.data_dir, 'pollux.db');
  sqlite(server.database, fs.readFileSync(path.join(DUMPS, `${schema}.sql`), 'utf8'));
  return server;
}

const tokens = async (server, kind, first, count) => {
  const args = ['token', '--first', first, '--count', count, '--kind', kind];
  const { stdout } = await server.pollux(...args, '--data-dir', server.data_dir);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[1]);
};

describe('from schema 1', () => {
  test('everything is there, and is brought up to date once', async () => {
    const server = left_by('0001');
    await server.start();
    const schema = () => sqlite(server.database, 'PRAGMA user_version; PRAGMA schema_version;');
    const migrated = schema();
    assert.ok(Number(migrated.split('\n')[0]) > 1);

    const { body: ada } = await server.api.post('/api/auth/login', {
      body: { email: 'ADA@example.org', password: 'correct horse' },
    });
    assert.equal(ada.user.id, 1);
    const { items } = (await server.api.get('/api/polls?limit=10', { expect: 200 })).body;
    const titles = items.map(({ id, title }) => [id, title]).sort(([a], [b]) => a - b);
    assert.deepEqual(titles.slice(0, 2), [
      [1, 'Your favourite language?'],
      [2, 'Hidden until the end'],
    ]);
    const poll = (await server.api.get('/api/polls/1')).body;
    assert.deepEqual(
      poll.options.map(({ text }) => text),
      ['C', 'Go', 'Grüße, "alle"'],
    );
    assert.deepEqual(poll.tags, ['programming', 'c']);
    assert.deepEqual(votes_of(poll.results), [2, 1, 0]);
    assert.equal(poll.results.version, 4);
    const hidden = (await server.api.get('/api/polls/2', { token: ada.token })).body;
    assert.deepEqual([hidden.myVote, votes_of(hidden.results)], [1, [0, 1]]);
    assert.equal((await server.api.get('/api/polls/3')).body.status, 'scheduled');
    const skipper = (await server.api.get('/api/polls/1', { token: ada.token })).body;
    assert.equal(skipper.skipped, true);

    const guests = await tokens(server, 'guest', 3, 3);
    await server.api.vote(guests[0], 1, 0, { expect: 'already_voted' });
    const replay = await server.api.vote(guests[1], 1, 1, { key: 'key-1', expect: 200 });
    assert.equal(replay.body.results.version, 3);
    await server.api.delete('/api/polls/1/vote', { token: guests[1], expect: 204 });
    const late = await server.api.vote(guests[1], 1, 1, { key: 'key-1', expect: 200 });
    assert.deepEqual(late.body, replay.body);
    const { user, token } = await server.api.guest();
    assert.equal(user.id, 6);
    await server.api.vote(token, 1, 2, { expect: 201 });

    await server.stop();
    await server.verify();
    await server.start();
    assert.equal(schema(), migrated);
    assert.deepEqual(votes_of(await server.api.results(1)), [2, 0, 1]);
    await server.end();
  });

  test('a backup of then is restored by the program of now', async () => {
    const old = left_by('0001');
    const server = new Server();
    await server.pollux('restore', old.database, '--data-dir', server.data_dir);
    await server.verify();
    await server.start();
    assert.deepEqual(votes_of(await server.api.results(1)), [2, 1, 0]);
    await server.end();
    old.remove();
  });
});

describe('from a newer schema', () => {
  test('it is refused with a clear word, and is left as it is', async () => {
    const server = left_by('0001');
    sqlite(server.database, 'PRAGMA user_version = 9999');
    const was = fs.readFileSync(server.database);
    const names = () => fs.readdirSync(server.data_dir).filter((name) => /^pollux/.test(name));

    assert.match(
      await server.refuses_to_start(),
      /start_failed.*written by a newer program \(schema 9999, this one knows \d+\): start that one, or restore a backup/,
    );
    for (const args of [
      ['backup', path.join(server.root, 'x.db')],
      ['export', '1'],
      ['verify'],
    ]) {
      const said = await server.pollux_fails(...args, '--data-dir', server.data_dir);
      assert.equal(said.code, 1);
      assert.match(said.stdout + said.stderr, /newer program/, args[0]);
    }
    assert.ok(fs.readFileSync(server.database).equals(was));
    assert.deepEqual(names(), ['pollux.db']);
    assert.ok(!fs.existsSync(path.join(server.root, 'x.db')));
    server.remove();
  });
});
