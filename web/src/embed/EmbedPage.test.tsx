import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Route } from 'wouter';
import { activateLocale, openCatalogue } from '~/i18n/i18n';
import { ServicesProvider } from '~/services';
import {
  type Answer,
  aPoll,
  fakeApi,
  optionsOf,
  problem,
  someResults,
} from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { EmbedPage } from './EmbedPage';

const POLL = aPoll({
  id: 6,
  options: optionsOf('Tabs', 'Spaces'),
  owner: null,
  voteChange: true,
  results: { ...someResults([1, 0], 3), pollId: 6 },
});

let answer: Answer;

function open(search = '') {
  history.replaceState(null, '', `/embed/6${search}`);
  const services = testServices();
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <Route path="/embed/:id">
          <EmbedPage />
        </Route>
      </ServicesProvider>
    </I18nProvider>,
  );
  return services;
}

beforeEach(() => {
  answer = { body: POLL };
  fakeApi({ 'GET /api/polls/6': () => answer });
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await activateLocale('en');
});

test('shows the poll, its total, and a link to its page in a tab of its own', async () => {
  open();
  await screen.findByRole('heading', { name: 'Tabs or spaces?' });
  screen.getByText('1 vote');
  const link = screen.getByRole('link', { name: 'Pollux' });
  expect(link).toHaveProperty('pathname', '/p/6');
  expect(link).toHaveProperty('target', '_blank');
  expect(link).toHaveProperty('rel', 'noopener');
});

test('shows the newest total, and says it once when the poll has closed', async () => {
  const { results } = open();
  await screen.findByText('1 vote');
  const next = {
    pollId: 6,
    version: 4,
    totalVotes: 2,
    options: POLL.results?.options ?? [],
  };
  act(() => results.offer({ ...next, status: 'open' }));
  screen.getByText('2 votes');
  act(() => results.offer({ ...next, version: 5, status: 'closed' }));
  await screen.findByText('This poll is closed.');
  screen.getByText('2 votes'); // fails where there are two
});

test('says the total once where the result is watched, and again back at the form', async () => {
  const options = [1, 2].map((votes, index) => ({ index, votes, percent: 50 }));
  const results = { pollId: 6, version: 3, status: 'open', totalVotes: 3, options };
  answer = { body: { ...POLL, results } };
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Show results' }));
  screen.getByText('3 votes'); // fails where there are two
  await userEvent.click(screen.getByRole('button', { name: 'Back to voting' }));
  screen.getByText('3 votes');
});

test('shows at once what was voted on before, and has a name in the page around it', async () => {
  answer = { body: { ...POLL, myVote: 1 } };
  open();
  await screen.findByRole('heading', { name: 'Tabs or spaces?' });
  screen.getByText('Your vote counts.');
  screen.getByRole('main', { name: 'Embedded poll' });
});

test('tells no total where results are hidden', async () => {
  answer = { body: { ...POLL, results: null } };
  open();
  await screen.findByRole('heading', { name: 'Tabs or spaces?' });
  expect(screen.queryByText(/\d votes?/)).toBeNull();
});

test('says that there is no such poll, and offers no second try', async () => {
  answer = problem(404, 'not_found');
  open();
  expect(await screen.findByRole('alert')).toHaveProperty(
    'textContent',
    'There is no such thing here any more.',
  );
  expect(screen.queryByRole('button')).toBeNull();
});

test('tries again where that may help', async () => {
  answer = problem(500, 'internal');
  open();
  const again = await screen.findByRole('button', { name: 'Try again' });
  answer = { body: POLL };
  await userEvent.click(again);
  await screen.findByRole('heading', { name: 'Tabs or spaces?' });
});

test('leads nowhere within the frame, and back to the poll', async () => {
  const opened = vi.spyOn(window, 'open').mockReturnValue(null);
  answer = { body: { ...POLL, voters: 'registered' } };
  open('?theme=dark');
  await userEvent.click(await screen.findByRole('link', { name: 'Sign in' }));
  expect(opened).toHaveBeenCalledWith('/sign-in?next=%2Fp%2F6', '_blank', 'noopener');
  expect(location.pathname).toBe('/embed/6');
});

test('takes its theme, ground and language from its address, and remembers none', async () => {
  await openCatalogue('embed'); // as the page does with a screen's code
  open('?theme=dark&lang=de&background=transparent');
  await screen.findByText('1 Stimme');
  const root = document.documentElement;
  expect(root.dataset.theme).toBe('dark');
  expect(root.classList.contains('bg-transparent')).toBe(true);
  expect(localStorage.length).toBe(0);
});

test('tells its host how high it would like to be', async () => {
  const parent = { postMessage: vi.fn() };
  vi.spyOn(window, 'parent', 'get').mockReturnValue(parent as unknown as Window);
  let resized = () => {};
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe() {}
      disconnect() {}
    },
  );
  const height = vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect');
  open();
  await screen.findByText('1 vote');
  height.mockReturnValue({ height: 292.5 } as DOMRect);
  resized();
  resized();
  expect(parent.postMessage.mock.calls).toEqual([
    [{ type: 'pollux:height', id: 6, height: 293 }, '*'],
  ]);
});
