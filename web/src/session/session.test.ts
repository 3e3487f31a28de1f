import { beforeEach, describe, expect, test } from 'vitest';
import { api, data } from '~/api/client';
import type { Services } from '~/services';
import {
  aGuestJoins,
  aMe,
  type Call,
  fakeApi,
  problem,
  type Reply,
  someResults,
} from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { meQuery, type SessionChange } from './session';

const WHO = 'GET /api/users/me';
const NOBODY = problem(401, 'unauthorized');
const GUEST: Reply = { status: 200, body: aMe() };
const USER: Reply = { status: 200, body: aMe({ kind: 'user', username: 'ada' }) };
const JOIN: Record<string, Reply> = {
  'POST /api/auth/guest': aGuestJoins(8),
  'POST /api/auth/logout': { status: 204 },
};

let services: Services;
let changes: SessionChange[];

beforeEach(() => {
  services = testServices();
  changes = [];
  services.session.onChange((change) => changes.push(change));
});

const mark = () => localStorage.getItem('pollux.session');
const me = () => services.client.getQueryData(meQuery.queryKey);
const count = (calls: Call[], path: string) => calls.filter((c) => c.path === path).length;
const tags = () => data(api.GET('/api/tags'));

describe('a newcomer', () => {
  test('is not asked for: nothing is sent', async () => {
    const calls = fakeApi({});
    expect(await services.client.fetchQuery(meQuery)).toBeNull();
    expect(calls).toHaveLength(0);
  });

  test('becomes one guest, also when two votes ask at once', async () => {
    const calls = fakeApi({ ...JOIN, [WHO]: NOBODY });
    await Promise.all([services.session.ensure(), services.session.ensure()]);
    await services.session.ensure();
    expect(count(calls, '/api/auth/guest')).toBe(1);
    expect(count(calls, '/api/auth/logout')).toBe(0);
    expect(me()).toMatchObject({ id: 8, kind: 'guest' });
    expect(count(calls, '/api/users/me')).toBe(1); // a vote waits for no more
    expect(changes).toEqual(['joined']);
    expect({ ...localStorage }).toEqual({ 'pollux.session': 'yes' });
  });

  test('is asked for in full by whatever shows them next', async () => {
    fakeApi({ ...JOIN, [WHO]: [NOBODY, GUEST] });
    await services.session.ensure();
    expect(me()?.votesLeftToday).toBeNull();
    expect((await services.client.fetchQuery(meQuery))?.votesLeftToday).toBe(100);
  });

  test('keeps all that they see', async () => {
    fakeApi({ ...JOIN, [WHO]: NOBODY });
    services.choices.set(5, { myVote: null, skipped: true });
    services.client.setQueryData(['feed'], 'polls');
    await services.session.ensure();
    expect(services.choices.get(5)?.skipped).toBe(true);
    expect(services.client.getQueryData(['feed'])).toBe('polls');
  });

  test('who has a cookie and lost the mark is who they were', async () => {
    const calls = fakeApi({ ...JOIN, [WHO]: USER });
    await services.session.ensure();
    expect(count(calls, '/api/auth/guest')).toBe(0);
    expect(me()?.username).toBe('ada');
    expect(mark()).toBe('yes');
  });

  test('whose browser holds a cookie of no use reads without it', async () => {
    const calls = fakeApi({
      ...JOIN,
      'GET /api/tags': [NOBODY, { status: 200, body: [] }],
    });
    expect(await tags()).toEqual([]);
    expect(count(calls, '/api/auth/logout')).toBe(1);
  });

  test('can ask again after a failure', async () => {
    fakeApi({
      ...JOIN,
      [WHO]: NOBODY,
      'POST /api/auth/guest': [problem(503, 'overloaded'), aGuestJoins(8)],
    });
    await expect(services.session.ensure()).rejects.toMatchObject({ code: 'overloaded' });
    await services.session.ensure();
    expect(me()?.kind).toBe('guest');
  });
});

