// PATCH /api/polls/{id}: what may be changed, by whom, until when.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { check_results, votes_of } from './lib/api.mjs';
import { open_sse, open_ws } from './lib/live.mjs';
import { Server } from './lib/server.mjs';
import { ahead_of, wait_until } from './lib/wait.mjs';

let server, owner, voter;
before(async () => {
  server = await Server.start();
  owner = (await server.api.register()).token;
  voter = (await server.api.guest()).token;
});
after(async () => {
  await server.stop();
  await server.verify();
  server.remove();
});

const edit = async (id, body, expect = 200) =>
  (await server.api.patch(`/api/polls/${id}`, { token: owner, body, expect })).body;
const read = async (id) => (await server.api.get(`/api/polls/${id}`, { token: owner })).body;
const in_ms = (ms) => new Date(Date.now() + ms).toISOString();
const crash = async () => {
  await server.kill();
  await server.start();
};

describe('before there is a vote', () => {
  const rows = [
    { title: 'Emacs or vi?' },
    { description: 'Choose well.' },
    { description: null },
    { options: ['A', 'B'] },
    { options: ['A', 'B', 'C', 'D', 'E'] },
    { tags: ['editors', 'x'] },
    { tags: [] },
    { opensAt: in_ms(3_600_000), closesAt: in_ms(7_200_000) },
    { closesAt: in_ms(3_600_000) },
    { closesAt: null },
    { resultsVisibility: 'after_vote' },
    { voters: 'registered' },
    { voteChange: true },
    {
      title: 'All',
      options: ['1', '2'],
      tags: ['all'],
      voteChange: true,
      voters: 'registered',
    },
  ];
  for (const body of rows) {
    test(`${JSON.stringify(body)} is done, shown and kept`, async () => {
      const over = { description: 'Old', tags: ['old'], closesAt: in_ms(7_200_000) };
      const was = await server.api.create_poll(owner, over);
      const is = await edit(was.id, body);
      const { options, ...rest } = body;
      const texts = options ?? was.options.map((option) => option.text);
      assert.deepEqual(
        is.options,
        texts.map((text, index) => ({ index, text })),
      );
      for (const [field, value] of Object.entries({ ...was, ...rest })) {
        if (['options', 'results', 'status'].includes(field)) continue;
        assert.deepEqual(is[field], value, field);
      }
      assert.equal(is.status, body.opensAt === undefined ? 'open' : 'scheduled');
      assert.ok(is.results.version > was.results.version);
      check_results(is.results, texts.length);
      assert.deepEqual(await read(was.id), is);
      if (rows.indexOf(body) % 4 === 0) {
        await crash();
        assert.deepEqual(await read(was.id), is);
      }
    });
  }
  test('votes go to the options that are there now', async () => {
    const { id } = await server.api.create_poll(owner);
    await edit(id, { options: ['A', 'B', 'C', 'D'] });
    await server.api.vote(voter, id, 3);
    assert.deepEqual(votes_of(await server.api.results(id)), [0, 0, 0, 1]);
    const fewer = await server.api.create_poll(owner);
    await edit(fewer.id, { options: ['A', 'B'] });
    await server.api.vote(voter, fewer.id, 2, { expect: 'unknown_option' });
    await server.api.vote(voter, fewer.id, 1);
    await crash();
    assert.deepEqual(votes_of(await server.api.results(id)), [0, 0, 0, 1]);
    assert.deepEqual(votes_of(await server.api.results(fewer.id)), [0, 1]);
  });
  test('lists and search know the new words and tags', async () => {
    const { id } = await server.api.create_poll(owner, { tags: ['before'] });
    await edit(id, { title: 'Xylophone?', tags: ['after'] });
    const ids = async (query) =>
      (await server.api.get(`/api/polls?${query}`)).body.items.map((poll) => poll.id);
    assert.ok((await ids('tag=after')).includes(id));
    assert.ok(!(await ids('tag=before&limit=100')).includes(id));
    await wait_until(async () => (await ids('q=xylophone')).includes(id), 30_000, 'search');
  });
  test('what is so already is no change', async () => {
    const poll = await server.api.create_poll(owner, { tags: ['same'] });
    assert.deepEqual(await edit(poll.id, {}), poll);
    assert.deepEqual(await edit(poll.id, { title: poll.title, tags: ['Same'] }), poll);
    assert.deepEqual(await edit(poll.id, { id: 5, results: null, status: 'closed' }), poll);
  });
});

