import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, render, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { type Services, ServicesProvider } from '~/services';
import { meQuery } from '~/session/session';
import { aMe, fakeApi } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { Ended } from './Ended';

let services: Services;

beforeEach(() => {
  fakeApi({ 'POST /api/auth/logout': { status: 204 } });
  services = testServices();
});

/** The server knows them no more, on this page. */
async function endFor(kind: 'user' | 'guest', path = '/p/5?x=1') {
  history.replaceState(null, '', path);
  services.client.setQueryData(meQuery.queryKey, aMe({ id: 3, kind }));
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <Ended />
      </ServicesProvider>
    </I18nProvider>,
  );
  expect(screen.queryByRole('alert')).toBeNull();
  await act(() => services.session.lost(services.session.era, true));
}

test('a user reads that the session has ended, and comes back by signing in', async () => {
  await endFor('user');
  expect(screen.getByRole('alert').textContent).toMatch(/^Your session has ended\./);
  const link = screen.getByRole('link', { name: 'Sign in' });
  expect(link.getAttribute('href')).toBe('/sign-in?next=%2Fp%2F5%3Fx%3D1');
});

test('who goes on without is asked no more', async () => {
  await endFor('user');
  await userEvent.click(screen.getByRole('button', { name: 'Go on without' }));
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
});

test('a guest is not told, nor who is at the door', async () => {
  await endFor('guest');
  expect(screen.queryByRole('alert')).toBeNull();
  await endFor('user', '/sign-in');
  expect(screen.queryByRole('alert')).toBeNull();
});
