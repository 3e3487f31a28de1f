/** For tests of these screens: a poll, a server that answers as it is told, and the page. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import type { Me, Poll, Results } from '~/api/client';
import { ServicesProvider } from '~/services';
import { aPoll, optionsOf } from '~/test/fakeApi';
import { testServices } from '~/test/services';

export const ADA: Me = {
  id: 1,
  username: 'ada',
  email: 'ada@example.org',
  kind: 'user',
  createdAt: '2026-01-01T00:00:00.000Z',
  votesToday: 0,
  votesLeftToday: 100,
};

export function resultsOf(votes: number[], more: Partial<Results> = {}): Results {
  const totalVotes = votes.reduce((sum, one) => sum + one, 0);
  return {
    pollId: 5,
    version: 10,
    status: 'open',
    totalVotes,
    options: votes.map((count, index) => ({
      index,
      votes: count,
      percent: totalVotes && (100 * count) / totalVotes,
    })),
    ...more,
  };
}

export function pollOf(more: Partial<Poll> = {}): Poll {
  return aPoll({
    id: 5,
    title: 'Tea or coffee?',
    options: optionsOf('Tea', 'Coffee'),
    tags: ['drinks'],
    owner: { id: 1, username: 'ada' },
    results: resultsOf([3, 1]),
    ...more,
  });
}

export function problem(status: number, code: string, more: object = {}): Response {
  const body = { status, code, title: code, detail: `the server says ${code}`, ...more };
  return Response.json(body, { status });
}

type Answer = (request: Request) => Response | object | Promise<Response | object>;

/** Answers by method and path ("GET /api/polls/5"); what is not told is 404. */
export function serve(answers: Record<string, Answer>) {
  const server = vi.fn(async (request: Request) => {
    const answer = answers[`${request.method} ${new URL(request.url).pathname}`];
    if (answer === undefined) return problem(404, 'not_found');
    const given = await answer(request);
    return given instanceof Response ? given : Response.json(given);
  });
  vi.stubGlobal('fetch', server);
  return {
    /** What was asked for so far, as "GET /api/polls/5?bucket=hour". */
    asked: () =>
      server.mock.calls.map(
        ([{ method, url }]) => `${method} ${url.slice(location.origin.length)}`,
      ),
  };
}

/** A line that nothing comes over: snapshots are offered to the store by the test. */
class SilentSocket extends EventTarget {
  static readonly OPEN = 1;
  readyState = 0;
  send() {}
  close() {}
}

export function show(screen: ReactNode, { path = '/', me = null as Me | null } = {}) {
  vi.stubGlobal('WebSocket', SilentSocket);
  const services = testServices();
  services.client.setQueryData(['me'], me);
  const place = memoryLocation({ path, record: true });
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <Router hook={place.hook}>{screen}</Router>
      </ServicesProvider>
    </I18nProvider>,
  );
  return { services, place };
}
