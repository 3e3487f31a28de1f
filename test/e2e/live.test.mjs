// Live results: everybody who follows gets the newest whole snapshot, over both
// protocols.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { EventSource } from 'eventsource';
import { check_results } from './lib/api.mjs';
import { open_sse, open_ws, refused_ws } from './lib/live.mjs';
import { lasting_port, Server, with_server } from './lib/server.mjs';
import { ahead_of, LIMIT_MS, pause, wait_until, within } from './lib/wait.mjs';

let token;
const server = with_server({}, async () => ({ token } = await server.api.register()));

const new_poll = (over) => server.api.create_poll(token, over);
const vote_once = async (poll, option = 0) => {
  const { token: voter } = await server.api.guest();
  return (await server.api.vote(voter, poll.id, option, { expect: 201 })).body;
};

/**
 * Waits until cond holds, asking the server for next to nothing over and over: the longest
 * that it, or we, took for that, in milliseconds.
 */
async function longest_gap_until(cond) {
  let longest = 0;
  let last = performance.now();
  await wait_until(async () => {
    await server.api.get('/healthz');
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    return cond();
  });
  return longest;
}

/** A snapshot without what depends on the moment or on the protocol. */
const bare = ({ at, viewers, type, ...results }) => results;

/** Both ways to follow one poll. */
const protocols = [
  ['WebSocket', (poll, call) => open_ws(server, `/ws/polls/${poll.id}`, call)],
  ['SSE', (poll, call) => open_sse(server, `/api/polls/${poll.id}/live`, call)],
];

