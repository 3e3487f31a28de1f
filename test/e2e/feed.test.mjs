// The feed: open polls that its reader has neither voted on nor skipped, each exactly once,
// whatever happens while it is read.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seeded } from './lib/random.mjs';
import { with_server } from './lib/server.mjs';
import { ahead_of, LIMIT_MS, wait_until } from './lib/wait.mjs';

let token;
const server = with_server({}, async () => ({ token } = await server.api.register()));

const new_poll = (over) => server.api.create_poll(token, over);
const get = (query, call) => server.api.get(`/api/polls?${query}`, call).then((a) => a.body);
const ids = (page) => page.items.map((poll) => poll.id);

/** All pages of a query; `meanwhile` runs after each. */
const walk = async (query, call, meanwhile = async () => {}) => {
  const met = [];
  let cursor = '';
  do {
    const page = await get(`${query}${cursor && `&cursor=${cursor}`}`, call);
    met.push(...page.items);
    await meanwhile(page);
    cursor = page.nextCursor;
  } while (cursor);
  return met;
};

describe('with a token', () => {
  test('what was voted on or skipped never comes back, at once and after a crash', async () => {
    const tag = 'seen';
    const polls = [];
    for (let i = 0; i < 5; i++) polls.push(await new_poll({ tags: [tag] }));
    const { token: reader } = await server.api.guest();
    const mine = (more = '') => get(`tag=${tag}${more}`, { token: reader }).then(ids);
    assert.deepEqual(await mine(), polls.map((p) => p.id).reverse());
    await server.api.vote(reader, polls[4].id, 0);
    assert.deepEqual(
      await mine(),
      [3, 2, 1, 0].map((i) => polls[i].id),
    );
    await server.api.post(`/api/polls/${polls[2].id}/skip`, { token: reader, expect: 204 });
    assert.deepEqual(
      await mine(),
      [3, 1, 0].map((i) => polls[i].id),
    );
    await server.api.post(`/api/polls/${polls[0].id}/close`, { token });
    assert.deepEqual(
      await mine(),
      [3, 1].map((i) => polls[i].id),
    );
    await server.kill();
    await server.start();
    assert.deepEqual(
      await mine(),
      [3, 1].map((i) => polls[i].id),
    );
    const all = await get(`tag=${tag}&seen=include`, { token: reader });
    assert.deepEqual(
      all.items.map((p) => [p.id, p.myVote, p.skipped, p.status]),
      [4, 3, 2, 1, 0].map((i) => [
        polls[i].id,
        i === 4 ? 0 : null,
        i === 2,
        i === 0 ? 'closed' : 'open',
      ]),
    );
  });

  test('a withdrawn vote brings the poll back', async () => {
    const poll = await new_poll({ tags: ['back'], voteChange: true });
    const { token: reader } = await server.api.guest();
    const mine = () => get('tag=back', { token: reader }).then(ids);
    await server.api.vote(reader, poll.id, 0);
    assert.deepEqual(await mine(), []);
    await server.api.delete(`/api/polls/${poll.id}/vote`, { token: reader, expect: 204 });
    assert.deepEqual(await mine(), [poll.id]);
  });

  test('a skip taken back brings the poll back, at once and after a crash', async () => {
    const polls = [];
    for (let i = 0; i < 3; i++) polls.unshift((await new_poll({ tags: ['unskip'] })).id);
    const { token: reader } = await server.api.guest();
    const mine = () => get('tag=unskip', { token: reader }).then(ids);
    const skip = (method, id) =>
      server.api.call(method, `/api/polls/${id}/skip`, { token: reader, expect: 204 });
    for (const id of polls) await skip('POST', id);
    assert.deepEqual(await mine(), []);
    await skip('DELETE', polls[1]);
    assert.deepEqual(await mine(), [polls[1]]);
    await skip('DELETE', polls[2]);
    await server.kill();
    await server.start();
    assert.deepEqual(await mine(), [polls[1], polls[2]]);
    await skip('POST', polls[2]);
    assert.deepEqual(await mine(), [polls[1]]);
  });

  test('scheduled polls come when they open, closed ones go when they close', async () => {
    const { token: reader } = await server.api.guest();
    const mine = (tag) => get(`tag=${tag}`, { token: reader }).then(ids);
    const { later, tag } = await ahead_of(1000, async (moment) => {
      const at = new Date(moment).toISOString();
      const tag = `time-${moment}`;
      const later = await new_poll({ tags: [tag], opensAt: at });
      const brief = await new_poll({ tags: [tag], closesAt: at });
      assert.deepEqual(await mine(tag), [brief.id]);
      return { later, tag };
    });
    await wait_until(async () => (await mine(tag))[0] === later.id, LIMIT_MS, 'the opening');
    assert.deepEqual(await mine(tag), [later.id]);
  });
});

test('with a status other than open it is the list, of those only', async () => {
  const me = (await server.api.guest()).token;
  const tag = 'statuses';
  const create = (over) => server.api.create_poll(token, { tags: [tag], ...over });
  const [open, closed] = [await create(), await create()];
  const scheduled = await create({ opensAt: new Date(Date.now() + 3600_000).toISOString() });
  await server.api.vote(me, closed.id, 0, { expect: 201 });
  await server.api.post(`/api/polls/${closed.id}/close`, { token, expect: 200 });
  for (const poll of [open, closed, scheduled]) {
    const { status } = (await server.api.get(`/api/polls/${poll.id}`)).body;
    for (const asker of [me, undefined]) {
      const path = `/api/polls?tag=${tag}&status=${status}`;
      const { items } = (await server.api.get(path, { token: asker, expect: 200 })).body;
      assert.deepEqual(
        items.map(({ id }) => id),
        [poll.id],
        status,
      );
    }
  }
});

