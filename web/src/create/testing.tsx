/** What the tests of the form share. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ServicesProvider } from '~/services';
import { meQuery } from '~/session/session';
import { fakeApi, problem, type Reply } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { CreatePage } from './CreatePage';

/** What the server makes of every draft. */
export const POLL = { id: 7, title: 'Lunch?', options: [], tags: [] };

export const refusal = (...errors: { field: string; code: string; message: string }[]) =>
  problem(422, 'invalid', { errors });

/** What was sent to POST /api/polls, and under which keys. */
export let sent: unknown[] = [];
export let keys: (string | null)[] = [];

export let services = testServices();

/** A server that gives these answers to POST /api/polls, and then creates. */
export function serve(...answers: Reply[]): void {
  sent = [];
  keys = [];
  const tags = [
    { tag: 'food', polls: 3 },
    { tag: 'fun', polls: 2 },
  ];
  fakeApi({
    'GET /api/tags': { body: tags },
    'POST /api/polls': (call) => {
      sent.push(call.body);
      keys.push(call.key);
      const answer = answers.shift() ?? { status: 201, body: POLL };
      if (answer === 'unreachable') throw new TypeError('fetch failed');
      return typeof answer === 'function' ? answer(call) : answer;
    },
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
