// Polls: making, reading, listing, closing and deleting them, and who may.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { check_results, check_time } from './lib/api.mjs';
import { with_server } from './lib/server.mjs';
import { ahead_of, wait_until } from './lib/wait.mjs';

let owner, token;
const server = with_server({}, async () => {
  owner = await server.api.register();
  token = owner.token;
});
const HOUR_MS = 3_600_000;
const in_ms = (ms) => new Date(Date.now() + ms).toISOString();

const good = (over) => ({ title: 'Your favourite language?', options: ['C', 'Go'], ...over });
const n_options = (n) => Array.from({ length: n }, (_, i) => `option ${i}`);

describe('creating', () => {
  test('answers 201 with the whole poll and where it is', async () => {
    const body = good();
    const answer = await server.api.post('/api/polls', { token, body, expect: 201 });
    const poll = answer.body;
    assert.equal(answer.headers.location, `/api/polls/${poll.id}`);
    assert.ok(Number.isSafeInteger(poll.id) && poll.id > 0);
    const { id, createdAt, results, ...rest } = poll;
    assert.deepEqual(rest, {
      title: 'Your favourite language?',
      description: null,
      options: [
        { index: 0, text: 'C' },
        { index: 1, text: 'Go' },
      ],
      tags: [],
      owner: { id: owner.user.id, username: owner.user.username },
      status: 'open',
      opensAt: null,
      closesAt: null,
      resultsVisibility: 'always',
      voteChange: false,
      voters: 'anyone',
      myVote: null,
      skipped: false,
    });
    assert.ok(Math.abs(check_time(createdAt) - Date.now()) < 60_000);
    assert.deepEqual(check_results(results, 2), [0, 0]);
    assert.deepEqual(
      results.options.map((o) => o.percent),
      [0, 0],
    );
  });

  test('keeps everything that was said', async () => {
    const body = good({
      description: 'Ünïcödé 🗳 "quoted" \\ <b>bold</b> &amp; 1\n2.',
      tags: ['Programming', 'c-2024'],
      opensAt: in_ms(HOUR_MS),
      closesAt: in_ms(2 * HOUR_MS),
      resultsVisibility: 'after_vote',
      voteChange: true,
      voters: 'registered',
    });
    const { id } = (await server.api.post('/api/polls', { token, body, expect: 201 })).body;
    const poll = (await server.api.get(`/api/polls/${id}`, { token, expect: 200 })).body;
    assert.equal(poll.description, body.description);
    assert.deepEqual(poll.tags, ['programming', 'c-2024']);
    assert.equal(poll.opensAt, body.opensAt);
    assert.equal(poll.closesAt, body.closesAt);
    assert.equal(poll.resultsVisibility, 'after_vote');
    assert.equal(poll.voteChange, true);
    assert.equal(poll.voters, 'registered');
    assert.equal(poll.status, 'scheduled');
  });

  const accepted = [
    ['a title of one character', { title: 'x' }],
    ['a title of 200 characters, not bytes', { title: 'ü'.repeat(200) }],
    ['20 options', { options: n_options(20) }],
    ['options of 100 characters', { options: ['ü'.repeat(100), '🗳'.repeat(100)] }],
    ['options that differ in an accent', { options: ['peche', 'pêche'] }],
    ['tags of any script', { tags: ['Größe', 'Café', '日本', 'हिन्दी'] }],
    ['30 characters of four bytes as a tag', { tags: ['𠮷'.repeat(30)] }],
    ['emoji, with all that they need', { options: ['👨‍👩‍👧', '❤️'] }],
    ['Persian with its non-joiner', { title: 'می‌خواهم؟' }],
    ['a tab in a description', { description: 'a\tb' }],
    ['10 tags', { tags: n_options(10).map((text) => text.replace(' ', '-')) }],
    ['a tag of 30 characters', { tags: ['a'.repeat(30)] }],
    ['a description of 2,000 characters', { description: 'ü'.repeat(2000) }],
    ['null for what is optional', { description: null, opensAt: null, closesAt: null }],
    ['a time with an offset', { closesAt: '2999-01-01T00:00:00+02:00' }],
    ['a time without milliseconds', { closesAt: '2999-01-01T00:00:00Z' }],
  ];
  for (const [why, over] of accepted) {
    test(`takes ${why}`, () =>
      server.api.post('/api/polls', { token, body: good(over), expect: 201 }));
  }
  test('stores times in UTC', async () => {
    const poll = await server.api.create_poll(token, { closesAt: '2999-01-01T00:00:00+02:00' });
    assert.equal(poll.closesAt, '2998-12-31T22:00:00.000Z');
  });
  test('stores texts in NFC, and closes what isolates a direction', async () => {
    const poll = await server.api.create_poll(token, {
      title: 'Cafe\u0301 \u2067x',
      description: 'u\u0308\r\nb',
      options: ['\u1112\u1161\u11ab', 'x\u2069y'],
      tags: ['GRO\u0308SSE', 'gr\u00f6sse', '\u65e5\u672c'],
    });
    assert.equal(poll.title, 'Caf\u00e9 \u2067x\u2069');
    assert.equal(poll.description, '\u00fc\nb');
    assert.deepEqual(
      poll.options.map((o) => o.text),
      ['\ud55c', 'xy'],
    );
    assert.deepEqual(poll.tags, ['gr\u00f6sse', '\u65e5\u672c']);
    await server.api.vote(token, poll.id, 0, { expect: 201 });
    const found = async (path, tag) => {
      const url = `/api/${path}tag=${encodeURIComponent(tag)}`;
      const { items } = (await server.api.get(url, { expect: 200 })).body;
      return items.some((item) => (item.poll ?? item).id === poll.id);
    };
    for (const tag of ['GR\u00d6SSE', 'gro\u0308sse', '\u65e5\u672c']) {
      assert.ok(await found('polls?seen=include&', tag), tag);
      await wait_until(() => found('leaderboard?', tag), 30_000, tag);
    }
    const tags = (await server.api.get('/api/tags', { expect: 200 })).body;
    assert.ok(tags.some(({ tag, polls }) => tag === 'gr\u00f6sse' && polls === 1));
  });
  test('an edit obeys the same rules', async () => {
    const { id } = await server.api.create_poll(token, {});
    const edit = (body, expect) =>
      server.api.patch(`/api/polls/${id}`, { token, body, expect });
    for (const body of [
      { title: '\u200b' },
      { description: 'a\u202eb' },
      { options: ['Yes', 'YES'] },
      { tags: ['a\u2060'] },
    ])
      await edit(body, 'invalid');
    const { body } = await edit({ title: 'Cafe\u0301', tags: ['\u00c4'] }, 200);
    assert.deepEqual([body.title, body.tags], ['Caf\u00e9', ['\u00e4']]);
  });
  test('trims texts', async () => {
    const poll = await server.api.create_poll(token, { title: '  x ', options: [' a', 'b '] });
    assert.equal(poll.title, 'x');
    assert.deepEqual(
      poll.options.map((o) => o.text),
      ['a', 'b'],
    );
  });

  const refused = [
    ['no title', { title: undefined }, 'title', 'required'],
    ['an empty title', { title: '' }, 'title', 'required'],
    ['a title of spaces', { title: '  \t ' }, 'title', 'required'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'title', 'too_long'],
    ['a title that is a number', { title: 1 }, 'title', 'wrong_type'],
    ['no options', { options: undefined }, 'options', 'too_few'],
    ['options that are no list', { options: 'a,b' }, 'options', 'wrong_type'],
    ['one option', { options: ['a'] }, 'options', 'too_few'],
    ['21 options', { options: n_options(21) }, 'options', 'too_many'],
    ['an empty option', { options: ['a', ''] }, 'options[1]', 'required'],
    ['an option of spaces', { options: [' ', 'a'] }, 'options[0]', 'required'],
    ['an option of wide spaces', { options: ['\u3000\u00a0', 'a'] }, 'options[0]', 'required'],
    [
      'the same option after wide spaces',
      { options: ['a', 'a\u00a0'] },
      'options[1]',
      'duplicate',
    ],
    [
      'an option of 101 characters',
      { options: ['a', 'x'.repeat(101)] },
      'options[1]',
      'too_long',
    ],
    ['options that differ in case', { options: ['go', 'Go'] }, 'options[1]', 'duplicate'],
    [
      'options that differ in width',
      { options: ['go', '\uff47\uff4f'] },
      'options[1]',
      'duplicate',
    ],
    [
      'options in NFC and NFD',
      { options: ['Caf\u00e9', 'Cafe\u0301'] },
      'options[1]',
      'duplicate',
    ],
    ['options that differ in spaces', { options: ['a b', 'a  b'] }, 'options[1]', 'duplicate'],
    [
      'options that differ in how an emoji is shown',
      { options: ['\u2764', '\u2764\ufe0f'] },
      'options[1]',
      'duplicate',
    ],
    ...['\u200b', '\u2060', '\u00ad', '\u034f', '\u3164', '\u202e', '\u200f', '\u0085'].flatMap(
      (c) => {
        const name = `U+${c.codePointAt(0).toString(16)}`;
        return [
          [
            `${name} in an option`,
            { options: ['Yes', `Y${c}es`] },
            'options[1]',
            'bad_characters',
          ],
          [`${name} in a title`, { title: `a${c}b` }, 'title', 'bad_characters'],
          [
            `${name} in a description`,
            { description: `a${c}b` },
            'description',
            'bad_characters',
          ],
          [`${name} in a tag`, { tags: [`a${c}b`] }, 'tags[0]', 'bad_characters'],
        ];
      },
    ),
    ['a character of private use', { title: 'a\ue000' }, 'title', 'bad_characters'],
    ['a character that is none', { title: 'a\uffff' }, 'title', 'bad_characters'],
    ['a title of isolates alone', { title: '\u2068\u2069' }, 'title', 'invisible'],
    ['a line break in a title', { title: 'a\nb' }, 'title', 'bad_characters'],
    [
      'a line separator in an option',
      { options: ['a', 'b\u2028c'] },
      'options[1]',
      'bad_characters',
    ],
    ['a tag with an emoji', { tags: ['\u2764'] }, 'tags[0]', 'bad_characters'],
    ['an option that is a number', { options: ['a', 1] }, 'options[1]', 'wrong_type'],
    ['the same option twice', { options: ['a', 'b', 'a'] }, 'options[2]', 'duplicate'],
    ['the same option after trimming', { options: ['a', ' a '] }, 'options[1]', 'duplicate'],
    [
      '11 tags',
      { tags: n_options(11).map((text) => text.replace(' ', '-')) },
      'tags',
      'too_many',
    ],
    ['an empty tag', { tags: [''] }, 'tags[0]', 'required'],
    ['a tag of 31 characters', { tags: ['a', 'a'.repeat(31)] }, 'tags[1]', 'too_long'],
    ['a tag with a space', { tags: ['a b'] }, 'tags[0]', 'bad_characters'],
    ['a tag that is a number', { tags: [1] }, 'tags[0]', 'wrong_type'],
    ['tags that are no list', { tags: 'a' }, 'tags', 'wrong_type'],
    [
      'a description of 2,001 characters',
      { description: 'x'.repeat(2001) },
      'description',
      'too_long',
    ],
    ['a description that is a list', { description: [] }, 'description', 'wrong_type'],
    ['a closing time in the past', { closesAt: in_ms(-1000) }, 'closesAt', 'in_the_past'],
    ['a closing time that is none', { closesAt: 'tomorrow' }, 'closesAt', 'bad_format'],
    [
      'a date that does not exist',
      { closesAt: '2999-02-30T00:00:00Z' },
      'closesAt',
      'bad_format',
    ],
    ['a time without a zone', { closesAt: '2999-01-01T00:00:00' }, 'closesAt', 'bad_format'],
    ['a time that is a number', { closesAt: 99999999999 }, 'closesAt', 'wrong_type'],
    [
      'closing before opening',
      { opensAt: in_ms(2 * HOUR_MS), closesAt: in_ms(HOUR_MS) },
      'opensAt',
      'out_of_order',
    ],
    [
      'closing when it opens',
      { opensAt: '2999-01-01T00:00:00Z', closesAt: '2999-01-01T00:00:00Z' },
      'opensAt',
      'out_of_order',
    ],
    ['an opening time that is none', { opensAt: '' }, 'opensAt', 'bad_format'],
    ['a title with a control character', { title: 'a\u0007' }, 'title', 'bad_characters'],
    [
      'a visibility that is a number',
      { resultsVisibility: 1 },
      'resultsVisibility',
      'wrong_type',
    ],
    ['an unknown visibility', { resultsVisibility: 'never' }, 'resultsVisibility', 'unknown'],
    ['unknown voters', { voters: 'nobody' }, 'voters', 'unknown'],
    ['a voteChange that is a word', { voteChange: 'yes' }, 'voteChange', 'wrong_type'],
  ];
  for (const [why, over, field, code] of refused) {
    test(`refuses ${why}: ${field} is ${code}`, async () => {
      const { body } = await server.api.post('/api/polls', {
        token,
        body: good(over),
        expect: 'invalid',
      });
      assert.deepEqual(
        body.errors.map((error) => [error.field, error.code]),
        [[field, code]],
      );
    });
  }
  test('names everything that is wrong at once', async () => {
    const body = { title: '', options: ['a'], tags: ['a b'] };
    const answer = await server.api.post('/api/polls', { token, body, expect: 'invalid' });
    const fields = answer.body.errors.map((error) => error.field).sort();
    assert.deepEqual(fields, ['options', 'tags[0]', 'title']);
  });
  test('counts can not be sent in', async () => {
    const body = good({
      options: ['a', 'b'],
      results: { totalVotes: 9, options: [{ index: 0, votes: 9 }] },
      votes: [9, 0],
      totalVotes: 9,
      id: 777,
      owner: { id: 1 },
      status: 'closed',
    });
    const answer = await server.api.call('POST', '/api/polls', { token, body, expect: 201 });
    assert.notEqual(answer.body.id, 777);
    assert.equal(answer.body.owner.id, owner.user.id);
    assert.equal(answer.body.status, 'open');
    assert.deepEqual(check_results(answer.body.results), [0, 0]);
  });
  test('options as objects with counts are refused', () =>
    server.api.post('/api/polls', {
      token,
      body: good({ options: [{ text: 'a', votes: 9 }, { text: 'b' }] }),
      expect: 'invalid',
    }));
});

