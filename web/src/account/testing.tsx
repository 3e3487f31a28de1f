/** For the tests of whole screens: a page around the screen, and who is signed in. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import type { Me } from '~/api/client';
import { type Services, ServicesProvider } from '~/services';
import { testServices } from '~/test/services';

/** Shows a screen at an address; nothing connects to a live server. */
export function show(path: string, screen: ReactNode, services: Services = testServices()) {
  vi.stubGlobal('requestAnimationFrame', () => 0);
  history.replaceState(null, '', path);
  const view = render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>{screen}</ServicesProvider>
    </I18nProvider>,
  );
  return { ...view, services, user: userEvent.setup() };
}

/** There is a session in this browser. */
export function rememberSession(): void {
  localStorage.setItem('pollux.session', 'yes');
}

export const ADA: Me = {
  id: 7,
  username: 'ada',
  email: 'ada@example.org',
  kind: 'user',
  createdAt: '2026-01-31T12:00:00.000Z',
  votesToday: 12,
  votesLeftToday: 88,
};

export const GUEST: Me = { ...ADA, id: 8, username: null, email: null, kind: 'guest' };
