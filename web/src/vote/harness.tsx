/** For tests of a poll to vote on: who is here, the panel, and what it shows. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect } from 'vitest';
import type { Poll } from '~/api/client';
import { type Services, ServicesProvider } from '~/services';
import { aMe, type Call, fakeApi, type Reply, someResults } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import './aside';
import { VotePanel, type VotePanelProps } from './VotePanel';

export const VOTE = 'POST /api/polls/1/vote';
export let services: Services;

beforeEach(() => {
  services = testServices();
});

/** A guest, unless `routes` says who is here. */
export function serve(routes: Record<string, Reply | Reply[]> = {}): Call[] {
  return fakeApi({ 'GET /api/users/me': { status: 200, body: aMe() }, ...routes });
}

export function show(poll: Poll, props: Partial<VotePanelProps> = {}) {
  return render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <h2 id="heading">{poll.title}</h2>
        <VotePanel poll={poll} {...props} />
      </ServicesProvider>
    </I18nProvider>,
  );
}

export function answer(
  optionIndex: number,
  votes: number[] | null,
  left: number | null = 90,
): Reply {
  const results = votes && someResults(votes, 10);
  return { status: 201, body: { pollId: 1, optionIndex, votesLeftToday: left, results } };
}

/** A reply that comes when `arrive` is called. */
export function late(reply: Reply): { reply: Reply; arrive: () => void } {
  let arrive = () => {};
  const time = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return { reply: () => time.then(() => reply as never), arrive: () => arrive() };
}

export const button = (name: string | RegExp) => screen.getByRole('button', { name });
export const noButton = (name: string | RegExp) =>
  expect(screen.queryByRole('button', { name })).toBeNull();
export const radio = (name: string) => screen.getByRole('radio', { name });
export const bars = () => screen.getAllByTestId('bar').map((bar) => bar.textContent);

export async function vote(option: string) {
  await userEvent.click(radio(option));
  await userEvent.click(button('Vote'));
}