for (const [name, follow] of protocols) {
  describe(`one poll by ${name}`, () => {
    test('the state comes at once, then after every change', async () => {
      const poll = await new_poll();
      const feed = await follow(poll);
      const first = await feed.next();
      assert.equal(first.type, 'results');
      assert.deepEqual(bare(first), await server.api.results(poll.id));
      for (let i = 1; i <= 5; i++) {
        const { results } = await vote_once(poll, i % 3);
        const seen = await feed.next((m) => m.totalVotes === i);
        assert.equal(seen.version, results.version);
        assert.deepEqual(bare(seen), results);
      }
      await feed.end();
    });

    test('never a version twice, or an older one after a newer; at most 20 a second', async () => {
      const poll = await new_poll({ voteChange: true });
      const feed = await follow(poll);
      await feed.next();
      const voters = await server.api.crowd(240);
      const [mover] = voters;
      const began = Date.now();
      while (voters.length > 0) {
        await Promise.all(
          voters.splice(0, 4).map((v) => server.api.vote(v, poll.id, 0, { expect: 201 })),
        );
        await pause(10); /* over a second and more, so that the rate shows */
      }
      /* They come while it changes. A busy machine may have sent fewer: then it goes on. */
      let option = 0;
      const keep_changing = async () => {
        if (feed.messages.length >= 5) return true;
        const body = { optionIndex: ++option % 3 };
        const path = `/api/polls/${poll.id}/vote`;
        await server.api.put(path, { token: mover, body, expect: 200 });
        return false;
      };
      await wait_until(keep_changing, LIMIT_MS, 'messages while votes come');
      await feed.next((m) => m.totalVotes === 240);
      const seconds = (Date.now() - began) / 1000;
      assert.ok(
        feed.messages.length <= 20 * seconds + 3,
        `${feed.messages.length} in ${seconds} s`,
      );
      const versions = feed.messages.map((m) => m.version);
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((a, b) => a - b),
      );
      for (const m of feed.messages) check_results(m);
      await feed.end();
    });

    test('tells how many watch', async () => {
      const poll = await new_poll();
      const one = await follow(poll);
      assert.equal((await one.next()).viewers, 1);
      const two = await follow(poll);
      await two.next();
      await vote_once(poll);
      assert.equal((await one.next((m) => m.totalVotes === 1)).viewers, 2);
      await two.end();
      // When the server has seen it go, the next change says so.
      await wait_until(
        async () => {
          await vote_once(poll);
          await pause(60);
          return one.newest().viewers === 1;
        },
        30_000,
        'one viewer again',
      );
      await one.end();
    });

    test('closing is the last message', async () => {
      const poll = await new_poll();
      const feed = await follow(poll);
      await feed.next();
      await vote_once(poll);
      await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 });
      const last = await feed.next((m) => m.status === 'closed');
      assert.deepEqual(bare(last), await server.api.results(poll.id));
      const n = feed.messages.length;
      await server.api.get('/healthz');
      assert.equal(feed.messages.length, n);
      await feed.end();
    });

    test('closesAt that passes is told, and a late vote changes nothing', async () => {
      const { poll, feed, closes } = await ahead_of(1000, async (closes) => {
        const poll = await new_poll({ closesAt: new Date(closes).toISOString() });
        const feed = await follow(poll);
        assert.equal((await feed.next()).status, 'open');
        return { poll, feed, closes };
      });
      const held_up = await longest_gap_until(() => feed.newest().status === 'closed');
      const last = await feed.next((m) => m.status === 'closed');
      assert.ok(last.at >= closes - 50, `told ${closes - last.at} ms too early`);
      assert.ok(
        last.at <= closes + 2000 + held_up,
        `told ${last.at - closes} ms late, held up for ${held_up}`,
      );
      const { token: voter } = await server.api.guest();
      await server.api.vote(voter, poll.id, 0, { expect: 'poll_closed' });
      assert.deepEqual(bare(last), await server.api.results(poll.id));
      await feed.end();
    });

    test('opensAt that passes is told', async () => {
      const { feed, opens } = await ahead_of(1000, async (opens) => {
        const poll = await new_poll({ opensAt: new Date(opens).toISOString() });
        const feed = await follow(poll);
        assert.equal((await feed.next()).status, 'scheduled');
        return { feed, opens };
      });
      const opened = await feed.next((m) => m.status === 'open');
      assert.ok(opened.at >= opens - 50);
      await feed.end();
    });

    test('hidden results stay hidden, to those who may not see them', async () => {
      const poll = await new_poll({ resultsVisibility: 'after_close' });
      const watcher = await server.api.guest();
      const hidden = await follow(poll, { token: watcher.token });
      const owners = await follow(poll, { token });
      const { version, at, viewers, ...first } = await hidden.next();
      assert.deepEqual(first, {
        type: 'results',
        pollId: poll.id,
        status: 'open',
        hidden: true,
      });
      await vote_once(poll, 2);
      const seen = await owners.next((m) => m.totalVotes === 1);
      assert.equal(hidden.messages.length, 1, 'nothing is sent for a vote');
      assert.deepEqual(
        seen.options.map((o) => o.votes),
        [0, 0, 1],
      );
      await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 });
      const shown = await hidden.next((m) => m.status === 'closed');
      assert.deepEqual(
        shown.options.map((o) => o.votes),
        [0, 0, 1],
      );
      for (const m of hidden.messages.filter((m) => m.hidden)) {
        assert.equal(m.options, undefined);
        assert.equal(m.totalVotes, undefined);
      }
      await hidden.end();
      await owners.end();
    });

    test('a vote shows what only voters see, on every connection of the voter', async () => {
      const poll = await new_poll({ resultsVisibility: 'after_vote', voteChange: true });
      const voter = await server.api.guest();
      const stranger = await server.api.guest();
      const mine = await Promise.all([1, 2, 3].map(() => follow(poll, { token: voter.token })));
      const theirs = await follow(poll, { token: stranger.token });
      const nobodys = await follow(poll);
      for (const feed of [...mine, theirs, nobodys])
        assert.equal((await feed.next()).hidden, true);
      await server.api.vote(voter.token, poll.id, 1, { expect: 201 });
      for (const feed of mine) {
        const shown = await feed.next((m) => !m.hidden);
        assert.equal(shown.options[1].votes, 1);
      }
      for (const feed of [theirs, nobodys])
        assert.equal(feed.messages.length, 1, 'nothing is sent for a vote');
      await server.api.delete(`/api/polls/${poll.id}/vote`, {
        token: voter.token,
        expect: 204,
      });
      for (const feed of mine) {
        await wait_until(
          () => feed.messages.at(-1).hidden,
          LIMIT_MS,
          () => feed.said(),
        );
      }
      for (const feed of [...mine, theirs, nobodys]) await feed.end();
    });

    test('a poll that does not exist is 404', async () => {
      if (name === 'SSE') {
        await server.api.get('/api/polls/999999/live', { expect: 'not_found' });
      } else {
        assert.equal(await refused_ws(server, '/ws/polls/999999'), 404);
      }
    });

    test('that a poll was deleted is its last message', async () => {
      const poll = await new_poll({ resultsVisibility: 'after_vote' });
      const { token: voter } = await server.api.guest();
      await server.api.vote(voter, poll.id, 0, { expect: 201 });
      const feeds = [
        await follow(poll),
        await follow(poll, { token }),
        await follow(poll, { token: voter }),
      ];
      for (const feed of feeds) await feed.next();
      await server.api.delete(`/api/polls/${poll.id}`, { token, expect: 204 });
      for (const feed of feeds) {
        const { at, ...last } = await feed.next((m) => m.type !== 'results');
        assert.deepEqual(last, { type: 'deleted', pollId: poll.id });
        if (name === 'SSE') {
          await within(feed.closed, 30_000, 'the end of a stream that follows nothing');
          assert.equal(feed.events.at(-1).event, 'deleted');
          assert.equal(feed.events.at(-1).id, undefined);
        }
        assert.equal(feed.messages.length, 2);
        await feed.end();
      }
    });

    test('a forged token is refused', async () => {
      const poll = await new_poll();
      if (name === 'SSE') {
        await server.api.get(`/api/polls/${poll.id}/live`, {
          token: 'x',
          expect: 'unauthorized',
        });
      } else {
        assert.equal(await refused_ws(server, `/ws/polls/${poll.id}`, { token: 'x' }), 401);
      }
    });
  });
}

