/** For tests of the stage: a poll, a server that answers as it is told, and the page. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, vi } from 'vitest';
import { Route } from 'wouter';
import { ServicesProvider } from '~/services';
import {
  aPoll,
  type Call,
  fakeApi,
  optionsOf,
  type Routes,
  someResults,
} from '~/test/fakeApi';
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

let calls: Call[];
export const asked = () => calls.map(({ what }) => what);

/** @param more answers beside the poll's; with /api/users/me somebody is signed in */
export function open(search = '', more: Routes = {}) {
  calls = fakeApi({ 'GET /api/polls/5': { body: POLL }, ...more });
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

export function openAsOwner(more: Routes = {}) {
  return open('', {
    'GET /api/users/me': { body: ADA },
    'GET /api/users/me/polls': {
      body: { items: [{ id: 9 }, POLL, { id: 2 }], nextCursor: null },
    },
    ...more,
  });
}

export const option = (name: string) => {
  const item = screen.getByText(name).closest('li');
  if (item === null) throw new Error('not an option');
  return item;
};
export const press = (key: string) => userEvent.keyboard(key);

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
