// Limits per client: votes a day, requests a minute, requests a second.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { open_sse } from './lib/live.mjs';
import { Server } from './lib/server.mjs';
import { wait_until, within_a_day } from './lib/wait.mjs';

/** Runs fn with a server of that configuration. */
async function with_config(config, fn) {
  const server = await Server.start({ config });
  try {
    await fn(server);
  } finally {
    await server.end();
  }
}

const seconds_to_midnight = () => (86_400_000 - (Date.now() % 86_400_000)) / 1000;

const statuses_of = async (calls) => (await Promise.all(calls)).map((answer) => answer.status);

/** As with_config, of tests that count votes of a day. */
const in_a_day = (config, fn) => within_a_day(() => with_config(config, fn));

describe('votes of a day', () => {
  test('the fourth of three is refused until midnight UTC', () =>
    in_a_day({ 'limits.votes_per_day': 3 }, async (server) => {
      const { token } = await server.api.register();
      const polls = [];
      for (let i = 0; i < 5; i++) polls.push(await server.api.create_poll(token));
      for (const left of [2, 1, 0]) {
        const { body } = await server.api.vote(token, polls[left].id, 0, { expect: 201 });
        assert.equal(body.votesLeftToday, left);
      }
      const refused = await server.api.vote(token, polls[3].id, 0, { expect: 'daily_limit' });
      const wait = Number(refused.headers['retry-after']);
      assert.ok(Math.abs(wait - seconds_to_midnight()) < 60, `Retry-After: ${wait}`);
      assert.equal((await server.api.results(polls[3].id)).totalVotes, 0);
      // Skips are free, what was refused otherwise is still refused so, others go on.
      await server.api.post(`/api/polls/${polls[3].id}/skip`, { token, expect: 204 });
      await server.api.vote(token, polls[0].id, 0, { expect: 'already_voted' });
      const other = await server.api.guest();
      await server.api.vote(other.token, polls[3].id, 0, { expect: 201 });
      await server.restart();
      await server.api.vote(token, polls[4].id, 0, { expect: 'daily_limit' });
      const me = (await server.api.get('/api/users/me', { token })).body;
      assert.equal(me.votesToday, 3);
      assert.equal(me.votesLeftToday, 0);
    }));
  test('50 at once: exactly three', () =>
    in_a_day({ 'limits.votes_per_day': 3 }, async (server) => {
      const { token } = await server.api.register();
      const polls = await Promise.all(
        Array.from({ length: 50 }, () => server.api.create_poll(token)),
      );
      const statuses = await statuses_of(
        polls.map((poll) => server.api.vote(token, poll.id, 0, { expect: 'any' })),
      );
      assert.equal(statuses.filter((s) => s === 201).length, 3, String(statuses));
      assert.equal(statuses.filter((s) => s === 429).length, 47, String(statuses));
      let total = 0;
      for (const poll of polls) total += (await server.api.results(poll.id)).totalVotes;
      assert.equal(total, 3);
    }));
  test('50 at once, on 120 polls: exactly 100, and none more after kill -9', () =>
    in_a_day({}, async (server) => {
      const { token } = await server.api.register();
      const polls = await Promise.all(
        Array.from({ length: 120 }, () => server.api.create_poll(token)),
      );
      const voted = [];
      const rush = async (_, offset) => {
        for (let i = 0; i < polls.length; i++) {
          const { id } = polls[(i + offset) % polls.length];
          const answer = await server.api.vote(token, id, 0, { expect: 'any' });
          if (answer.status === 201) voted.push(id);
          else assert.match(answer.body.code, /^(daily_limit|already_voted)$/);
        }
      };
      await Promise.all(Array.from({ length: 50 }, rush));
      assert.equal(voted.length, 100);
      const check = async () => {
        const me = (await server.api.get('/api/users/me', { token })).body;
        assert.deepEqual([me.votesToday, me.votesLeftToday], [100, 0]);
        for (const { id } of polls) {
          const { totalVotes } = await server.api.results(id);
          assert.equal(totalVotes, voted.includes(id) ? 1 : 0);
        }
      };
      await check();
      await server.kill();
      await server.start();
      const other = polls.find(({ id }) => !voted.includes(id));
      await server.api.vote(token, other.id, 0, { expect: 'daily_limit' });
      await check();
    }));
  test('a replay is not another vote', () =>
    in_a_day({ 'limits.votes_per_day': 1 }, async (server) => {
      const { token } = await server.api.register();
      const poll = await server.api.create_poll(token);
      const first = await server.api.vote(token, poll.id, 0, { key: 'k', expect: 201 });
      const again = await server.api.vote(token, poll.id, 0, { key: 'k', expect: 200 });
      assert.deepEqual(again.body, first.body);
    }));
  test('the limit is 100 by default', () =>
    in_a_day({}, async (server) => {
      const { token } = await server.api.register();
      const polls = await Promise.all(
        Array.from({ length: 101 }, () => server.api.create_poll(token)),
      );
      const statuses = await statuses_of(
        polls.map((poll) => server.api.vote(token, poll.id, 0, { expect: 'any' })),
      );
      assert.equal(statuses.filter((s) => s === 201).length, 100);
      assert.equal(statuses.filter((s) => s === 429).length, 1);
    }));
});

