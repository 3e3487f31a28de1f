import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { feedKey, type Pages } from '~/feed/walk';
import { remember } from '~/lib/remember';
import { type Services, ServicesProvider } from '~/services';
import { MARK } from '~/session/session';
import { aMe, aPoll, type Call, fakeApi, problem, type Reply } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { offerUndo } from './lastSkip';
import { leave } from './onTheWay';
import { UndoSkip } from './UndoSkip';

const FEED = feedKey({ tags: [], q: '', sort: 'new' });
const POLLS = [1, 2, 3].map((id) => aPoll({ id, title: `Poll ${id}` }));

let services: Services;

beforeEach(() => {
  vi.useFakeTimers(); // the eight seconds are over when the test says so
  services = testServices();
});
afterEach(() => {
  vi.useRealTimers();
});

function open(reply: Reply = { status: 204 }): Call[] {
  const calls = fakeApi({
    'GET /api/users/me': { status: 200, body: aMe() },
    'DELETE /api/polls/2/skip': reply,
  });
  remember(MARK, 'yes');
  services.client.setQueryData<Pages>(FEED, {
    pages: [{ items: POLLS, nextCursor: null }],
    pageParams: [null],
  });
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <UndoSkip />
      </ServicesProvider>
    </I18nProvider>,
  );
  return calls;
}

/** As after the server has taken a skip. */
function skip(id: number) {
  const poll = aPoll({ id, title: `Poll ${id}` });
  services.choices.set(id, { myVote: null, skipped: true });
  const putBack = leave(services.client, id);
  offerUndo(services.client, { poll, putBack: () => putBack(poll) });
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const undo = () => screen.queryByRole('button', { name: 'Undo' });
const listed = () =>
  services.client
    .getQueryData<Pages>(FEED)
    ?.pages.flatMap(({ items }) => items)
    .map(({ id }) => id);

async function clickUndo() {
  await pass(10);
  fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
  await pass(1000);
}

test('a skip can be undone for eight seconds, the next one from its own start', async () => {
  open();
  expect(undo()).toBeNull();
  skip(1);
  await pass(7000);
  expect(undo()).not.toBeNull();
  skip(2);
  await pass(7500);
  expect(undo()).not.toBeNull();
  await pass(1000);
  expect(undo()).toBeNull();
});

test('undone, the poll is back where it was, and is to be voted on', async () => {
  const calls = open();
  skip(2);
  expect(listed()).toEqual([1, 3]);
  await clickUndo();
  expect(listed()).toEqual([1, 2, 3]);
  expect(services.choices.get(2)).toEqual({ myVote: null, skipped: false });
  expect(calls.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  expect(undo()).toBeNull();
});

test('where nobody is signed in any more it stays a skip, and nobody joins for it', async () => {
  const calls = open(problem(401, 'unauthorized'));
  skip(2);
  await clickUndo();
  expect(screen.getByRole('alert')).toBeDefined();
  expect(listed()).toEqual([1, 3]);
  expect(services.choices.get(2)?.skipped).toBe(true);
  expect(calls.some(({ path }) => path === '/api/auth/guest')).toBe(false);
});
