/** A server for tests: answers by route, and remembers what it was asked. */
import { vi } from 'vitest';
import type { Me, Poll, Results } from '~/api/client';

export interface Call {
  /** Like "GET /api/users/me/votes?cursor=2". */
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly search: URLSearchParams;
  readonly key: string | null;
  readonly bearer: string | null;
  /** X-Expect-User. */
  readonly forWhom: string | null;
  readonly body: unknown;
}

/** 200 where it does not say; also a whole Response. */
export type Answer =
  | { status?: number; body?: unknown; headers?: Record<string, string> }
  | Response;
type Told = Answer | Promise<Answer>;
export type Reply = Answer | 'unreachable' | ((call: Call) => Told);
export type Routes = Record<string, Reply | Reply[]>;

/** A problem as the server words it; `retryAfter` in seconds. */
export function problem(
  status: number,
  code: string,
  { retryAfter, ...more }: { retryAfter?: number; [member: string]: unknown } = {},
): Answer {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  const body = { status, code, title: code, detail: `about ${code}`, ...more };
  return { status, body, headers };
}

/**
 * Routes such as 'POST /api/polls/1/vote', with a query where that matters. Of a list each
 * reply is given once, and the last one from then on. What is not listed is 404.
 */
export function fakeApi(routes: Routes): Call[] {
  const calls: Call[] = [];
  const turns = new Map<string, number>();
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const call = await callOf(input);
    calls.push(call);
    const plain = `${call.method} ${call.path}`;
    const route = call.what in routes ? call.what : plain;
    const replies = [routes[route] ?? problem(404, 'not_found')].flat();
    const turn = turns.get(route) ?? 0;
    turns.set(route, turn + 1);
    const reply = replies[Math.min(turn, replies.length - 1)] ?? 'unreachable';
    if (reply === 'unreachable') throw new TypeError('fetch failed');
    return responseOf(typeof reply === 'function' ? await reply(call) : reply);
  });
  return calls;
}

async function callOf(input: Request | URL | string): Promise<Call> {
  const request = new Request(
    input instanceof Request ? input : new URL(input, location.href),
  );
  const text = await request.text();
  const { pathname, search, searchParams } = new URL(request.url);
  return {
    what: `${request.method} ${pathname}${search}`,
    method: request.method,
    path: pathname,
    search: searchParams,
    key: request.headers.get('Idempotency-Key'),
    bearer: request.headers.get('Authorization'),
    forWhom: request.headers.get('X-Expect-User'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function responseOf(answer: Answer): Response {
  if (answer instanceof Response) return answer.clone();
  const { status = 200, body, headers = {} } = answer;
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

export function aMe(change: Partial<Me> = {}): Me {
  return {
    id: 7,
    username: null,
    email: null,
    kind: 'guest',
    createdAt: '2026-01-01T00:00:00.000Z',
    votesToday: 0,
    votesLeftToday: 100,
    ...change,
  };
}

/** The answer to POST /api/auth/guest. */
export function aGuestJoins(id: number) {
  const user = { id, kind: 'guest' };
  return { status: 201, body: { user, token: 'a.b.c', expiresAt: '2036-01-01T00:00:00Z' } };
}

export function optionsOf(...texts: string[]): Poll['options'] {
  return texts.map((text, index) => ({ index, text }));
}

export function aPoll(change: Partial<Poll> = {}): Poll {
  return {
    id: 1,
    title: 'Tabs or spaces?',
    description: null,
    options: optionsOf('Tabs', 'Spaces', 'Both'),
    tags: [],
    owner: { id: 99, username: 'ada' },
    status: 'open',
    createdAt: '2026-01-01T00:00:00.000Z',
    opensAt: null,
    closesAt: null,
    resultsVisibility: 'always',
    voteChange: false,
    voters: 'anyone',
    myVote: null,
    skipped: false,
    results: someResults([0, 0, 0], 1),
    ...change,
  };
}

export function someResults(
  votes: number[],
  version: number,
  status: Results['status'] = 'open',
): Results {
  const totalVotes = votes.reduce((sum, n) => sum + n, 0);
  const percentOf = (n: number) => Math.round((1000 * n) / (totalVotes || 1)) / 10;
  const options = votes.map((n, index) => ({ index, votes: n, percent: percentOf(n) }));
  return { pollId: 1, version, status, totalVotes, options };
}