describe('once there is a vote', () => {
  const frozen = [
    { title: 'Another' },
    { options: ['Spaces', 'Tabs', 'Both'] },
    { options: ['Tabs', 'Spaces'] },
    { tags: ['new'] },
    { opensAt: in_ms(60_000) },
    { resultsVisibility: 'after_close' },
    { voters: 'registered' },
    { voteChange: true },
    { description: 'with it', title: 'Another' },
  ];
  let poll;
  before(async () => {
    poll = await server.api.create_poll(owner);
    await server.api.vote(voter, poll.id, 1);
    poll = await read(poll.id);
  });
  for (const body of frozen) {
    test(`${JSON.stringify(body)} is refused`, async () => {
      await edit(poll.id, body, 'conflict');
      assert.deepEqual(await read(poll.id), poll);
    });
  }
  test('description and closesAt can be changed, and the votes stay', async () => {
    const closesAt = in_ms(3_600_000);
    const body = { description: 'More', closesAt, title: poll.title };
    const is = await edit(poll.id, body);
    assert.equal(is.description, 'More');
    assert.equal(is.closesAt, closesAt);
    assert.deepEqual(votes_of(is.results), [0, 1, 0]);
    assert.ok(is.results.version > poll.results.version);
    await crash();
    assert.deepEqual(await read(poll.id), is);
  });
  test('of votes and an edit at once, never both', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await server.api.create_poll(owner);
      const voters = await server.api.crowd(8);
      const [answer, ...votes] = await Promise.all([
        server.api.patch(`/api/polls/${id}`, {
          token: owner,
          body: { options: ['A', 'B'] },
          expect: 'any',
        }),
        ...voters.map((token) => server.api.vote(token, id, 2, { expect: 'any' })),
      ]);
      const entered = votes.filter((vote) => vote.status === 201).length;
      const results = await server.api.results(id);
      if (answer.status === 200) {
        assert.deepEqual(votes_of(results), [0, 0]);
        assert.equal(entered, 0);
      } else {
        assert.equal(answer.status, 409);
        assert.deepEqual(votes_of(results), [0, 0, entered]);
        assert.ok(entered > 0);
      }
    }
  });
});

describe('closing times', () => {
  test('a closed poll opens again, at a higher version, and takes votes', async () => {
    const { id } = await server.api.create_poll(owner);
    await server.api.vote(voter, id, 0);
    await server.api.post(`/api/polls/${id}/close`, { token: owner });
    const closed = await server.api.results(id);
    const other = (await server.api.guest()).token;
    await server.api.vote(other, id, 0, { expect: 'poll_closed' });

    const is = await edit(id, { closesAt: null });
    assert.equal(is.status, 'open');
    assert.ok(is.results.version > closed.version);
    await server.api.vote(other, id, 2);
    const then = await server.api.results(id);
    assert.ok(then.version > is.results.version);
    assert.deepEqual(votes_of(then), [1, 0, 1]);
    const feed = await server.api.get('/api/polls?limit=100', { token: owner });
    assert.ok(
      feed.body.items.some((poll) => poll.id === id),
      'it is in the feed again',
    );
    await crash();
    assert.deepEqual(await server.api.results(id), then);
    await server.api.vote((await server.api.guest()).token, id, 2);
  });
  test('a new time is kept, and told to who watches', async () => {
    const { id, ws, closes } = await ahead_of(1000, async (closes) => {
      const { id } = await server.api.create_poll(owner);
      const ws = await open_ws(server, `/ws/polls/${id}`);
      await edit(id, { closesAt: new Date(closes).toISOString() });
      return { id, ws, closes };
    });
    await ws.next((message) => message.status === 'closed');
    ws.socket.close();
    assert.ok(Date.now() >= closes);
    await server.api.vote(voter, id, 0, { expect: 'poll_closed' });
  });
  test('a later time holds where an earlier one was', async () => {
    const { id, first } = await ahead_of(1000, async (first) => {
      const closesAt = new Date(first).toISOString();
      const { id } = await server.api.create_poll(owner, { closesAt });
      await edit(id, { closesAt: in_ms(3_600_000) });
      return { id, first };
    });
    await wait_until(() => Date.now() > first + 100);
    assert.equal((await read(id)).status, 'open');
    await server.api.vote(voter, id, 0);
  });
  test('versions only grow, whatever is changed', async () => {
    const { id } = await server.api.create_poll(owner);
    let last = (await read(id)).results.version;
    const steps = [
      () => edit(id, { description: 'a' }),
      () => edit(id, { closesAt: in_ms(60_000) }),
      () => server.api.post(`/api/polls/${id}/close`, { token: owner }),
      () => edit(id, { description: 'b' }),
      () => edit(id, { closesAt: in_ms(60_000) }),
      () => server.api.vote(voter, id, 1),
      () => server.api.post(`/api/polls/${id}/close`, { token: owner }),
      () => edit(id, { closesAt: null }),
      () => crash(),
    ];
    for (const [i, step] of steps.entries()) {
      await step();
      const { version } = (await read(id)).results;
      assert.ok(i === steps.length - 1 ? version === last : version > last, `step ${i}`);
      last = version;
    }
  });
});