describe('reading', () => {
  test('gives everybody the same, but for what is their own', async () => {
    const poll = await server.api.create_poll(token);
    const voter = await server.api.guest();
    await server.api.vote(voter.token, poll.id, 2, { expect: 201 });
    const get = async (call) =>
      (await server.api.get(`/api/polls/${poll.id}`, { ...call, expect: 200 })).body;
    const anyone = await get();
    assert.equal(anyone.myVote, null);
    assert.equal(anyone.results.totalVotes, 1);
    assert.deepEqual(await get({ token: voter.token }), { ...anyone, myVote: 2 });
    const skipper = await server.api.guest();
    await server.api.post(`/api/polls/${poll.id}/skip`, { token: skipper.token, expect: 204 });
    const seen = await get({ token: skipper.token });
    assert.equal(seen.skipped, true);
    assert.equal(seen.myVote, null);
  });
  test('does not say who voted', async () => {
    const poll = await server.api.create_poll(token);
    const voter = await server.api.register();
    await server.api.vote(voter.token, poll.id, 0, { expect: 201 });
    const { text } = await server.api.get(`/api/polls/${poll.id}`, { token, expect: 200 });
    assert.ok(!text.includes(voter.user.username));
  });
  test('a poll survives a restart as it was', async () => {
    const poll = await server.api.create_poll(token, { tags: ['x'], description: '🗳' });
    await server.restart();
    assert.deepEqual((await server.api.get(`/api/polls/${poll.id}`)).body, poll);
  });
});

