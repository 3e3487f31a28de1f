// Answers of the API packed with gzip: the same bytes for whoever unpacks them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { with_server } from './lib/server.mjs';

const PACK_MIN = 1024;

let small; // a poll of three options
let wide; // of twenty, whose result alone is long enough to be packed
const server = with_server({}, async () => {
  const { token } = await server.api.register();
  const options = Array.from({ length: 20 }, (_, i) => `An option of the poll: ${i}`);
  small = await server.api.create_poll(token);
  wide = await server.api.create_poll(token, { title: 'x'.repeat(200), options });
});

async function ask(path, accept, method = 'GET') {
  const headers = accept === undefined ? {} : { 'accept-encoding': accept };
  const answer = await request(server.url + path, { method, headers });
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body };
}

describe('an answer of over a kilobyte', () => {
  test('is packed for whoever takes gzip, and the same', async () => {
    const plain = await ask('/api/polls?sort=new');
    assert.ok(plain.body.length > PACK_MIN);
    assert.equal(plain.headers['content-encoding'], undefined);
    const packed = await ask('/api/polls?sort=new', 'gzip, deflate, br, zstd');
    assert.equal(packed.status, 200);
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.equal(packed.headers['content-type'], 'application/json');
    assert.equal(packed.headers['content-length'], String(packed.body.length));
    assert.ok(packed.body.length < plain.body.length / 2);
    assert.deepEqual(gunzipSync(packed.body), plain.body);
  });

  test('says in both forms that it depends on what is taken', async () => {
    for (const accept of [undefined, 'gzip', 'identity']) {
      const { headers } = await ask(`/api/polls/${wide.id}`, accept);
      assert.match(String(headers.vary), /Accept-Encoding/, accept);
    }
  });

  test('is left as it is where gzip is not taken', async () => {
    for (const accept of ['identity', 'br', 'gzip;q=0', 'deflate, gzip;q=0.0, *;q=0']) {
      const { headers, body } = await ask(`/api/polls/${wide.id}`, accept);
      assert.equal(headers['content-encoding'], undefined, accept);
      assert.equal(JSON.parse(body.toString()).id, wide.id);
    }
  });

  test('is packed anew when it is another', async () => {
    const guest = await server.api.guest();
    const first = gunzipSync((await ask(`/api/polls/${wide.id}`, 'gzip')).body);
    assert.deepEqual(gunzipSync((await ask(`/api/polls/${wide.id}`, 'gzip')).body), first);
    await server.api.vote(guest.token, wide.id, 7);
    const then = JSON.parse(gunzipSync((await ask(`/api/polls/${wide.id}`, 'gzip')).body));
    assert.equal(then.results.totalVotes, JSON.parse(first).results.totalVotes + 1);
  });

  test('has the same head for HEAD', async () => {
    const { headers, body } = await ask(`/api/polls/${wide.id}`, 'gzip');
    const head = await ask(`/api/polls/${wide.id}`, 'gzip', 'HEAD');
    assert.equal(head.headers['content-encoding'], 'gzip');
    assert.equal(head.headers['content-length'], String(body.length));
    assert.equal(head.body.length, 0);
  });
});

describe('an answer that is never packed', () => {
  test('is a short one', async () => {
    const { headers, body } = await ask(`/api/polls/${small.id}/results`, 'gzip');
    assert.ok(body.length < PACK_MIN);
    assert.equal(headers['content-encoding'], undefined);
    assert.doesNotMatch(String(headers.vary), /Accept-Encoding/);
  });

  test('is a result, whose ETag names its version alone', async () => {
    const { headers, body } = await ask(`/api/polls/${wide.id}/results`, 'gzip');
    assert.equal(headers['content-encoding'], undefined);
    assert.equal(JSON.parse(body.toString()).options.length, 20);
    assert.match(headers.etag, /^"/);
  });
});