describe('requests', () => {
  const reset_of = ({ headers }) => Number(headers['x-ratelimit-reset']) * 1000;
  const left_of = ({ headers }) => Number(headers['x-ratelimit-remaining']);

  /** A refusal that says when to come back. */
  const check_refusal = (answer, seconds) => {
    const wait = Number(answer.headers['retry-after']);
    assert.equal(answer.body.code, 'rate_limited');
    assert.equal(left_of(answer), 0);
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= seconds, `Retry-After: ${wait}`);
    const off = reset_of(answer) - (Date.parse(answer.headers.date) + wait * 1000);
    assert.ok(Math.abs(off) <= 2000, `Retry-After and Reset are ${off} ms apart`);
  };

  test('of a user in a minute, whatever the path', () =>
    with_config({ 'limits.requests_per_minute': 5 }, async (server) => {
      const { token } = await server.api.register();
      const paths = [
        '/api/polls',
        '/api/users/me',
        '/api/polls?limit=2',
        '/api/polls',
        '/api/users/me',
      ];
      for (const [i, path] of paths.entries()) {
        const began = Date.now();
        const { headers } = await server.api.get(path, { token, expect: 200 });
        assert.equal(headers['x-ratelimit-limit'], '5');
        assert.equal(headers['x-ratelimit-remaining'], String(4 - i));
        const reset = reset_of({ headers });
        assert.ok(
          reset > began - 2000 && reset <= Date.now() + 61_000,
          headers['x-ratelimit-reset'],
        );
      }
      const refused = await server.api.get('/api/polls', { token, expect: 'rate_limited' });
      assert.equal(refused.headers['x-ratelimit-remaining'], '0');
      assert.ok(Number(refused.headers['retry-after']) <= 60);
      const other = await server.api.register();
      await server.api.get('/api/polls', { token: other.token, expect: 200 });
      await server.api.get('/healthz', { token, expect: 200 });
    }));
  test('without a user, of an address in a second; and again a second later', () =>
    with_config({ 'limits.burst_per_second': 5 }, async (server) => {
      const get = () => server.api.get('/api/polls', { expect: 'any' });
      const burst = async () => {
        const answers = await Promise.all(Array.from({ length: 20 }, get));
        return answers.find((answer) => answer.status === 429);
      };
      const refused = await wait_until(burst, 30_000, 'a refusal');
      assert.equal(refused.body.code, 'rate_limited');
      assert.equal(refused.headers['retry-after'], '1');
      await wait_until(async () => (await get()).status === 200, 30_000, 'the recovery');
      await server.api.get('/healthz', { expect: 200 });
    }));
  test('the limits are 100 and 200 by default', () =>
    with_config(
      { 'limits.requests_per_minute': 100, 'limits.burst_per_second': 200 },
      async (server) => {
        const { headers } = await server.api.get('/api/polls', { expect: 200 });
        assert.equal(headers['x-ratelimit-limit'], '200');
        const { token } = await server.api.guest();
        const mine = await server.api.get('/api/polls', { token, expect: 200 });
        assert.equal(mine.headers['x-ratelimit-limit'], '100');
      },
    ));
  test('a refused vote is not counted, and counts as a request only', () =>
    with_config({ 'limits.requests_per_minute': 3 }, async (server) => {
      const { token } = await server.api.register();
      const poll = await server.api.create_poll(token);
      await server.api.get('/api/polls', { token, expect: 200 });
      await server.api.get('/api/polls', { token, expect: 200 });
      await server.api.vote(token, poll.id, 0, { expect: 'rate_limited' });
      assert.equal((await server.api.results(poll.id)).totalVotes, 0);
    }));
  test('50 at once: exactly as many as one by one', () =>
    with_config({ 'limits.requests_per_minute': 20 }, async (server) => {
      const { token } = await server.api.guest();
      const get = () => server.api.get('/api/polls', { token, expect: 'any' });
      const answers = await Promise.all(Array.from({ length: 50 }, get));
      const admitted = answers.filter(({ status }) => status === 200);
      assert.deepEqual(
        admitted.map(left_of).sort((a, b) => a - b),
        Array.from({ length: 20 }, (_, i) => i),
      );
      const refused = answers.filter(({ status }) => status === 429);
      assert.equal(refused.length, 30);
      for (const answer of refused) check_refusal(answer, 60);
    }));
  test('who hammers is admitted again and again', () =>
    with_config({ 'limits.burst_per_second': 5 }, async (server) => {
      const from = performance.now();
      let [admitted, refused] = [0, 0];
      const hit = async () => {
        const answer = await server.api.get('/api/polls', { expect: 'any' });
        if (answer.status === 200) return admitted++;
        check_refusal(answer, 1);
        return refused++;
      };
      /* Several at once: one after the other may be no more than five in a second. */
      const hammer = async () => {
        await Promise.all(Array.from({ length: 20 }, hit));
        return admitted >= 11;
      };
      await wait_until(hammer, 30_000, () => `11 to be admitted, not only ${admitted}`);
      const span = performance.now() - from + 1; /* it counts in whole milliseconds */
      const seconds = Math.ceil(span / 1000);
      assert.ok(admitted <= 5 * seconds, `${admitted} in ${seconds} s`);
      assert.ok(refused > 0, 'nobody hammered');
    }));
});