describe('results that are hidden while somebody watches', () => {
  const both = (id, call) =>
    Promise.all([
      open_ws(server, `/ws/polls/${id}`, call),
      open_sse(server, `/api/polls/${id}/live`, call),
    ]);
  const follow = async (id, call, fits) => {
    const feeds = await both(id, call);
    await Promise.all(feeds.map((feed) => feed.next(fits)));
    return feeds;
  };
  const is_hidden = (m) => m.hidden === true && m.options === undefined;

  for (const resultsVisibility of ['after_vote', 'after_close']) {
    test(`${resultsVisibility} is set: strangers see no vote, the owner all`, async () => {
      const { id } = await server.api.create_poll(owner);
      const seen = (m) => m.totalVotes === 0;
      const strangers = await follow(id, {}, seen);
      const owners = await follow(id, { token: owner }, seen);
      await edit(id, { resultsVisibility });
      await server.api.vote((await server.api.guest()).token, id, 0, { expect: 201 });
      for (const feed of owners) await feed.next((m) => m.totalVotes === 1);
      const hidden = await Promise.all(strangers.map((feed) => feed.next(is_hidden)));
      await edit(id, { description: 'after the vote' });
      for (const [i, feed] of strangers.entries()) {
        await feed.next((m) => is_hidden(m) && m.version > hidden[i].version);
        assert.ok(feed.messages.every((m) => !(m.totalVotes > 0)));
      }
      for (const feed of [...strangers, ...owners]) await feed.end();
    });
  }
  test('a closed poll opens again: what goes on is hidden again', async () => {
    const { id } = await server.api.create_poll(owner, { resultsVisibility: 'after_close' });
    await server.api.vote(voter, id, 0, { expect: 201 });
    await server.api.post(`/api/polls/${id}/close`, { token: owner });
    const strangers = await follow(id, {}, (m) => m.totalVotes === 1);
    await edit(id, { closesAt: null });
    await server.api.vote((await server.api.guest()).token, id, 0, { expect: 201 });
    const hidden = await Promise.all(strangers.map((feed) => feed.next(is_hidden)));
    await edit(id, { description: 'after the vote' });
    for (const [i, feed] of strangers.entries()) {
      await feed.next((m) => is_hidden(m) && m.version > hidden[i].version);
      assert.ok(feed.messages.every((m) => !(m.totalVotes > 1)));
      await feed.end();
    }
  });
});

describe('refusals', () => {
  const rows = [
    ['title', ''],
    ['title', null],
    ['title', 5],
    ['title', 'x'.repeat(201)],
    ['description', 5],
    ['options', ['one']],
    ['options', null],
    ['options', 'ab'],
    ['tags', ['not good!']],
    ['tags', 'x'],
    ['opensAt', 'soon'],
    ['closesAt', '2001-01-01T00:00:00Z'],
    ['closesAt', 5],
    ['resultsVisibility', 'sometimes'],
    ['voters', 'cats'],
    ['voteChange', 'yes'],
  ];
  for (const [field, value] of rows) {
    test(`${field} ${JSON.stringify(value)?.slice(0, 30)} is refused, and named`, async () => {
      const { id } = await server.api.create_poll(owner);
      const { errors } = await edit(id, { [field]: value }, 'invalid');
      for (const error of errors) assert.ok(error.field.startsWith(field), error.field);
    });
  }
  test('opensAt has to be before closesAt, whichever is new', async () => {
    const in_hours = (hours) => in_ms(hours * 3_600_000);
    const { id } = await server.api.create_poll(owner, { closesAt: in_hours(6) });
    await edit(id, { opensAt: in_hours(9) }, 'invalid');
    await edit(id, { opensAt: in_hours(3) });
    await edit(id, { closesAt: in_hours(2) }, 'invalid');
  });
  test('a closed poll can get a description', async () => {
    const { id } = await server.api.create_poll(owner);
    await server.api.post(`/api/polls/${id}/close`, { token: owner });
    const is = await edit(id, { description: 'It was close.' });
    assert.equal(is.status, 'closed');
  });
  test('only the owner may', async () => {
    const { id } = await server.api.create_poll(owner);
    const body = { title: 'Mine' };
    const other = (await server.api.register()).token;
    const call = (token, expect) =>
      server.api.patch(`/api/polls/${id}`, { token, body, expect });
    await call(other, 'forbidden');
    await call(voter, 'forbidden');
    await call(undefined, 'unauthorized');
    await edit(999_999, body, 'not_found');
    await server.api.delete(`/api/polls/${id}`, { token: owner });
    await edit(id, body, 'not_found');
  });
});