describe('a deleted poll among others', () => {
  const remove = (poll) => server.api.delete(`/api/polls/${poll.id}`, { token, expect: 204 });
  const gone = (poll) => (m) => m.type === 'deleted' && m.pollId === poll.id;

  test('by WebSocket: makes room for another, and cannot be tracked again', async () => {
    const polls = [];
    for (let i = 0; i < 101; i++) polls.push(await new_poll());
    const feed = await open_ws(server, '/ws');
    feed.send({ type: 'track', polls: polls.slice(0, 100).map((poll) => poll.id) });
    await feed.next((m) => m.pollId === polls[99].id);
    feed.send({ type: 'track', polls: [polls[100].id] });
    await feed.next((m) => m.code === 'too_large');
    await remove(polls[50]);
    await feed.next(gone(polls[50]));
    feed.send({ type: 'track', polls: [polls[100].id] });
    await feed.next((m) => m.pollId === polls[100].id);
    await vote_once(polls[0]);
    await feed.next((m) => m.pollId === polls[0].id && m.totalVotes === 1);
    feed.send({ type: 'untrack', polls: [polls[0].id] });
    feed.send({ type: 'track', polls: [polls[50].id] });
    await feed.next((m) => m.code === 'not_found');
    assert.equal(feed.messages.filter(gone(polls[50])).length, 1);
    await feed.end();
  });
  test('by SSE: the stream goes on until the last of them is deleted', async () => {
    const [one, two] = [await new_poll(), await new_poll()];
    const feed = await open_sse(server, `/api/live?polls=${one.id},${two.id}`);
    await feed.next((m) => m.pollId === two.id);
    await remove(one);
    await feed.next(gone(one));
    await vote_once(two);
    await feed.next((m) => m.totalVotes === 1);
    assert.equal(feed.ended, false);
    await remove(two);
    await feed.next(gone(two));
    await within(feed.closed, 30_000, 'the end of the stream');
    await server.api.get(`/api/live?polls=${two.id}`, { expect: 'not_found' });
  });
  test('who untracked it, or watches another, is told nothing', async () => {
    const [one, two] = [await new_poll(), await new_poll()];
    const feed = await open_ws(server, `/ws/polls/${one.id}`);
    await feed.next();
    feed.send({ type: 'track', polls: [two.id] });
    await feed.next((m) => m.pollId === two.id);
    feed.send({ type: 'untrack', polls: [one.id] });
    feed.send({ type: 'ping' });
    await feed.next((m) => m.type === 'pong');
    await remove(one);
    await vote_once(two);
    await feed.next((m) => m.totalVotes === 1);
    assert.ok(!feed.messages.some(gone(one)), feed.said());
    await feed.end();
  });
});

