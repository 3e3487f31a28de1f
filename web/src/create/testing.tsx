/** What the tests of the form share. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { vi } from 'vitest';
import { ServicesProvider } from '~/services';
import { meQuery } from '~/session/session';
import { testServices } from '~/test/services';
import { CreatePage } from './CreatePage';

type Answer = Response | (() => Promise<Response>);

/** What the server makes of every draft. */
export const POLL = { id: 7, title: 'Lunch?', options: [], tags: [] };

export function json(status: number, body: unknown): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
}

export const refusal = (...errors: { field: string; code: string; message: string }[]) =>
  json(422, { status: 422, code: 'invalid', detail: 'No.', errors });

/** What was sent to POST /api/polls, and under which keys. */
export let sent: unknown[] = [];
export let keys: (string | null)[] = [];

export let services = testServices();

/** A server that gives these answers to POST /api/polls, and then creates. */
export function serve(...answers: Answer[]): void {
  sent = [];
  keys = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname;
    if (path === '/api/tags')
      return json(200, [
        { tag: 'food', polls: 3 },
        { tag: 'fun', polls: 2 },
      ]);
    if (path !== '/api/polls') return new Response(null, { status: 204 });
    sent.push(await request.json());
    keys.push(request.headers.get('Idempotency-Key'));
    const answer = answers.shift();
    return answer instanceof Response ? answer : (answer?.() ?? json(201, POLL));
  });
}

export function open(me: 'user' | 'guest' | null = 'user') {
  services = testServices();
  services.client.setQueryData(
    meQuery.queryKey,
    me === null ? null : ({ kind: me } as never),
  );
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <CreatePage />
      </ServicesProvider>
    </I18nProvider>,
  );
  return userEvent.setup({ delay: null });
}

export const question = () => screen.getByRole('textbox', { name: 'Question' });
export const option = (n: number) =>
  screen.getByRole<HTMLInputElement>('textbox', { name: `Option ${n}` });
export const texts = () =>
  screen
    .getAllByRole<HTMLInputElement>('textbox', { name: /^Option/ })
    .map(({ value }) => value);
export const button = (name: string) => screen.getByRole('button', { name });
export const create = () => button('Create poll');
export const more = () =>
  screen.getByText('More options').closest('details') as HTMLDetailsElement;
export const kept = () => JSON.parse(localStorage.getItem('pollux.draft') ?? 'null');

export async function write(user: ReturnType<typeof open>, ...options: string[]) {
  await user.type(question(), 'Lunch?{Enter}');
  await user.keyboard(options.join('{Enter}'));
}

/** Before each test: at the form, with a server that creates. */
export function begin(): void {
  history.replaceState(null, '', '/new');
  serve();
}
