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
import { aMe, aPoll, fakeApi, optionsOf, type Routes, someResults } from '~/test/fakeApi';
import { testServices } from '~/test/services';

export const ADA = aMe({ id: 1, username: 'ada', email: 'ada@example.org', kind: 'user' });

export function resultsOf(votes: number[], more: Partial<Results> = {}): Results {
  return { ...someResults(votes, 10), pollId: 5, ...more };
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

export function serve(routes: Routes) {
  const calls = fakeApi(routes);
  /** What was asked for so far, as "GET /api/polls/5?bucket=hour". */
  return { asked: () => calls.map(({ what }) => what) };
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