test('REST, WebSocket and SSE say the same at the same version', async () => {
  const polls = [await new_poll(), await new_poll()];
  const feeds = [];
  for (const poll of polls) for (const [, follow] of protocols) feeds.push(await follow(poll));
  const said = new Map();
  const note = (results) => {
    const key = `${results.pollId}.${results.version}`;
    const text = JSON.stringify(results);
    assert.equal(said.get(key) ?? text, text);
    said.set(key, text);
  };
  const voters = await server.api.crowd(150);
  let done = false;
  const reader = (async () => {
    while (!done) for (const poll of polls) note(await server.api.results(poll.id));
  })();
  await Promise.all(
    polls.map(async (poll) => {
      for (const [i, voter] of voters.entries()) {
        note((await server.api.vote(voter, poll.id, i % 3, { expect: 201 })).body.results);
      }
    }),
  );
  for (const feed of feeds) await feed.next((m) => m.totalVotes === 150);
  done = true;
  await reader;
  for (const feed of feeds) {
    for (const message of feed.messages) note(bare(message));
    await feed.end();
  }
});

describe('many polls over one WebSocket', () => {
  test('track and untrack', async () => {
    const [one, two, three] = [await new_poll(), await new_poll(), await new_poll()];
    const feed = await open_ws(server, '/ws');
    assert.equal(feed.messages.length, 0);
    feed.send({ type: 'track', polls: [one.id, two.id] });
    await feed.next((m) => m.pollId === one.id);
    await feed.next((m) => m.pollId === two.id);
    await vote_once(two, 1);
    await feed.next((m) => m.pollId === two.id && m.totalVotes === 1);
    feed.send({ type: 'untrack', polls: [two.id] });
    feed.send({ type: 'track', polls: [three.id] });
    await feed.next((m) => m.pollId === three.id);
    await vote_once(two, 1);
    await vote_once(one, 1);
    await vote_once(three, 1);
    await feed.next((m) => m.pollId === one.id && m.totalVotes === 1);
    await feed.next((m) => m.pollId === three.id && m.totalVotes === 1);
    assert.equal(feed.newest(two.id).totalVotes, 1, 'nothing of it after untrack');
    feed.send({ type: 'track', polls: [two.id] });
    await feed.next((m) => m.pollId === two.id && m.totalVotes === 2);
    await feed.end();
  });
  test('untrack holds at once, also while the server still asks who may see', async () => {
    const asked = await new_poll({ resultsVisibility: 'after_vote' });
    const other = await new_poll();
    const feed = await open_ws(server, '/ws', { token: (await server.api.guest()).token });
    for (let i = 0; i < 20; i++) {
      feed.send({ type: 'track', polls: [asked.id] });
      feed.send({ type: 'untrack', polls: [asked.id] });
    }
    feed.send({ type: 'track', polls: [other.id] });
    await feed.next((m) => m.pollId === other.id);
    const so_far = feed.messages.length;
    await vote_once(asked);
    await vote_once(other);
    await feed.next((m) => m.pollId === other.id && m.totalVotes === 1);
    const after_it = feed.messages.slice(so_far).filter((m) => m.pollId === asked.id);
    assert.deepEqual(after_it, []);
    await feed.end();
  });
  test('tracking what is tracked already, or untracking what is not, does no harm', async () => {
    const poll = await new_poll();
    const feed = await open_ws(server, '/ws');
    feed.send({ type: 'untrack', polls: [poll.id, 999_999] });
    feed.send({ type: 'track', polls: [poll.id, poll.id] });
    feed.send({ type: 'track', polls: [poll.id] });
    await feed.next((m) => m.pollId === poll.id);
    await vote_once(poll);
    await feed.next((m) => m.totalVotes === 1);
    const versions = feed.messages.map((m) => m.version);
    assert.equal(new Set(versions).size, versions.length, 'no snapshot twice');
    await feed.end();
  });
  test('a poll that does not exist is an error, and the others are tracked', async () => {
    const poll = await new_poll();
    const feed = await open_ws(server, '/ws');
    feed.send({ type: 'track', polls: [999_999, poll.id, 999_998] });
    await feed.next((m) => m.pollId === poll.id && m.type === 'results');
    feed.send({ type: 'track', polls: [999_997] });
    await feed.next((m) => m.type === 'error' && m.polls[0] === 999_997);
    const errors = feed.messages.filter((m) => m.type === 'error');
    assert.deepEqual(
      errors.map(({ code, polls }) => [code, polls]),
      [
        ['not_found', [999_999, 999_998]],
        ['not_found', [999_997]],
      ],
    );
    await feed.end();
  });
  test('at most 100', async () => {
    const polls = [];
    while (polls.length < 101) {
      const ten = await Promise.all(Array.from({ length: 20 }, () => new_poll()));
      polls.push(...ten.map((poll) => poll.id));
    }
    const feed = await open_ws(server, '/ws');
    feed.send({ type: 'track', polls: polls.slice(0, 100) });
    await wait_until(
      () => new Set(feed.messages.map((m) => m.pollId)).size === 100,
      30_000,
      '100 snapshots',
    );
    feed.send({ type: 'track', polls: [polls[100]] });
    const error = await feed.next((m) => m.type === 'error');
    assert.ok(error.detail);
    assert.deepEqual([error.code, error.polls], ['too_large', [polls[100]]]);
    feed.send({ type: 'track', topics: ['leaderboard'] });
    const topic = await feed.next((m) => m.topics !== undefined);
    assert.deepEqual([topic.code, topic.topics], ['too_large', ['leaderboard']]);
    const n_before = feed.messages.length;
    feed.send({ type: 'track', polls: polls.slice(0, 100) }); /* as it is already */
    feed.send({ type: 'untrack', polls: [polls[0]] });
    feed.send({ type: 'track', polls: [polls[100]] });
    await feed.next((m) => m.pollId === polls[100] && m.type === 'results');
    assert.ok(feed.messages.slice(n_before).every((m) => m.type !== 'error'));
    feed.send({ type: 'untrack', polls: [polls[1]] });
    feed.send({ type: 'track', polls: [999_999, polls[1], polls[0]] });
    const errors = () => feed.messages.slice(n_before).filter((m) => m.type === 'error');
    await wait_until(() => errors().length === 2, LIMIT_MS, '2 errors');
    const refused = errors().map((m) => [m.code, m.polls]);
    assert.deepEqual(refused, [
      ['not_found', [999_999]],
      ['too_large', [polls[0]]],
    ]);
    await feed.end();
  });

  const nonsense = [
    'hello',
    '{}',
    '[]',
    'null',
    '{"type": "dance"}',
    '{"type": "track"}',
    '{"type": "track", "polls": 1}',
    '{"type": "track", "polls": ["1"]}',
    '{"type": "track", "polls": [0]}',
    '{"type": "track", "polls": [1.5]}',
    '{"type": "track"',
  ];
  for (const text of nonsense) {
    test(`${text} is an error`, async () => {
      const feed = await open_ws(server, '/ws');
      feed.send(text);
      const error = await feed.next();
      assert.equal(error.type, 'error');
      assert.equal(typeof error.code, 'string');
      assert.ok(error.detail.length > 0);
      await feed.end();
    });
  }
  test('after three the connection is closed with 1008', async () => {
    const feed = await open_ws(server, '/ws');
    for (let i = 0; i < 3; i++) feed.send('hello');
    const { code } = await within(feed.closed, 30_000, 'the close');
    assert.equal(code, 1008);
    assert.ok(feed.messages.every((m) => m.type === 'error'));
    assert.ok(feed.messages.length >= 2, feed.said());
  });
  test('a binary message is an error, and a huge one closes', async () => {
    const feed = await open_ws(server, '/ws');
    feed.socket.send(Buffer.from('{"type": "track", "polls": [1]}'));
    assert.equal((await feed.next()).type, 'error');
    feed.send(' '.repeat(20_000));
    assert.equal((await within(feed.closed, 30_000, 'the close')).code, 1009);
  });
  test('a message in pieces is one message; a ping gets a pong', async () => {
    const poll = await new_poll();
    const feed = await open_ws(server, '/ws');
    feed.socket.send('{"type": "track", ', { fin: false });
    feed.socket.ping('are you there?');
    const [pong] = await within(once(feed.socket, 'pong'), 30_000, 'a pong');
    assert.equal(String(pong), 'are you there?');
    feed.socket.send(`"polls": [${poll.id}]}`, { fin: true });
    await feed.next((m) => m.pollId === poll.id);
    await feed.end();
  });
  test('a message "ping" is answered, as often as it comes', async () => {
    const feed = await open_ws(server, '/ws');
    for (let i = 1; i <= 4; i++) {
      feed.send({ type: 'ping' });
      await wait_until(() => feed.messages.length === i, 30_000, `pong ${i}`);
    }
    for (const { at, ...message } of feed.messages) assert.deepEqual(message, { type: 'pong' });
    await feed.end();
  });
  test('a close is answered', async () => {
    const feed = await open_ws(server, '/ws');
    feed.socket.close(1000);
    assert.equal((await within(feed.closed, 30_000, 'the close')).code, 1000);
  });
});

