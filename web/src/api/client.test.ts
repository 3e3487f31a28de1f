import { describe, expect, test, vi } from 'vitest';
import { fakeApi, problem } from '~/test/fakeApi';
import { api, bearerToken, data, setBearer } from './client';
import { ApiError } from './error';

const tags = () => data(api.GET('/api/tags'));

describe('a call', () => {
  test('gives its data', async () => {
    fakeApi({ 'GET /api/tags': { status: 200, body: [{ tag: 'c', polls: 3 }] } });
    expect(await tags()).toEqual([{ tag: 'c', polls: 3 }]);
  });

  test('throws what the server refused, and when it may be tried again', async () => {
    vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] });
    fakeApi({ 'GET /api/tags': problem(429, 'rate_limited', { retryAfter: 30 }) });
    const error = await tags().catch((e: unknown) => e as ApiError);
    vi.useRealTimers();
    expect(error).toMatchObject({ code: 'rate_limited', status: 429, isTransient: false });
    expect((error as ApiError).retryAt?.getTime()).toBe(1_030_000);
  });

  test.each<[string, string, () => Promise<Response>]>([
    ['nobody answers', 'offline', () => Promise.reject(new TypeError('fetch failed'))],
    [
      'the answer takes too long',
      'timeout',
      () => Promise.reject(new DOMException('', 'TimeoutError')),
    ],
    [
      'somebody else answers',
      'unreadable',
      async () => new Response('<html>', { status: 502 }),
    ],
    ['the answer breaks off', 'unreadable', async () => new Response('[{"tag"')],
  ])('that fails because %s is %s, and may be repeated', async (_, code, answer) => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(answer);
    const error = await tags().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code, isTransient: true });
  });

  test('from a widget carries its token', async () => {
    fakeApi({ 'GET /api/tags': { status: 200, body: [] } });
    setBearer('abc');
    expect(bearerToken()).toBe('abc');
    await tags();
    setBearer(null);
    await tags();
    const sent = vi.mocked(fetch).mock.calls.map(([request]) => request as Request);
    expect(sent.map((request) => request.headers.get('Authorization'))).toEqual([
      'Bearer abc',
      null,
    ]);
  });
});
