// A client as somebody would write it, with the types that are made from the document.
// It is not run: that it compiles, and that what is wrong does not, is the test.
import createClient from 'openapi-fetch';
import type { components, paths } from '../../web/src/api/schema.js';

type Results = components['schemas']['Results'];
type LiveMessage = components['schemas']['LiveMessage'];

const url = 'http://127.0.0.1:8080';

function client(token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return createClient<paths>({ baseUrl: url, headers });
}

export async function take_part(): Promise<void> {
  const joined = await client().POST('/api/auth/guest');
  if (joined.error) throw new Error(joined.error.detail);
  const api = client(joined.data.token);

  for (let cursor: string | null = null; ; ) {
    const query: { limit: number; cursor?: string } = { limit: 20 };
    if (cursor !== null) query.cursor = cursor;
    const page = await api.GET('/api/polls', { params: { query } });
    if (page.error) throw new Error(page.error.code);
    for (const poll of page.data.items) await vote(api, poll);
    cursor = page.data.nextCursor;
    if (cursor === null) break;
  }
}

async function vote(
  api: ReturnType<typeof client>,
  poll: components['schemas']['Poll'],
): Promise<Results | null> {
  const last = poll.options[poll.options.length - 1];
  if (last === undefined) return null;
  const { data, error, response } = await api.POST('/api/polls/{id}/vote', {
    params: { path: { id: poll.id }, header: { 'Idempotency-Key': crypto.randomUUID() } },
    body: { optionIndex: last.index },
  });
  if (data) return data.results;
  switch (error.code) {
    case 'already_voted':
    case 'poll_closed':
      return null;
    case 'invalid':
      throw new Error(error.errors?.map(({ field, message }) => `${field} ${message}`).join());
    default:
      throw new Error(`${response.status} ${error.title}: ${error.detail}`);
  }
}

export async function run_a_poll(email: string, password: string): Promise<string> {
  const session = await client().POST('/api/auth/login', { body: { email, password } });
  if (session.error) throw new Error(session.error.code);
  const api = client(session.data.token);

  const made = await api.POST('/api/polls', {
    body: {
      title: 'Tabs or spaces?',
      options: ['Tabs', 'Spaces'],
      tags: ['editors'],
      resultsVisibility: 'after_vote',
      closesAt: null,
    },
  });
  if (made.error) throw new Error(made.error.code);
  const params = { path: { id: made.data.id } };

  await api.PATCH('/api/polls/{id}', { params, body: { description: 'For ever.' } });
  await api.PUT('/api/polls/{id}/vote', { params, body: { optionIndex: 1 } });
  await api.DELETE('/api/polls/{id}/vote', { params });
  await api.POST('/api/polls/{id}/skip', { params });
  await api.POST('/api/polls/{id}/close', { params });
  const stats = await api.GET('/api/polls/{id}/stats', {
    params: { ...params, query: { bucket: 'hour' } },
  });
  const best = await api.GET('/api/leaderboard', { params: { query: { window: 'day' } } });
  const mine = await api.GET('/api/users/me/votes');
  const owned = await api.GET('/api/users/me/polls', { params: { query: { status: 'open' } } });
  const me = await api.GET('/api/users/me');
  await api.POST('/api/votes', { body: { pollId: made.data.id, optionIndex: 0 } });
  const csv = await api.GET('/api/polls/{id}/results.csv', { params, parseAs: 'text' });
  await api.DELETE('/api/polls/{id}', { params });
  await api.POST('/api/auth/logout');

  const first: number | undefined = stats.data?.timeline[0]?.votes[0];
  const rank: number | undefined = best.data?.items[0]?.rank;
  const voted: string | undefined = mine.data?.items[0]?.votedAt;
  const left: number | null | undefined = me.data?.votesLeftToday;
  const title: string | undefined = owned.data?.items[0]?.title;
  return [csv.data, first, rank, voted, left, title].join();
}

/** A message of a WebSocket or an event stream. */
export function take(text: string): number | undefined {
  const message = JSON.parse(text) as LiveMessage;
  if (message.type === 'error') throw new Error(message.detail);
  if (message.type === 'leaderboard') return message.items[0]?.totalVotes;
  if (message.type === 'pong' || message.type === 'deleted') return undefined;
  if ('hidden' in message) return undefined;
  return message.totalVotes;
}

export async function mistakes(): Promise<void> {
  const api = client();
  // @ts-expect-error a poll has options
  await api.POST('/api/polls', { body: { title: 'x' } });
  // @ts-expect-error there is no such path
  await api.GET('/api/poll');
  // @ts-expect-error the id is a number
  await api.GET('/api/polls/{id}', { params: { path: { id: 'x' } } });
  // @ts-expect-error no such order
  await api.GET('/api/polls', { params: { query: { sort: 'old' } } });
}
