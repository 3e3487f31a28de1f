import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';
import { api, bearerToken, setBearer } from '~/api/client';
import { fakeApi, problem } from '~/test/fakeApi';
import { embed } from './embedded';
import { meQuery, Session } from './session';

const HOUR = 3_600_000;
const GUEST = { id: 7, username: null, email: null, kind: 'guest' };
const inAnHour = () => new Date(Date.now() + HOUR).toISOString();
const refused = problem(401, 'unauthorized');

/** The server, as a frame sees it: with its cookies, or without them. */
function serve({ cookies }: { cookies: boolean }) {
  const server = { hasCookie: false, valid: 'the-token' };
  const isKnown = (bearer: string | null) =>
    bearer === null ? server.hasCookie : bearer === `Bearer ${server.valid}`;
  fakeApi({
    'POST /api/auth/guest': () => {
      server.hasCookie = cookies;
      const body = { user: GUEST, token: server.valid, expiresAt: inAnHour() };
      return { status: 201, body };
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