describe('who is known', () => {
  beforeEach(() => localStorage.setItem('pollux.session', 'yes'));

  test('is asked for once, also when a vote comes first', async () => {
    const calls = fakeApi({ [WHO]: USER });
    await Promise.all([services.client.fetchQuery(meQuery), services.session.ensure()]);
    expect(count(calls, '/api/users/me')).toBe(1);
    expect(changes).toEqual([]);
  });

  test('and whose session has ended is nobody, and reads on', async () => {
    const calls = fakeApi({
      ...JOIN,
      [WHO]: NOBODY,
      'GET /api/tags': [NOBODY, { status: 200, body: [] }],
    });
    const [who, list] = await Promise.all([services.client.fetchQuery(meQuery), tags()]);
    expect(who).toBeNull();
    expect(list).toEqual([]);
    expect(count(calls, '/api/auth/logout')).toBe(1);
    expect(mark()).toBeNull();
  });

  describe('and whose session ends by itself', () => {
    const ADA: Reply = { status: 200, body: aMe({ id: 9, kind: 'user', username: 'eve' }) };

    async function lose(next: Reply) {
      const calls = fakeApi({
        ...JOIN,
        [WHO]: [USER, next],
        'GET /api/tags': [NOBODY, { status: 200, body: [] }],
      });
      await services.client.fetchQuery(meQuery);
      services.choices.set(1, { myVote: 0, skipped: false });
      services.results.offer(someResults([3, 1], 2));
      await tags();
      return calls;
    }

    test('keeps what they see, and is asked to sign in', async () => {
      await lose(USER);
      expect(changes).toEqual(['expired']);
      expect(services.session.hasExpired).toBe(true);
      expect(services.choices.get(1)?.myVote).toBe(0);
      services.results.offer({ pollId: 1, version: 3, status: 'open', viewers: 2 });
      expect(services.results.get(1)?.results?.totalVotes).toBe(4);
      expect(me()).toBeNull();
    });

    test('does not go on as a guest', async () => {
      const calls = await lose(USER);
      await expect(services.session.ensure()).rejects.toMatchObject({
        code: 'unauthorized',
      });
      expect(count(calls, '/api/auth/guest')).toBe(0);
    });

    test('comes back to it', async () => {
      await lose(USER);
      await services.session.changed();
      expect(services.session.hasExpired).toBe(false);
      expect(services.choices.get(1)?.myVote).toBe(0);
    });

    test('does not leave it to the next', async () => {
      await lose(ADA);
      await services.session.changed();
      expect(changes).toEqual(['expired', 'switched']);
      expect(services.choices.get(1)).toBeUndefined();
      expect(services.results.get(1)).toBeUndefined();
    });
  });

  test('is looked for again: another tab may be somebody else', async () => {
    fakeApi({ [WHO]: [USER, { status: 200, body: aMe({ id: 9, kind: 'user' }) }] });
    await services.client.fetchQuery(meQuery);
    await services.session.check();
    expect(changes).toEqual(['switched']);
    expect(me()?.id).toBe(9);
  });

  test('stays who they are when a password is wrong', async () => {
    const calls = fakeApi({ ...JOIN, [WHO]: USER, 'POST /api/auth/login': NOBODY });
    await services.client.fetchQuery(meQuery);
    const body = { email: 'ada@example.org', password: 'wrong' };
    await expect(data(api.POST('/api/auth/login', { body }))).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect(count(calls, '/api/auth/logout')).toBe(0);
    expect(me()?.kind).toBe('user');
  });

  test('signs out', async () => {
    const calls = fakeApi({ ...JOIN, [WHO]: USER });
    await services.client.fetchQuery(meQuery);
    await Promise.all([services.session.signOut(), services.session.signOut()]);
    expect(count(calls, '/api/auth/logout')).toBe(1);
    expect(me()).toBeNull();
    expect(mark()).toBeNull();
    expect(changes).toEqual(['left']);
  });

  test('a vote right after signing out waits for it: its cookie would go too', async () => {
    const order: string[] = [];
    const say = (word: string, status: number) => async () => {
      await Promise.resolve();
      order.push(word);
      return status === 204 ? { status } : aGuestJoins(8);
    };
    fakeApi({
      [WHO]: [USER, NOBODY],
      'POST /api/auth/logout': say('out', 204),
      'POST /api/auth/guest': say('in', 201),
    });
    await services.client.fetchQuery(meQuery);
    await Promise.all([services.session.signOut(), services.session.ensure()]);
    expect(order).toEqual(['out', 'in']);
    expect(me()?.kind).toBe('guest');
  });

  test('a late answer to an earlier session does not end this one', async () => {
    let refuse = () => {};
    const late = new Promise<void>((resolve) => {
      refuse = resolve;
    });
    const calls = fakeApi({
      ...JOIN,
      [WHO]: [GUEST, USER],
      'GET /api/tags': [() => late.then(() => NOBODY), { status: 200, body: [] }],
    });
    await services.client.fetchQuery(meQuery);
    const asked = tags();
    await services.session.changed();
    refuse();
    expect(await asked).toEqual([]);
    expect(count(calls, '/api/auth/logout')).toBe(0);
    expect(me()?.kind).toBe('user');
  });

  test('who signs in is not forgotten by an answer from before', async () => {
    let answer = () => {};
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    fakeApi({ ...JOIN, [WHO]: [() => slow.then(() => GUEST as never), USER] });
    const before = services.client.fetchQuery(meQuery);
    await services.session.changed();
    answer();
    await before;
    expect(me()?.kind).toBe('user');
  });
});