describe('listing', () => {
  const N = 25;
  const tag = 'listing';
  let ids;
  before(async () => {
    ids = [];
    for (let i = 0; i < N; i++) {
      ids.push((await server.api.create_poll(token, { title: `Poll ${i}`, tags: [tag] })).id);
    }
    ids.reverse(); /* newest first */
  });
  const list = async (query) =>
    (await server.api.get(`/api/polls?tag=${tag}&${query}`, { expect: 200 })).body;
  const ids_of = (page) => page.items.map((poll) => poll.id);

  test('gives ten of the newest by default', async () => {
    const page = await list('');
    assert.deepEqual(ids_of(page), ids.slice(0, 10));
    assert.equal(typeof page.nextCursor, 'string');
  });
  for (const limit of [1, 7, 25, 100]) {
    test(`by cursor, ${limit} at a time, shows each exactly once`, async () => {
      const seen = [];
      let cursor = null;
      do {
        const page = await list(
          `limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        assert.ok(page.items.length <= limit);
        seen.push(...ids_of(page));
        cursor = page.nextCursor;
      } while (cursor !== null && seen.length <= 2 * N);
      assert.deepEqual(seen, ids);
    });
  }
  test('by page', async () => {
    const pages = [];
    for (const page of [1, 2, 3, 4]) pages.push(ids_of(await list(`limit=10&page=${page}`)));
    assert.deepEqual(pages, [ids.slice(0, 10), ids.slice(10, 20), ids.slice(20), []]);
  });
  test('Link leads to the end', async () => {
    const seen = [];
    let path = `/api/polls?tag=${tag}&limit=9`;
    while (path !== null && seen.length <= 2 * N) {
      const { headers, body } = await server.api.get(path, { expect: 200 });
      seen.push(...ids_of(body));
      const link = /<([^>]+)>; *rel="?next"?/.exec(headers.link ?? '');
      assert.equal(link === null, body.nextCursor === null);
      path =
        link === null
          ? null
          : new URL(link[1], server.url + path).href.slice(server.url.length);
    }
    assert.deepEqual(seen, ids);
  });
  test('polls that come and go while one walks do not matter', async () => {
    const first = await list('limit=10');
    await server.api.create_poll(token, { tags: [tag], title: 'late' });
    await server.api.delete(`/api/polls/${ids[3]}`, { token, expect: 204 });
    const second = await list(`limit=10&cursor=${encodeURIComponent(first.nextCursor)}`);
    assert.deepEqual(ids_of(second), ids.slice(10, 20));
  });
  for (const query of [
    'limit=0',
    'limit=101',
    'limit=abc',
    'limit=',
    'limit=-1',
    'limit=1e1',
    'page=0',
    'page=x',
    'cursor=nonsense',
    'cursor=%00',
    'sort=old',
    'status=odd',
  ]) {
    test(`${query} is a bad request`, () =>
      server.api.get(`/api/polls?${query}`, { expect: 'bad_request' }));
  }
  test('an item is the poll', async () => {
    const [item] = (await list('limit=1')).items;
    assert.deepEqual(item, (await server.api.get(`/api/polls/${item.id}`)).body);
  });
});

describe("listing one's own", () => {
  const mine = async (token, query = '', expect = 200) =>
    (await server.api.get(`/api/users/me/polls${query}`, { token, expect })).body;
  const ids = ({ items }) => items.map((poll) => poll.id);

  test('has them at once, the newest first, and page by page', async () => {
    const own = (await server.api.register()).token;
    assert.deepEqual(await mine(own), { items: [], nextCursor: null });
    const made = [];
    for (let i = 0; i < 12; i++) {
      const poll = await server.api.create_poll(own);
      await server.api.create_poll(token);
      made.unshift(poll.id);
      const page = await mine(own, '?limit=1');
      assert.deepEqual(page.items, [poll]);
      assert.equal(page.nextCursor, i === 0 ? null : String(poll.id));
    }
    assert.deepEqual(ids(await mine(own)), made.slice(0, 10));
    for (const limit of [1, 5, 11, 12, 100]) {
      const met = [];
      let next = `/api/users/me/polls?limit=${limit}`;
      while (next !== undefined) {
        const { body, headers } = await server.api.get(next, { token: own });
        assert.ok(body.items.length > 0 && body.items.length <= limit);
        assert.equal(headers['cache-control'], 'no-store');
        met.push(...ids(body));
        next = /^<(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
        assert.equal(next === undefined, body.nextCursor === null);
      }
      assert.deepEqual(met, made);
    }
  });
  test('forgets those that are deleted, and remembers the others', async () => {
    const own = (await server.api.register()).token;
    const made = [];
    for (let i = 0; i < 4; i++) made.unshift((await server.api.create_poll(own)).id);
    const first = await mine(own, '?limit=2');
    for (const gone of [made[1], made[2]]) {
      await server.api.delete(`/api/polls/${gone}`, { token: own });
    }
    assert.deepEqual(ids(await mine(own)), [made[0], made[3]]);
    const rest = await mine(own, `?cursor=${first.nextCursor}`);
    assert.deepEqual(ids(rest), [made[3]]);
    await server.kill();
    await server.start();
    assert.deepEqual(ids(await mine(own)), [made[0], made[3]]);
  });
  test('of any status, or of one', async () => {
    const { own, make, ended, by_time } = await ahead_of(1000, async (closes) => {
      const own = (await server.api.register()).token;
      const make = (over) => server.api.create_poll(own, over);
      const ended = await make();
      const by_time = await make({ closesAt: new Date(closes).toISOString() });
      return { own, make, ended, by_time };
    });
    const open = await make({ closesAt: in_ms(HOUR_MS) });
    const later = await make({ opensAt: in_ms(HOUR_MS) });
    await server.api.post(`/api/polls/${ended.id}/close`, { token: own });
    await wait_until(async () => ids(await mine(own, '?status=closed')).length === 2);
    assert.deepEqual(ids(await mine(own, '?status=closed')), [by_time.id, ended.id]);
    assert.deepEqual(ids(await mine(own, '?status=open')), [open.id]);
    assert.deepEqual(ids(await mine(own, '?status=scheduled')), [later.id]);
    const all = await mine(own);
    assert.deepEqual(
      all.items.map((poll) => [poll.id, poll.status]),
      [
        [later.id, 'scheduled'],
        [open.id, 'open'],
        [by_time.id, 'closed'],
        [ended.id, 'closed'],
      ],
    );
    const page = await mine(own, '?status=closed&limit=1');
    assert.deepEqual([ids(page), page.nextCursor], [[by_time.id], String(by_time.id)]);
    const last = await mine(own, `?status=closed&limit=1&cursor=${page.nextCursor}`);
    assert.deepEqual([ids(last), last.nextCursor], [[ended.id], null]);
  });
  test('shows the results, and what one did there oneself', async () => {
    const own = (await server.api.register()).token;
    const over = { resultsVisibility: 'after_close' };
    const { id } = await server.api.create_poll(own, over);
    await server.api.vote(token, id, 1);
    await server.api.vote(own, id, 2);
    const [poll] = (await mine(own)).items;
    assert.deepEqual(check_results(poll.results), [0, 1, 1]);
    assert.equal(poll.myVote, 2);
    const alone = (await server.api.get(`/api/polls/${id}`, { token: own })).body;
    assert.deepEqual(poll, alone);
  });
  test('a guest has none; who has no token is nobody', async () => {
    const guest = (await server.api.guest()).token;
    assert.deepEqual(await mine(guest), { items: [], nextCursor: null });
    await server.api.get('/api/users/me/polls', { expect: 'unauthorized' });
  });
  for (const query of [
    'limit=0',
    'limit=101',
    'limit=x',
    'cursor=x',
    'cursor=0',
    'cursor=',
    'cursor=4294967296',
    'status=ended',
    'status=',
  ]) {
    test(`${query} is refused`, () => mine(token, `?${query}`, 'bad_request'));
  }
});

describe('closing', () => {
  test('ends the voting, for good', async () => {
    const poll = await server.api.create_poll(token);
    const voter = await server.api.guest();
    await server.api.vote(voter.token, poll.id, 0, { expect: 201 });
    const before_it = await server.api.results(poll.id);
    const closed = (
      await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 })
    ).body;
    assert.equal(closed.status, 'closed');
    assert.ok(Math.abs(check_time(closed.closesAt) - Date.now()) < 60_000);
    const late = await server.api.guest();
    await server.api.vote(late.token, poll.id, 0, { expect: 'poll_closed' });
    await server.api.post(`/api/polls/${poll.id}/skip`, {
      token: late.token,
      expect: 'poll_closed',
    });
    const results = await server.api.results(poll.id);
    assert.equal(results.status, 'closed');
    assert.equal(results.totalVotes, 1);
    assert.ok(results.version > before_it.version, 'a client can see it: the version grows');
    await server.restart();
    assert.equal((await server.api.results(poll.id)).status, 'closed');
    assert.ok((await server.api.results(poll.id)).version >= results.version);
  });
  test('is for the owner only', async () => {
    const poll = await server.api.create_poll(token);
    const other = await server.api.register();
    const guest = await server.api.guest();
    for (const someone of [other, guest]) {
      await server.api.post(`/api/polls/${poll.id}/close`, {
        token: someone.token,
        expect: 'forbidden',
      });
    }
    await server.api.post(`/api/polls/${poll.id}/close`, { expect: 'unauthorized' });
    await server.api.post('/api/polls/999999/close', { token, expect: 'not_found' });
  });
});

describe('deleting', () => {
  test('makes it as if it had never been', async () => {
    const poll = await server.api.create_poll(token);
    const voter = await server.api.guest();
    await server.api.vote(voter.token, poll.id, 0, { expect: 201 });
    await server.api.delete(`/api/polls/${poll.id}`, { token, expect: 204 });
    const gone = async () => {
      await server.api.get(`/api/polls/${poll.id}`, { expect: 'not_found' });
      await server.api.get(`/api/polls/${poll.id}/results`, { expect: 'not_found' });
      await server.api.vote(voter.token, poll.id, 0, { expect: 'not_found' });
      await server.api.post(`/api/polls/${poll.id}/skip`, {
        token: voter.token,
        expect: 'not_found',
      });
      await server.api.delete(`/api/polls/${poll.id}`, { token, expect: 'not_found' });
      const { items } = (await server.api.get('/api/polls?limit=100')).body;
      assert.ok(!items.some((item) => item.id === poll.id));
    };
    await gone();
    await server.restart();
    await gone();
    const next = await server.api.create_poll(token);
    assert.notEqual(next.id, poll.id, 'its id is not used again');
  });
  test('is for the owner only', async () => {
    const poll = await server.api.create_poll(token);
    const other = await server.api.register();
    await server.api.delete(`/api/polls/${poll.id}`, {
      token: other.token,
      expect: 'forbidden',
    });
    await server.api.delete(`/api/polls/${poll.id}`, { expect: 'unauthorized' });
    await server.api.get(`/api/polls/${poll.id}`, { expect: 200 });
  });
});