describe('a hall behind one address', () => {
  const burst = async (n, call) => statuses_of(Array.from({ length: n }, call));
  const counts = (statuses) => [
    statuses.filter((s) => s < 300).length,
    statuses.filter((s) => s === 429).length,
  ];

  test('1,000 read the poll, join and vote in the same moment, with the limits as installed', () =>
    in_a_day(
      { 'limits.requests_per_minute': 100, 'limits.burst_per_second': 200 },
      async (server) => {
        const { token } = await server.api.register();
        const { id } = await server.api.create_poll(token);
        const newcomer = async () => {
          await server.api.get(`/api/polls/${id}`, { expect: 200 });
          const guest = await server.api.guest();
          await server.api.vote(guest.token, id, 0, { expect: 201 });
        };
        await Promise.all(Array.from({ length: 1000 }, newcomer));
        const { totalVotes } = await server.api.results(id, { token });
        assert.equal(totalVotes, 1000);
      },
    ));
  test('the limits are 2,000 guests a minute, 2,000 reads a second, 300 registrations', () =>
    with_config({ 'limits.burst_per_second': 200 }, async (server) => {
      const { token } = await server.api.register();
      const { id } = await server.api.create_poll(token);
      const limit_of = async (method, path, expect) =>
        (
          await server.api.call(method, path, {
            body: method === 'POST' ? {} : undefined,
            expect,
          })
        ).headers['x-ratelimit-limit'];
      assert.equal(await limit_of('POST', '/api/auth/guest', 201), '2000');
      assert.equal(await limit_of('GET', `/api/polls/${id}`, 200), '2000');
      assert.equal(await limit_of('POST', '/api/auth/register', 422), '300');
    }));
  test('joining is slowed alone: who has joined votes on, others read, log in and register', () =>
    with_config(
      { 'limits.burst_per_second': 200, 'limits.guests_per_minute': 3 },
      async (server) => {
        const account = await server.api.register();
        const { id } = await server.api.create_poll(account.token);
        const guest = await server.api.guest();
        const join = () =>
          server.api.call('POST', '/api/auth/guest', { body: {}, expect: 'any' });
        assert.deepEqual(counts(await burst(20, join)), [2, 18]);
        const refused = await join();
        assert.equal(refused.body.code, 'rate_limited');
        const wait = Number(refused.headers['retry-after']);
        assert.ok(wait >= 1 && wait <= 60, `Retry-After: ${wait}`);
        await server.api.vote(guest.token, id, 0, { expect: 201 });
        await server.api.get(`/api/polls/${id}`, { expect: 200 });
        await server.api.get('/api/polls', { expect: 200 });
        await server.api.register();
      },
    ));
  test('registering and reading are slowed alone too', () =>
    with_config(
      {
        'limits.burst_per_second': 200,
        'limits.registrations_per_minute': 2,
        'limits.poll_reads_per_second': 1,
      },
      async (server) => {
        const { token } = await server.api.register();
        const { id } = await server.api.create_poll(token);
        const register = () =>
          server.api.call('POST', '/api/auth/register', { body: {}, expect: 'any' });
        const statuses = await burst(10, register);
        assert.equal(statuses.filter((s) => s === 429).length, 9, String(statuses));
        const read = () => server.api.get(`/api/polls/${id}`, { expect: 'any' });
        await wait_until(
          async () => (await burst(20, read)).includes(429),
          30_000,
          'a refusal',
        );
        await server.api.get(`/api/polls/${id}`, { token, expect: 200 });
        await server.api.guest();
        await server.api.get('/api/polls', { expect: 200 });
      },
    ));
  for (const [why, config] of [
    ['0 switches it off', { 'limits.burst_per_second': 200, 'limits.guests_per_minute': 0 }],
    [
      'so does no limit by address',
      { 'limits.burst_per_second': 0, 'limits.guests_per_minute': 1 },
    ],
  ]) {
    test(why, () =>
      with_config(config, async (server) => {
        const join = () =>
          server.api.call('POST', '/api/auth/guest', { body: {}, expect: 201 });
        for (let i = 0; i < 3; i++) assert.ok(!('x-ratelimit-limit' in (await join()).headers));
      }),
    );
  }
});

