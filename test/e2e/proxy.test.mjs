// Behind a real nginx: set up as docs/operate/proxy.md says, and by a plain proxy_pass, which
// changes the Host.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Api } from './lib/api.mjs';
import { open_sse, open_ws } from './lib/live.mjs';
import { Nginx } from './lib/nginx.mjs';
import { with_server } from './lib/server.mjs';
import { session_of } from './lib/token.mjs';

const server = with_server({ config: { 'server.trusted_proxies': '127.0.0.1' } });

/** The recipe of the manual, on a port of ours and without its certificate. */
function recipe(port) {
  const manual = fs.readFileSync(
    new URL('../../docs/operate/proxy.md', import.meta.url),
    'utf8',
  );
  const [, block] = /```nginx\n(.*?)```/s.exec(manual);
  const changes = [
    ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
    ['server_name polls.example;', ''],
    ['http://127.0.0.1:8080', server.url],
  ];
  return changes.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `the recipe says ${from}`);
    return text.replace(from, to);
  }, block);
}

const plain = (port) =>
  `server { listen 127.0.0.1:${port}; location / { proxy_pass ${server.url}; } }`;

/** A browser's page, as it is served there. */
const page_of = (nginx, headers = {}) => ({ origin: nginx.url, headers });

async function joins_and_votes(api, page) {
  const poll = await server.api.create_poll((await server.api.register()).token);
  const joined = await api.post('/api/auth/guest', { ...page, expect: 201 });
  const cookie = session_of(joined);
  assert.ok(cookie, 'there is a session');
  const body = { optionIndex: 1 };
  await api.post(`/api/polls/${poll.id}/vote`, { ...page, cookie, body, expect: 201 });
  assert.equal((await server.api.results(poll.id)).totalVotes, 1);
  return { poll, cookie };
}

for (const [name, block, headers] of [
  ['as the manual says', recipe, {}],
  ['by a plain proxy_pass', plain, { 'sec-fetch-site': 'same-origin' }],
]) {
  describe(`nginx, ${name}`, () => {
    let nginx, api;
    before(async () => {
      nginx = await Nginx.start(path.join(server.root, name.replaceAll(' ', '-')), block);
      api = new Api(nginx.url);
    });
    after(async () => {
      api.close();
      await nginx.stop();
    });

    test('the page can join and vote', () => joins_and_votes(api, page_of(nginx, headers)));
    test('another page cannot', async () => {
      const page = { origin: 'https://elsewhere.example' };
      const { cookie } = await joins_and_votes(api, page_of(nginx, headers));
      await api.post('/api/auth/guest', { ...page, expect: 'foreign_origin' });
      await api.post('/api/auth/logout', { ...page, cookie, expect: 'foreign_origin' });
    });
  });
}

describe('nginx, as the manual says', () => {
  let nginx;
  before(async () => {
    nginx = await Nginx.start(path.join(server.root, 'live'), recipe);
  });
  after(() => nginx.stop());

  test('WebSockets and event streams come through at once', async () => {
    const poll = await server.api.create_poll((await server.api.register()).token);
    const ws = await open_ws(nginx, `/ws/polls/${poll.id}`);
    const sse = await open_sse(nginx, `/api/polls/${poll.id}/live`);
    for (const feed of [ws, sse]) await feed.next((m) => m.totalVotes === 0);
    await server.api.vote((await server.api.guest()).token, poll.id, 0, { expect: 201 });
    for (const feed of [ws, sse]) await feed.next((m) => m.totalVotes === 1);
    for (const feed of [ws, sse]) await feed.end();
  });
});