describe('WebSocket handshake', () => {
  test('a plain GET says what is missing', async () => {
    const { headers } = await server.api.get('/ws', { expect: 'upgrade_required' });
    assert.match(headers.upgrade, /websocket/i);
  });
  const good = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  for (const over of [{ 'sec-websocket-key': 'short' }, { 'sec-websocket-version': '8' }]) {
    test(`${JSON.stringify(over)} is refused`, async () => {
      const { Raw } = await import('./lib/raw.mjs');
      const raw = new Raw(server);
      const lines = Object.entries({ host: 'x', ...good, ...over }).map(
        ([k, v]) => `${k}: ${v}\r\n`,
      );
      raw.send(`GET /ws HTTP/1.1\r\n${lines.join('')}\r\n`);
      assert.ok([400, 426].includes((await raw.answer()).status));
      raw.end();
    });
  }
});

describe('server-sent events', () => {
  const path_of = (poll) => `/api/polls/${poll.id}/live`;

  test('carry the poll and the version as their id', async () => {
    const poll = await new_poll();
    const feed = await open_sse(server, path_of(poll));
    await feed.next();
    const [event] = feed.events;
    assert.equal(event.event, 'results');
    assert.equal(event.id, `${poll.id}.${event.data.version}.v`);
    await feed.end();
  });
  for (const [how, call_of, path] of [
    ['Last-Event-ID', (id) => ({ headers: { 'last-event-id': id } }), path_of],
    ['?lastEventId', () => ({}), (poll, id) => `${path_of(poll)}?lastEventId=${id}`],
  ]) {
    test(`${how} suppresses what the client has`, async () => {
      const poll = await new_poll();
      const { version } = await server.api.results(poll.id);
      const id = `${poll.id}.${version}.v`;
      const feed = await open_sse(server, path(poll, id), call_of(id));
      await vote_once(poll);
      const first = await feed.next();
      assert.equal(first.totalVotes, 1, 'the first thing that comes is new');
      await feed.end();
    });
    test(`${how} of an older version does not`, async () => {
      const poll = await new_poll();
      const { version } = await server.api.results(poll.id);
      await vote_once(poll);
      const id = `${poll.id}.${version}.v`;
      const feed = await open_sse(server, path(poll, id), call_of(id));
      assert.equal((await feed.next()).totalVotes, 1);
      await feed.end();
    });
    test(`${how} says what was shown: hidden and visible never stand for each other`, async () => {
      const poll = await new_poll({ resultsVisibility: 'after_close' });
      const stranger = await open_sse(server, path(poll, ''), call_of(''));
      const owner = await open_sse(server, path(poll, ''), { token });
      await stranger.next();
      await owner.next();
      const [hidden, visible] = [stranger.events[0].id, owner.events[0].id];
      assert.match(hidden, /\.h$/);
      for (const [id, call] of [
        [hidden, { token }],
        [visible, {}],
        [hidden.replace('.h', '.v'), { token: undefined }],
        [`${poll.id}.999.v`, { token }],
        [`${poll.id}.999.h`, {}],
      ]) {
        const feed = await open_sse(server, path(poll, id), { ...call_of(id), ...call });
        assert.equal(
          (await feed.next()).hidden,
          call.token === undefined ? true : undefined,
          id,
        );
        await feed.end();
      }
      const again = await open_sse(server, path(poll, hidden), call_of(hidden));
      await vote_once(poll);
      await owner.next((m) => m.totalVotes === 1);
      assert.equal(again.messages.length, 0, 'it has this one, and votes change nothing');
      await server.api.post(`/api/polls/${poll.id}/close`, { token, expect: 200 });
      assert.equal((await again.next()).totalVotes, 1);
      for (const feed of [stranger, owner, again]) await feed.end();
    });
    test(`${how} that is nonsense is as none`, async () => {
      const poll = await new_poll();
      for (const id of [
        `${poll.id}.2`,
        `${poll.id}.2.x`,
        'x',
        '1',
        '1.2.3',
        `${poll.id}.-1`,
        '99999999999999999999.1',
        '',
      ]) {
        const feed = await open_sse(server, path(poll, id), call_of(id));
        await feed.next();
        await feed.end();
      }
    });
  }
  test('many polls over one stream', async () => {
    const polls = [await new_poll(), await new_poll(), await new_poll()];
    const ids = polls.map((poll) => poll.id);
    const feed = await open_sse(server, `/api/live?polls=${ids.join(',')}`);
    for (const id of ids) await feed.next((m) => m.pollId === id);
    await vote_once(polls[1]);
    const event = await feed.next((m) => m.pollId === ids[1] && m.totalVotes === 1);
    assert.equal(feed.events.at(-1).id, `${ids[1]}.${event.version}.v`);
    await feed.end();
  });
  for (const query of [
    '',
    '?polls=',
    '?polls=x',
    '?polls=1,,2',
    `?polls=${Array.from({ length: 101 }, (_, i) => i + 1)}`,
  ]) {
    test(`/api/live${query.slice(0, 20)} is a bad request`, () =>
      server.api.get(`/api/live${query}`, { expect: 'bad_request' }));
  }
  test('a browser’s EventSource follows, and comes back by itself', async () => {
    const own = await Server.start({ config: { 'server.port': await lasting_port() } });
    try {
      const { token: owner } = await own.api.register();
      const poll = await own.api.create_poll(owner);
      const source = new EventSource(`${own.url}${path_of(poll)}`);
      const seen = [];
      source.addEventListener('results', (event) => seen.push(JSON.parse(event.data)));
      await wait_until(() => seen.length > 0, 30_000, 'the state');
      await own.restart();
      const { token: voter } = await own.api.guest();
      await own.api.vote(voter, poll.id, 0, { expect: 201 });
      await wait_until(
        () => seen.at(-1).totalVotes === 1,
        30_000,
        'the vote after the restart',
      );
      const versions = seen.map((results) => results.version);
      assert.equal(new Set(versions).size, versions.length, 'nothing twice');
      source.close();
    } finally {
      await own.end();
    }
  });
});

