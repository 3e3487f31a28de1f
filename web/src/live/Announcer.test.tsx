import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, render } from '@testing-library/react';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Results } from '~/api/client';
import { ServicesProvider } from '~/services';
import { aPoll, optionsOf } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { Announcer } from './Announcer';
import { snapshot } from './fakes';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

const POLL = aPoll({
  title: 'Drink?',
  options: optionsOf('Tea', 'Coffee', 'Water'),
  results: null,
});

let version = 1;
function results(...votes: number[]): Results {
  return snapshot(1, version++, votes);
}

function show(first: Results | null) {
  const services = testServices();
  const page = (now: Results | null, poll = POLL) => (
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <Announcer poll={poll} results={now} />
      </ServicesProvider>
    </I18nProvider>
  );
  const { rerender, container } = render(page(first));
  const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
  pass(0);
  return {
    live: services.live,
    region: () => container.querySelector('[aria-live="polite"]'),
    said: () => container.querySelector('[aria-live="polite"]')?.textContent,
    pass,
    move: (now: Results | null, poll = POLL) => {
      rerender(page(now, poll));
      pass(0);
    },
  };
}

test('what is there at first is not announced; a move is', () => {
  const { said, region, move, pass } = show(results(2, 1, 0));
  pass(20_000);
  expect(said()).toBe('');
  expect(region()?.className).toContain('sr-only');
  move(results(2, 2, 4));
  expect(said()).toBe('Water leads with 50%. 8 votes in all.');
});

test('at most every 10 s, and then the newest', () => {
  const { said, move, pass } = show(results(0, 0, 0));
  move(results(1, 0, 0));
  expect(said()).toBe('Tea leads with 100%. 1 vote in all.');
  pass(4000);
  move(results(1, 3, 0));
  pass(3000);
  move(results(1, 4, 0));
  pass(2999);
  expect(said()).toBe('Tea leads with 100%. 1 vote in all.');
  pass(1);
  expect(said()).toBe('Coffee leads with 80%. 5 votes in all.');
  pass(60_000);
  move(results(1, 5, 0));
  expect(said()).toBe('Coffee leads with 83.3%. 6 votes in all.');
});

test('results that move all the time are announced all the same', () => {
  const { said, move, pass } = show(results(1, 0, 0));
  move(results(2, 0, 0));
  for (let n = 3; n <= 13; n++) {
    pass(1000);
    move(results(n, 0, 0));
  }
  expect(said()).toBe('Tea leads with 100%. 11 votes in all.');
});

test('a snapshot that changes nothing is nothing', () => {
  const { said, move, pass } = show(results(2, 1, 0));
  move(results(2, 1, 0));
  pass(20_000);
  expect(said()).toBe('');
});

test('a tie, none left, and the end have their own sentences', () => {
  const { said, move, pass } = show(results(2, 1, 0));
  move(results(2, 2, 0));
  expect(said()).toBe('2 options share the lead with 50%. 4 votes in all.');
  pass(10_000);
  move(results(0, 0, 0));
  expect(said()).toBe('No votes yet.');
  pass(10_000);
  move({ ...results(1, 0, 0), status: 'closed' });
  expect(said()).toBe('The poll has closed. Tea leads with 100%. 1 vote in all.');
});

test('results that become visible are read as they stand, then announced', () => {
  const { said, move } = show(null);
  move(results(2, 1, 0));
  expect(said()).toBe('');
  move(results(3, 1, 0));
  expect(said()).toBe('Tea leads with 75%. 4 votes in all.');
});

test('another poll begins anew', () => {
  const { said, move } = show(results(2, 1, 0));
  move(results(3, 1, 0));
  move({ ...results(0, 1, 0), pollId: 2 }, { ...POLL, id: 2 });
  expect(said()).toBe('');
});

test('paused, nothing is said', () => {
  const { live, said, move, pass } = show(results(2, 1, 0));
  act(() => live.pause());
  move(results(3, 1, 0));
  pass(20_000);
  expect(said()).toBe('');
  act(() => live.resume());
  pass(0);
  expect(said()).toBe('Tea leads with 75%. 4 votes in all.');
});

test('on a page that nobody sees, nothing is said', () => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  const { said, move, pass } = show(results(2, 1, 0));
  move(results(3, 1, 0));
  pass(20_000);
  expect(said()).toBe('');
});
