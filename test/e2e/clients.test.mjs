// The clients that people use: curl as in the documentation, Python's, Node's own fetch.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { with_server } from './lib/server.mjs';
import { wait_until } from './lib/wait.mjs';

const run = promisify(execFile);
let poll;
const server = with_server({}, async () => {
  const { token } = await server.api.register();
  poll = await server.api.create_poll(token);
});

const curl = async (...args) =>
  (
    await run('curl', [
      '-sS',
      '--max-time',
      '60',
      ...args.map((a) => a.replace(/^\/(?=api|health)/, `${server.url}/`)),
    ])
  ).stdout;

describe('curl', () => {
  test('register, create, vote, look: as in a tutorial', async () => {
    const json = ['-H', 'Content-Type: application/json'];
    const user = JSON.parse(
      await curl(
        '-f',
        '/api/auth/register',
        ...json,
        '-d',
        '{"username": "ada", "email": "ada@example.org", "password": "correct horse"}',
      ),
    );
    const bearer = ['-H', `Authorization: Bearer ${user.token}`];
    const made = JSON.parse(
      await curl(
        '-f',
        '/api/polls',
        ...json,
        ...bearer,
        '-d',
        '{"title": "Tea?", "options": ["yes", "no"]}',
      ),
    );
    await curl(
      '-f',
      `/api/polls/${made.id}/vote`,
      ...json,
      ...bearer,
      '-d',
      '{"optionIndex": 0}',
    );
    const results = JSON.parse(await curl('-f', `/api/polls/${made.id}/results`));
    assert.equal(results.totalVotes, 1);
  });
  test('-I, --http1.0, --compressed, two URLs over one connection', async () => {
    assert.match(await curl('-I', '/healthz'), /^HTTP\/1\.1 200 /);
    assert.match(await curl('-i', '--http1.0', '/healthz'), /^HTTP\/1\.[01] 200 /);
    JSON.parse(await curl('--compressed', '/api/polls'));
    const out = `${server.root}/out`;
    const connects = await curl(
      '-w',
      '%{num_connects}',
      '-o',
      out,
      '-o',
      out,
      '/healthz',
      '/healthz',
    );
    assert.equal(connects, '10', 'the second request needs no connection');
  });
  test('a cookie jar', async () => {
    const jar = `${server.root}/jar`;
    await curl(
      '-f',
      '-c',
      jar,
      '-X',
      'POST',
      '/api/auth/guest',
      '-H',
      'Content-Type: application/json',
      '-d',
      '{}',
    );
    const me = JSON.parse(await curl('-f', '-b', jar, '/api/users/me'));
    assert.equal(me.kind, 'guest');
    await curl('-f', '-b', jar, '-c', jar, '-X', 'POST', '/api/auth/logout');
    assert.equal(
      await curl('-o', `${server.root}/out`, '-w', '%{http_code}', '-b', jar, '/api/users/me'),
      '401',
    );
  });
  test('a chunked body from standard input, and Expect: 100-continue', async () => {
    const child = spawn('curl', [
      '-sS',
      '-o',
      '-',
      '-w',
      '\n%{http_code}',
      '-T',
      '-',
      '-X',
      'POST',
      '-H',
      'Content-Type: application/json',
      '-H',
      'Expect: 100-continue',
      '--max-time',
      '60',
      `${server.url}/api/auth/guest`,
    ]);
    let said = '';
    child.stdout.on('data', (data) => (said += data));
    child.stdin.end('{}');
    await new Promise((resolve) => child.on('close', resolve));
    assert.match(said, /\n201$/);
  });
  test('-N follows the events', async () => {
    const child = spawn('curl', [
      '-sSN',
      '--max-time',
      '60',
      `${server.url}/api/polls/${poll.id}/live`,
    ]);
    let said = '';
    child.stdout.on('data', (data) => (said += data));
    try {
      await wait_until(() => /^event: results$/m.test(said), 30_000, 'the state');
      const { token: voter } = await server.api.guest();
      await server.api.vote(voter, poll.id, 0, { expect: 201 });
      await wait_until(() => /"totalVotes":\s*1/.test(said), 30_000, 'the vote');
    } finally {
      child.kill();
    }
  });
});

test('Python’s urllib', async () => {
  const program = `
import json, urllib.request, urllib.error
base = ${JSON.stringify(server.url)}
print(json.load(urllib.request.urlopen(base + "/api/polls/${poll.id}"))["title"])
try:
    urllib.request.urlopen(base + "/nowhere")
except urllib.error.HTTPError as e:
    print(e.code, json.load(e)["code"])
`;
  const { stdout } = await run('python3', ['-c', program]);
  assert.equal(stdout, `${poll.title}\n404 not_found\n`);
});

test('Node’s fetch, many times over few connections', async () => {
  for (let i = 0; i < 200; i++) {
    const answer = await fetch(`${server.url}/api/polls/${poll.id}`);
    assert.equal((await answer.json()).id, poll.id);
  }
});