describe('whose request it is', () => {
  const config = {
    'limits.requests_per_minute': 50,
    'limits.burst_per_second': 1000,
    'limits.poll_reads_per_second': 700,
    'limits.guests_per_minute': 800,
    'limits.registrations_per_minute': 900,
  };
  const limit_of = ({ headers }) => headers['x-ratelimit-limit'];
  const refusing = { 'limits.requests_per_minute': 0, 'limits.burst_per_second': 1 };
  const forwarded = (server, list) =>
    server.api.get('/api/polls', {
      headers: list === undefined ? {} : { 'x-forwarded-for': list },
      expect: 'any',
    });

  test('every answer under /api says it, and no other', () =>
    with_config({ ...config, 'server.origins': 'https://ours.example' }, async (server) => {
      const { token } = await server.api.register();
      const guest = (await server.api.guest()).token;
      const { id } = await server.api.create_poll(token);
      const vote = { optionIndex: 0 };
      const evil = 'https://evil.example';
      const rows = [
        ['a list', 'get', '/api/polls', { token }, 200, '50'],
        ['a head', 'head', '/api/polls', { token }, 200, '50'],
        ['a slash', 'get', '/api/polls/', { token }, 200, '50'],
        ['by cookie', 'get', '/api/polls', { cookie: token }, 200, '50'],
        ['a vote', 'post', `/api/polls/${id}/vote`, { token, body: vote }, 201, '50'],
        ['nothing', 'post', `/api/polls/${id}/skip`, { token: guest }, 204, '50'],
        ['no JSON', 'post', '/api/polls', { token, raw: '{' }, 415, '50'],
        ['too large', 'post', '/api/polls', { token, raw: 'x'.repeat(65537) }, 413, '50'],
        ['a broken rule', 'post', '/api/polls', { token, body: {} }, 422, '50'],
        ['not for a guest', 'post', '/api/polls', { token: guest, body: {} }, 403, '50'],
        ['no such poll', 'get', '/api/polls/99', { token }, 404, '50'],
        ['no such path', 'get', '/api/nothing', { token }, 404, '50'],
        ['no such method', 'patch', '/api/polls', { token }, 405, '50'],
        ['a method of no path', 'propfind', '/api/polls', { token }, 405, '50'],
        ['nobody', 'get', '/api/polls', {}, 200, '1000'],
        ['nobody, nowhere', 'get', '/api', {}, 404, '1000'],
        ['no token', 'get', '/api/users/me', {}, 401, '1000'],
        ['a bad token', 'get', '/api/polls', { token: `${token}x` }, 401, '1000'],
        ['a bad token, nowhere', 'get', '/api/nothing', { token: 'x' }, 404, '1000'],
        ['a foreign page', 'post', '/api/polls', { cookie: token, origin: evil }, 403, '1000'],
        ['joining', 'post', '/api/auth/guest', { token, body: {} }, 201, '800'],
        ['registering', 'post', '/api/auth/register', { token, body: {} }, 422, '900'],
        ['logging in', 'post', '/api/auth/login', { token, body: {} }, 422, '1000'],
        ['reading a poll', 'get', `/api/polls/${id}`, {}, 200, '700'],
        ['its results', 'get', `/api/polls/${id}/results`, {}, 200, '700'],
        ['its picture', 'get', `/api/polls/${id}/picture.png`, {}, 200, '700'],
        ['with an old cookie', 'get', `/api/polls/${id}`, { cookie: 'x' }, 401, '700'],
        ['as a user', 'get', `/api/polls/${id}`, { token }, 200, '50'],
        ['its stats', 'get', `/api/polls/${id}/stats`, {}, 200, '1000'],
        ['a vote by nobody', 'post', `/api/polls/${id}/vote`, { body: vote }, 401, '1000'],
        ['preflight', 'options', '/api/polls', { origin: 'https://ours.example' }, 204, '1000'],
        ['another path', 'get', '/healthz', { token }, 200, undefined],
        ['another path that is none', 'get', '/apix', { token }, 404, undefined],
        ['a WebSocket', 'get', '/ws', { token }, 426, undefined],
      ];
      for (const [why, method, path, call, expect, limit] of rows) {
        const answer = await server.api.call(method.toUpperCase(), path, { ...call, expect });
        assert.equal(limit_of(answer), limit, why);
        for (const name of ['remaining', 'reset']) {
          assert.equal(`x-ratelimit-${name}` in answer.headers, limit !== undefined, why);
        }
      }
      const path = `/api/polls/${id}/results`;
      const { etag } = (await server.api.get(path)).headers;
      const headers = { 'if-none-match': etag };
      assert.equal(limit_of(await server.api.get(path, { token, headers, expect: 304 })), '50');
      for (const [call, limit] of [
        [{ token }, '50'],
        [{}, '700'],
      ]) {
        const live = await open_sse(server, `/api/polls/${id}/live`, call);
        assert.equal(limit_of(live), limit);
        await live.end();
      }
    }));
  test('without limits there is nothing to say', () =>
    with_config({}, async (server) => {
      const { token } = await server.api.guest();
      for (const call of [{ token }, {}]) {
        const { headers } = await server.api.get('/api/polls', call);
        assert.ok(!Object.keys(headers).some((name) => name.startsWith('x-ratelimit')));
      }
    }));
  test('a user and the address do not pay for each other', () =>
    with_config({ ...refusing, 'limits.requests_per_minute': 3 }, async (server) => {
      const { token } = await server.api.guest();
      for (let i = 0; i < 3; i++) await server.api.get('/api/polls', { token, expect: 200 });
      await server.api.get('/api/polls', { token, expect: 'rate_limited' });
      await wait_until(async () => (await forwarded(server)).status === 200, 30_000, 'a turn');
    }));
  test('a bad token does not get around the limit of the address', () =>
    with_config({ 'limits.burst_per_second': 5 }, async (server) => {
      const guess = (_, i) => server.api.get('/api/polls', { token: `x${i}`, expect: 'any' });
      const burst = async () => statuses_of(Array.from({ length: 50 }, guess));
      await wait_until(async () => (await burst()).includes(429), 30_000, 'a refusal');
    }));
  test('X-Forwarded-For of a stranger does not count', () =>
    with_config({ ...refusing, 'server.trusted_proxies': '10.0.0.0/8' }, async (server) => {
      const burst = async () =>
        statuses_of(Array.from({ length: 20 }, (_, i) => forwarded(server, `192.0.2.${i}`)));
      await wait_until(async () => (await burst()).includes(429), 30_000, 'a refusal');
    }));
  test('X-Forwarded-For of our proxies does, as far as they wrote it', () =>
    with_config(
      { ...refusing, 'server.trusted_proxies': '127.0.0.0/8,10.0.0.0/8' },
      async (server) => {
        const burst = (list) =>
          statuses_of(Array.from({ length: 20 }, (_, i) => forwarded(server, list(i))));
        const all = async (list) => (await burst(list)).every((status) => status === 200);
        const some_refused = async (list) => (await burst(list)).includes(429);
        assert.ok(await all((i) => `192.0.2.${i}`), 'twenty clients');
        assert.ok(await all((i) => `192.0.3.${i}, 10.1.2.3`), 'through two proxies');
        assert.ok(await all((i) => `2001:db8:0:${i}::1`), 'twenty networks');
        for (const [why, list] of [
          ['one client', () => '198.51.100.1'],
          ['one that makes others up', (i) => `192.0.4.${i}, 198.51.100.2`],
          ['also ours', (i) => `10.0.0.${i}, 198.51.100.3, 10.1.2.3`],
          ['what cannot be read', (i) => `192.0.5.${i}, unknown`],
          ['a network of IPv6', (i) => `2001:db8:1:1::${i}`],
        ]) {
          await wait_until(() => some_refused(list), 30_000, why);
        }
      },
    ));
});
