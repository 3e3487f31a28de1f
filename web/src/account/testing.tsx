/** For the tests of whole screens: a server made of a table, and a page around the screen. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import type { Me } from '~/api/client';
import { type Services, ServicesProvider } from '~/services';
import { testServices } from '~/test/services';

export interface Asked {
  /** Like "GET /api/users/me/votes?cursor=2". */
  what: string;
  body: unknown;
}

export interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Answers = Record<string, Answer | (() => Answer | Promise<Answer>)>;

export function problem(status: number, code: string, more: object = {}): Answer {
  return { status, body: { status, code, title: code, detail: code, ...more } };
}

/** Answers by method and path, or by path and query; remembers what it was asked. */
export function serve(answers: Answers): Asked[] {
  const asked: Asked[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    const { pathname, search } = new URL(request.url);
    const path = `${request.method} ${pathname}`;
    const text = await request.text();
    asked.push({ what: path + search, body: text === '' ? null : JSON.parse(text) });
    const found = answers[path + search] ?? answers[path] ?? problem(404, 'not_found');
    return respond(typeof found === 'function' ? await found() : found);
  });
  return asked;
}

function respond({ status = 200, body, headers }: Answer): Response {
  const init = { status, headers: { 'Content-Type': 'application/json', ...headers } };
  return new Response(body === undefined ? null : JSON.stringify(body), init);
}

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
