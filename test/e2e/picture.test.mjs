// The picture of a poll, for those who preview links: what a stranger may see, and nothing more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { request } from 'undici';
import { metrics_of } from './lib/metrics.mjs';
import { with_server } from './lib/server.mjs';

let owner;
const server = with_server({}, async () => ({ token: owner } = await server.api.register()));

const path_of = (poll) => `/api/polls/${poll.id}/picture.png`;

/** The picture's bytes and headers. */
async function picture_of(poll, headers = {}) {
  const answer = await request(server.url + path_of(poll), { headers });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  assert.equal(answer.statusCode, 200, bytes.toString());
  return { bytes, headers: answer.headers };
}

const vote = async (poll, option) =>
  server.api.vote((await server.api.guest()).token, poll.id, option, { expect: 201 });

describe('the picture of a poll', () => {
  test('is a PNG of the size that previews want, for pages everywhere', async () => {
    const poll = await server.api.create_poll(owner);
    const { bytes, headers } = await picture_of(poll);
    assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
    assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [1200, 630]);
    assert.equal(headers['content-type'], 'image/png');
    assert.equal(headers['content-length'], String(bytes.length));
    assert.equal(headers['cache-control'], 'public, max-age=10');
    assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
    assert.match(headers['content-security-policy'], /^default-src 'none'/);
    assert.equal(headers['set-cookie'], undefined);
    assert.equal(headers['content-encoding'], undefined);
  });
  test('is named by the document, with an address that needs no base', async () => {
    const poll = await server.api.create_poll(owner);
    const html = await (await request(`${server.url}/p/${poll.id}`)).body.text();
    const [, url] = /<meta property="og:image" content="([^"]*)" \/>/.exec(html);
    assert.equal(url, server.url + path_of(poll));
    assert.equal((await request(url)).statusCode, 200);
  });
  test('is not sent again while it is the same', async () => {
    const poll = await server.api.create_poll(owner);
    const { etag } = (await picture_of(poll)).headers;
    const ask = { headers: { 'if-none-match': etag } };
    const same = await server.api.get(path_of(poll), { ...ask, expect: 304 });
    assert.equal(same.headers.etag, etag);
    assert.equal(same.headers['cache-control'], 'public, max-age=10');
    const head = await server.api.head(path_of(poll), { expect: 200 });
    assert.equal(head.headers.etag, etag);
    assert.ok(Number(head.headers['content-length']) > 1000);
    await vote(poll, 1);
    const news = await server.api.get(path_of(poll), { ...ask, expect: 200 });
    assert.notEqual(news.headers.etag, etag);
  });
  test('shows the results where everybody may see them, as of now', async () => {
    const poll = await server.api.create_poll(owner);
    const seen = [await picture_of(poll)];
    for (const option of [0, 1]) {
      await vote(poll, option);
      seen.push(await picture_of(poll));
    }
    for (const [i, { bytes, headers }] of seen.entries()) {
      for (const other of seen.slice(i + 1)) {
        assert.ok(!bytes.equals(other.bytes));
        assert.notEqual(headers.etag, other.headers.etag);
      }
    }
    const again = await picture_of(poll);
    assert.ok(again.bytes.equals(seen.at(-1).bytes));
    assert.equal(again.headers.etag, seen.at(-1).headers.etag);
  });
  for (const resultsVisibility of ['after_vote', 'after_close']) {
    test(`${resultsVisibility}: hides results, and how many voted`, async () => {
      const poll = await server.api.create_poll(owner, { resultsVisibility });
      const first = await picture_of(poll);
      const voter = (await server.api.guest()).token;
      await server.api.vote(voter, poll.id, 0, { expect: 201 });
      const same = async (headers) => {
        const { bytes, headers: got } = await picture_of(poll, headers);
        assert.ok(bytes.equals(first.bytes));
        assert.equal(got.etag, first.headers.etag);
      };
      await same();
      await same({ authorization: `Bearer ${voter}` }); // who may see them in the API
      await same({ authorization: `Bearer ${owner}` });
      await same({ authorization: 'Bearer nonsense' });
    });
  }
  test('shows what was hidden once the poll has closed', async () => {
    const poll = await server.api.create_poll(owner, { resultsVisibility: 'after_close' });
    const before = await picture_of(poll);
    await vote(poll, 0);
    await server.api.post(`/api/polls/${poll.id}/close`, { token: owner, body: {} });
    const { bytes, headers } = await picture_of(poll);
    assert.notEqual(headers.etag, before.headers.etag);
    assert.ok(!bytes.equals(before.bytes));
  });
  test('is another one after an edit', async () => {
    const poll = await server.api.create_poll(owner, { resultsVisibility: 'after_close' });
    const before = await picture_of(poll);
    const body = { title: 'Tabs, or rather spaces?' };
    await server.api.patch(`/api/polls/${poll.id}`, { token: owner, body, expect: 200 });
    const { bytes, headers } = await picture_of(poll);
    assert.notEqual(headers.etag, before.headers.etag);
    assert.ok(!bytes.equals(before.bytes));
  });
  test('is not there when its poll is not', async () => {
    await server.api.get('/api/polls/4294967295/picture.png', { expect: 'not_found' });
    const poll = await server.api.create_poll(owner);
    const { etag } = (await picture_of(poll)).headers;
    await server.api.delete(`/api/polls/${poll.id}`, { token: owner, expect: 204 });
    const headers = { 'if-none-match': etag };
    const gone = await server.api.get(path_of(poll), { headers, expect: 'not_found' });
    assert.equal(gone.headers['cache-control'], undefined);
    assert.equal(gone.headers.etag, undefined);
  });
  test('is drawn once for many who ask at the same time', async () => {
    const drawn = async () =>
      (await metrics_of(server)).get('pollux_cache_misses_total', { cache: 'picture' });
    const poll = await server.api.create_poll(owner);
    const before = await drawn();
    const got = await Promise.all(Array.from({ length: 100 }, () => picture_of(poll)));
    for (const { bytes } of got) assert.ok(bytes.equals(got[0].bytes));
    assert.equal(await drawn(), before + 1);
  });
  test('is drawn of any text', async () => {
    const texts = [
      'ما هي لغة البرمجة؟',
      '言語 🎉',
      'ไทย',
      'x'.repeat(100),
      `a${'\u0301'.repeat(5)}`,
    ];
    const poll = await server.api.create_poll(owner, {
      title: 'x '.repeat(99) + 'y',
      options: texts,
    });
    await vote(poll, 0);
    await picture_of(poll);
  });
});