describe('many watchers', () => {
  test('100 of them all see the last state', async () => {
    const poll = await new_poll();
    const feeds = await Promise.all(
      Array.from({ length: 100 }, (_, i) => protocols[i % 2][1](poll)),
    );
    const voters = await server.api.crowd(60);
    await Promise.all(voters.map((voter, i) => server.api.vote(voter, poll.id, i % 3)));
    for (const feed of feeds) {
      await feed.next((m) => m.totalVotes === 60);
      const versions = feed.messages.map((m) => m.version);
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((a, b) => a - b),
      );
    }
    await Promise.all(feeds.map((feed) => feed.end()));
  });
  test('they come and go while votes are cast', async () => {
    const poll = await new_poll();
    const voters = await server.api.crowd(100);
    let done = false;
    const watchers = Array.from({ length: 10 }, async (_, i) => {
      while (!done) {
        const feed = await protocols[i % 2][1](poll);
        await feed.next();
        await feed.end();
      }
    });
    for (const voter of voters) await server.api.vote(voter, poll.id, 0, { expect: 201 });
    done = true;
    await Promise.all(watchers);
    assert.equal((await server.api.results(poll.id)).totalVotes, 100);
  });
});

describe('what a hidden snapshot shows has a version of its own', () => {
  test('it grows with edits and status, not with votes, also over a restart', async () => {
    const own = await Server.start();
    try {
      const { token: owner } = await own.api.register();
      const poll = await own.api.create_poll(owner, { resultsVisibility: 'after_vote' });
      const look = async () => {
        const feed = await open_ws(own, `/ws/polls/${poll.id}`);
        const message = await feed.next();
        await feed.end();
        assert.equal(message.hidden, true);
        return message.version;
      };
      const versions = [await look()];
      const edit = async (body) => {
        const path = `/api/polls/${poll.id}`;
        await own.api.patch(path, { token: owner, body, expect: 200 });
        versions.push(await look());
      };
      await edit({ title: 'Another question?' });
      await own.restart();
      assert.equal(await look(), versions.at(-1));
      for (const voter of await own.api.crowd(5)) {
        await own.api.vote(voter, poll.id, 0, { expect: 201 });
      }
      assert.equal(await look(), versions.at(-1));
      await own.kill();
      await own.start();
      assert.equal(await look(), versions.at(-1));
      await own.api.post(`/api/polls/${poll.id}/close`, { token: owner, expect: 200 });
      versions.push(await look());
      await edit({ closesAt: null });
      assert.deepEqual(
        versions,
        [...new Set(versions)].sort((a, b) => a - b),
      );
    } finally {
      await own.kill();
      own.remove();
    }
  });
  test('sort=hot takes nothing of a hidden poll but what everybody may know', async () => {
    const own = await Server.start();
    try {
      const { token: owner } = await own.api.register();
      const made = [];
      for (const resultsVisibility of ['always', 'after_vote', 'after_close', 'always']) {
        made.push(await own.api.create_poll(owner, { resultsVisibility }));
      }
      const [shown, after_vote, after_close, newest] = made.map((poll) => poll.id);
      for (const voter of await own.api.crowd(6)) {
        for (const poll of [shown, after_vote, after_close]) {
          await own.api.vote(voter, poll, 0, { expect: 201 });
        }
      }
      const order = async () =>
        (await own.api.get('/api/polls?sort=hot')).body.items.map((poll) => poll.id);
      await wait_until(async () => (await order())[0] === shown);
      assert.deepEqual(await order(), [shown, newest, after_close, after_vote]);
      await own.restart();
      assert.deepEqual(await order(), [shown, newest, after_close, after_vote]);
    } finally {
      await own.kill();
      own.remove();
    }
  });
});
