/** For tests of the stage: a poll, a server that answers as it is told, and the page. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, vi } from 'vitest';
import { Route } from 'wouter';
import { ServicesProvider } from '~/services';
import { aPoll, optionsOf, someResults } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { PresentPage } from './PresentPage';

export const RESULTS = { ...someResults([1, 2], 3), pollId: 5 };
export const POLL = aPoll({
  id: 5,
  options: optionsOf('Tabs', 'Spaces'),
  owner: { id: 1, username: 'ada' },
  voteChange: true,
  results: RESULTS,
});
export const ADA = { id: 1, username: 'ada', kind: 'user' };

type Answers = Record<string, () => Response>;
let answers: Answers;
export let calls: string[];

/** @param more answers beside the poll's; with /api/users/me somebody is signed in */
export function open(search = '', more: Answers = {}) {
  answers = { 'GET /api/polls/5': () => Response.json(POLL), ...more };
  if ('GET /api/users/me' in more) localStorage.setItem('pollux.session', 'yes');
  history.replaceState(null, '', `/present/5${search}`);
  const services = testServices();
  const { unmount } = render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <Route path="/present/:id">
          <PresentPage />
        </Route>
      </ServicesProvider>
    </I18nProvider>,
  );
  return { ...services, unmount };
}

export function openAsOwner(more: Answers = {}) {
  return open('', {
    'GET /api/users/me': () => Response.json(ADA),
    'GET /api/users/me/polls': () =>
      Response.json({ items: [{ id: 9 }, POLL, { id: 2 }], nextCursor: null }),
    ...more,
  });
}

export const option = (name: string) => {
  const item = screen.getByText(name).closest('li');
  if (item === null) throw new Error('not an option');
  return item;
};
export const press = (key: string) => userEvent.keyboard(key);

beforeEach(() => {
  calls = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const call = `${request.method} ${new URL(request.url).pathname}`;
    calls.push(call);
    return answers[call]?.() ?? Response.json({ code: 'not_found' }, { status: 404 });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
