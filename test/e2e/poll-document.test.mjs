// The document of a poll: it carries what a stranger may see of the poll, and a preview for
// those who show links; and whatever people write stays text in it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { request } from 'undici';
import { with_server } from './lib/server.mjs';
import { session_of } from './lib/token.mjs';

let owner;
const server = with_server({}, async () => ({ token: owner } = await server.api.register()));

/** A document, which is none of the API's. */
async function get(path, headers = {}) {
  const answer = await request(server.url + path, { headers });
  assert.equal(answer.statusCode, 200, path);
  return { text: await answer.body.text(), headers: answer.headers };
}

/** The poll in a document, or undefined. */
function poll_in(html) {
  const block =
    /<script type="application\/json" id="poll" data-now="([^"]*)">(.*?)<\/script>/s.exec(html);
  return block === null ? undefined : JSON.parse(block[2]);
}

/** The Open Graph properties of a document. */
function preview_of(html) {
  const unescape = (text) =>
    text.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const found = html.matchAll(/<meta property="og:([\w:]+)" content="([^"]*)" \/>/g);
  return Object.fromEntries([...found].map(([, name, content]) => [name, unescape(content)]));
}

describe('the document of a poll', () => {
  for (const where of ['p', 'embed']) {
    test(`/${where}/{id} carries what the API says to a stranger`, async () => {
      const poll = await server.api.create_poll(owner);
      await server.api.vote((await server.api.guest()).token, poll.id, 1, { expect: 201 });
      const { text, headers } = await get(`/${where}/${poll.id}`);
      assert.deepEqual(
        poll_in(text),
        (await server.api.get(`/api/polls/${poll.id}`, { expect: 200 })).body,
      );
      assert.equal(headers['cache-control'], 'no-store');
      const [, made] = /data-now="([^"]*)"/.exec(text);
      assert.ok(Math.abs(Date.parse(made) - Date.now()) < 60_000, made);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    });
  }
  test('names the question and the options for a preview', async () => {
    const poll = await server.api.create_poll(owner, {
      title: 'Tea & "cake"?',
      options: ['Yes', 'No <3'],
    });
    const { text } = await get(`/p/${poll.id}`);
    assert.deepEqual(preview_of(text), {
      type: 'website',
      site_name: 'Pollux',
      title: 'Tea & "cake"?',
      description: 'Yes · No <3',
      url: `${server.url}/p/${poll.id}`,
      image: `${server.url}/api/polls/${poll.id}/picture.png`,
      'image:type': 'image/png',
      'image:width': '1200',
      'image:height': '630',
      'image:alt': 'Tea & "cake"?',
    });
    assert.ok(text.includes('<meta name="twitter:card" content="summary_large_image" />'));
    assert.match(text, /<title>Tea &amp; &quot;cake&quot;\? · Pollux<\/title>/);
    assert.equal(text.match(/<title>/g).length, 1);
  });
  test('what people write is text in it', async () => {
    const evil = '</script><script>alert(1)</script><!--';
    const poll = await server.api.create_poll(owner, {
      title: evil,
      options: [evil, '</title><b>'],
      description: evil,
    });
    const { text } = await get(`/p/${poll.id}`);
    const without = (await get('/')).text;
    const count = (html, what) => html.split(what).length - 1;
    assert.equal(count(text, '<script'), count(without, '<script') + 1);
    assert.equal(count(text, '</script'), count(without, '</script') + 1);
    assert.equal(count(text, '<!--'), count(without, '<!--'));
    assert.equal(poll_in(text).title, poll.title);
    assert.equal(poll_in(text).options[1].text, '</title><b>');
    assert.equal(preview_of(text).title, poll.title);
  });
  test('hidden results stay hidden, their turnout too', async () => {
    const poll = await server.api.create_poll(owner, { resultsVisibility: 'after_close' });
    const shown = async () => (await get(`/p/${poll.id}`)).text.replace(/data-now="[^"]*"/, '');
    const first = await shown();
    assert.match(first, /"results":null/);
    await server.api.vote((await server.api.guest()).token, poll.id, 0, { expect: 201 });
    assert.equal(await shown(), first);
  });
  test('holds nothing personal: whoever has a session asks the API', async () => {
    const poll = await server.api.create_poll(owner);
    const cookie = session_of(await server.api.post('/api/auth/guest', { expect: 201 }));
    for (const session of [cookie, 'not-a-token']) {
      const { text } = await get(`/p/${poll.id}`, { cookie: `pollux_session=${session}` });
      assert.equal(poll_in(text), undefined);
      assert.equal(preview_of(text).title, poll.title);
    }
  });
  test('is that of any page where there is no such poll', async () => {
    const plain = (await get('/')).text;
    assert.equal((await get('/p/4294967295')).text, plain);
    const poll = await server.api.create_poll(owner);
    await server.api.delete(`/api/polls/${poll.id}`, { token: owner, expect: 204 });
    assert.equal((await get(`/p/${poll.id}`)).text, plain);
    assert.equal((await get(`/present/${poll.id}`)).text, plain);
  });
});