describe('orders', () => {
  test('closing: the soonest first, what never closes last', async () => {
    const at = (s) => new Date(Date.now() + s * 1000).toISOString();
    const never = await new_poll({ tags: ['soon'] });
    const late = await new_poll({ tags: ['soon'], closesAt: at(9000) });
    const soon = await new_poll({ tags: ['soon'], closesAt: at(900) });
    const met = await walk('sort=closing&tag=soon&limit=1', {});
    assert.deepEqual(
      met.map((p) => p.id),
      [soon.id, late.id, never.id],
    );
  });

  test('hot: what is voted on rises', async () => {
    const polls = [];
    for (let i = 0; i < 3; i++) polls.push(await new_poll({ tags: ['hot'] }));
    for (const voter of await server.api.crowd(12))
      await server.api.vote(voter, polls[0].id, 0);
    const hot = () => get('sort=hot&tag=hot').then(ids);
    await wait_until(async () => (await hot())[0] === polls[0].id, 30_000, 'the order');
    assert.deepEqual(
      await hot(),
      [0, 2, 1].map((i) => polls[i].id),
    );
  });
});

describe('search', () => {
  test('finds words of title, options and tags, and keeps up with what changes', async () => {
    const poll = await new_poll({
      title: 'Which Zebrafish swims fastest?',
      options: ['Striped Quokkas', 'Café au lait'],
      tags: ['xylophones'],
    });
    const found = (q) => get(`q=${encodeURIComponent(q)}`).then(ids);
    for (const q of ['zebrafish', 'ZEBRAFISH swims', 'quokka', 'cafe', 'xylophones', 'zebraf'])
      assert.deepEqual(await found(q), [poll.id], q);
    for (const q of ['zebrafish walks', 'nothing-like-that', '"', '*', 'AND', '((('])
      assert.deepEqual(await found(q), [], q);
    for (const q of ['', ' ', '\u200b\u3000'])
      assert.ok((await found(q)).includes(poll.id), 'nothing is asked for: all polls');
    await server.api.delete(`/api/polls/${poll.id}`, { token, expect: 204 });
    assert.deepEqual(await found('zebrafish'), []);
  });

  test('narrows the feed like a tag', async () => {
    const one = await new_poll({ title: 'Narwhal one', tags: ['narrow'] });
    const two = await new_poll({ title: 'Narwhal two' });
    const { token: reader } = await server.api.guest();
    const mine = (more) => get(`q=narwhal${more}`, { token: reader }).then(ids);
    assert.deepEqual(await mine(''), [two.id, one.id]);
    assert.deepEqual(await mine('&tag=narrow'), [one.id]);
    await server.api.vote(reader, one.id, 0);
    assert.deepEqual(await mine(''), [two.id]);
  });
});

test('a query that cannot be read is refused', async () => {
  for (const query of [
    'sort=best',
    'status=broken',
    'seen=no',
    'limit=0',
    'limit=101',
    'limit=x',
    'page=0',
    'cursor=',
    'cursor=h1',
    'sort=hot&cursor=n1',
    'tag=',
    `tag=${'x'.repeat(31)}`,
    'tag=%ff',
    'q=%ff',
  ])
    await server.api.get(`/api/polls?${query}`, { expect: 'bad_request' });
});

describe('while everybody reads, votes, skips, creates and closes', () => {
  for (const sort of ['new', 'hot', 'closing'])
    test(`by ${sort}: every eligible poll exactly once`, async () => {
      const tag = `walk-${sort}`;
      const polls = new Map(); // id → its tags, until it is closed
      const create = async (roll) => {
        const tags = [tag, ...(roll(2) ? ['even'] : [])];
        const closesAt = roll(2)
          ? new Date(Date.now() + 3600_000 + roll(1e6)).toISOString()
          : null;
        polls.set((await new_poll({ tags, closesAt })).id, tags);
      };
      const first = seeded(7);
      for (let i = 0; i < 60; i++) await create(first);

      const reader = async (token, seed) => {
        const roll = seeded(seed);
        const seen = new Set();
        for (let round = 0; round < 3; round++) {
          const narrow = roll(3) === 0;
          const eligible = () =>
            [...polls].filter(
              ([id, tags]) => !seen.has(id) && (!narrow || tags.includes('even')),
            );
          const throughout = new Set(eligible().map(([id]) => id));
          const counts = new Map();
          const query = `tag=${tag}${narrow ? '&tag=even' : ''}&sort=${sort}&limit=${1 + roll(9)}`;
          await walk(query, { token }, async (page) => {
            for (const poll of page.items) {
              assert.ok(!seen.has(poll.id) || counts.has(poll.id), `${poll.id} came back`);
              counts.set(poll.id, (counts.get(poll.id) ?? 0) + 1);
              const what = roll(4);
              if (what > 1) continue;
              const done =
                what === 0
                  ? await server.api.post(`/api/polls/${poll.id}/skip`, {
                      token,
                      expect: 'any',
                    })
                  : await server.api.vote(token, poll.id, 0, { expect: 'any' });
              if (done.status < 300) seen.add(poll.id);
            }
            if (roll(3) === 0) await create(roll);
            if (roll(6) === 0) {
              const id = [...polls.keys()][roll(polls.size)];
              polls.delete(id); // before it is asked for: from here on it may be missing
              await server.api.post(`/api/polls/${id}/close`, { token: owner, expect: 'any' });
            }
          });
          for (const [id, n] of counts) assert.equal(n, 1, `${id} was shown ${n} times`);
          for (const id of throughout)
            assert.ok(counts.has(id) || !polls.has(id), `${id} was not shown`);
        }
      };
      const owner = token;
      const tokens = await server.api.crowd(8);
      await Promise.all(tokens.map((reader_token, i) => reader(reader_token, i + 1)));
    });
});
