import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';
import { api, bearerToken, setBearer } from '~/api/client';
import { fakeApi, problem } from '~/test/fakeApi';
import { embed } from './embedded';
import { RENEWED } from './renewed';
import { meQuery, Session } from './session';

const HOUR = 3_600_000;
const GUEST = { id: 7, username: null, email: null, kind: 'guest' };
const inAnHour = () => new Date(Date.now() + HOUR).toISOString();
const refused = problem(401, 'unauthorized');

/** The server, as a frame sees it: with its cookies, or without them. */
function serve({ cookies }: { cookies: boolean }) {
  const server = { hasCookie: false, valid: 'the-token', isDown: false, joins: 0 };
  const isKnown = (bearer: string | null) =>
    bearer === null ? server.hasCookie : bearer === `Bearer ${server.valid}`;
  fakeApi({
    'POST /api/auth/guest': () => {
      server.hasCookie = cookies;
      server.joins++;
      const body = { user: GUEST, token: server.valid, expiresAt: inAnHour() };
      return { status: 201, body };
    },
    'POST /api/auth/refresh': ({ bearer }) => {
      if (server.isDown || !isKnown(bearer)) return refused;
      server.valid = `${server.valid}+`;
      const body = { user: GUEST, token: server.valid, expiresAt: inAnHour() };
      return { status: 200, body };
    },
    'POST /api/auth/logout': { status: 204 },
    'GET /api/users/me': ({ bearer }) => (isKnown(bearer) ? { body: GUEST } : refused),
    'GET /api/tags': ({ bearer }) =>
      bearer === null || isKnown(bearer) ? { body: [] } : refused,
  });
  return server;
}

function widget() {
  const client = new QueryClient();
  const session = new Session(client);
  embed(session);
  return { client, session };
}

afterEach(() => {
  vi.useRealTimers();
  setBearer(null);
  vi.unstubAllGlobals();
});

test('a guest without cookies is known by a token, also after a reload', async () => {
  serve({ cookies: false });
  const { client, session } = widget();
  await session.ensure();
  expect(client.getQueryData(meQuery.queryKey)).toMatchObject({ id: 7 });
  expect(bearerToken()).toBe('the-token');

  setBearer(null);
  widget();
  expect(bearerToken()).toBe('the-token');
});

test('where the cookie works no token is kept', async () => {
  serve({ cookies: true });
  const { client, session } = widget();
  await session.ensure();
  expect(client.getQueryData(meQuery.queryKey)).toMatchObject({ id: 7 });
  expect(bearerToken()).toBeNull();
  expect(localStorage.getItem('pollux.token')).toBeNull();
});

test('the page itself keeps no token', async () => {
  serve({ cookies: false });
  await new Session(new QueryClient()).ensure();
  expect(bearerToken()).toBeNull();
});

test('an expired token is dropped', () => {
  const before = new Date(Date.now() - 1000).toISOString();
  localStorage.setItem('pollux.token', `${before} old-token`);
  widget();
  expect(bearerToken()).toBeNull();
  expect(localStorage.getItem('pollux.token')).toBeNull();
});

test('what is not a token is dropped', () => {
  localStorage.setItem('pollux.token', `${inAnHour()}`);
  widget();
  expect(bearerToken()).toBeNull();
  expect(localStorage.getItem('pollux.token')).toBeNull();
});

test('where storage is forbidden the token lasts as long as the frame', async () => {
  serve({ cookies: false });
  const forbid = () => {
    throw new DOMException('no', 'SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: forbid, setItem: forbid, removeItem: forbid });
  const { client, session } = widget();
  await session.ensure();
  expect(bearerToken()).toBe('the-token');
  expect(client.getQueryData(meQuery.queryKey)).toMatchObject({ id: 7 });
});

test('a token that the server no longer takes is dropped, and reading goes on', async () => {
  const server = serve({ cookies: false });
  await widget().session.ensure();
  server.valid = 'another';
  const { response } = await api.GET('/api/tags');
  expect(response.status).toBe(200);
  expect(bearerToken()).toBeNull();
  expect(localStorage.getItem('pollux.token')).toBeNull();
});

const MINUTE = 60_000;
const stored = () => localStorage.getItem('pollux.token');

/** A widget whose guest has a token for an hour, and a clock in the test's hands. */
async function joined() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'Date'] });
  const server = serve({ cookies: false });
  await widget().session.ensure();
  return server;
}

test('a token is changed for a new one when half of its time has gone', async () => {
  await joined();
  const renewed = vi.fn();
  window.addEventListener(RENEWED, renewed);
  await vi.advanceTimersByTimeAsync(29 * MINUTE);
  expect([bearerToken(), renewed.mock.calls.length]).toEqual(['the-token', 0]);
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect([bearerToken(), renewed.mock.calls.length]).toEqual(['the-token+', 1]);
  expect(stored()).toMatch(/ the-token\+$/);
  await vi.advanceTimersByTimeAsync(10 * HOUR);
  expect(bearerToken()).toBe(`the-token${'+'.repeat(21)}`);
  window.removeEventListener(RENEWED, renewed);
});

test('a widget that is opened late in the time of its token has it renewed', async () => {
  await joined();
  await vi.advanceTimersByTimeAsync(29 * MINUTE);
  setBearer(null);
  widget();
  await vi.advanceTimersByTimeAsync(16 * MINUTE);
  expect(bearerToken()).toBe('the-token+');
});

test('a renewal that fails is tried again before the token ends', async () => {
  const server = await joined();
  server.isDown = true;
  await vi.advanceTimersByTimeAsync(31 * MINUTE);
  expect(bearerToken()).toBe('the-token');
  server.isDown = false;
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  expect(bearerToken()).toBe('the-token+');
});

test('a token that could not be renewed until its end is looked into, and left', async () => {
  const server = await joined();
  server.valid = 'another';
  await vi.advanceTimersByTimeAsync(61 * MINUTE);
  expect([bearerToken(), stored()]).toEqual([null, null]);
});

/** In a frame of its own, which has not heard of the token that is kept. */
const inAnotherFrame = () => setBearer(null);

test('who has joined in one widget is the same guest in the next', async () => {
  const server = serve({ cookies: false });
  const next = widget();
  await widget().session.ensure();
  inAnotherFrame();
  await next.session.ensure();
  expect([bearerToken(), next.session.userId, server.joins]).toEqual(['the-token', 7, 1]);
});

test('a widget hears at once that its reader has joined in another', async () => {
  serve({ cookies: false });
  const listening = vi.spyOn(window, 'addEventListener');
  const next = widget();
  const listener = listening.mock.calls.find(([type]) => type === 'storage')?.[1];
  await widget().session.ensure();
  inAnotherFrame();
  (listener as (event: StorageEvent) => void)(
    new StorageEvent('storage', { key: 'pollux.token' }),
  );
  await vi.waitFor(() => expect(next.session.userId).toBe(7));
  expect(bearerToken()).toBe('the-token');
});
