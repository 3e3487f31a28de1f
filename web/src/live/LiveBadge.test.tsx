import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ServicesProvider } from '~/services';
import { testServices } from '~/test/services';
import type { LiveState } from './connection';
import { LiveBadge } from './LiveBadge';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

function show() {
  const services = testServices();
  render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <LiveBadge />
      </ServicesProvider>
    </I18nProvider>,
  );
  const { live } = services;
  return { live, enter: (state: LiveState) => act(() => live.enter(state)) };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
const word = () => screen.getByRole('status').textContent;

test('it says nothing where nothing is followed, and has no button', async () => {
  show();
  pass(10_000);
  expect(word()).toBe('');
  expect(screen.queryByRole('button')).toBeNull();
});

test('at first load it waits 2 s before it says that it connects', () => {
  const { enter } = show();
  enter('connecting');
  pass(1999);
  expect(word()).toBe('');
  pass(1);
  expect(word()).toBe('connecting');
});

test('a quick start goes from nothing to live', () => {
  const { enter } = show();
  enter('connecting');
  pass(300);
  enter('live');
  pass(0);
  expect(word()).toBe('live');
});

test('what is lost for less than a second does not flicker', () => {
  const { enter } = show();
  enter('live');
  pass(0);
  enter('reconnecting');
  pass(999);
  expect(word()).toBe('live');
  enter('live');
  pass(5000);
  expect(word()).toBe('live');
  enter('reconnecting');
  pass(1000);
  expect(word()).toBe('reconnecting');
});

test('the button pauses, then resumes', () => {
  const { live, enter } = show();
  enter('live');
  pass(0);
  fireEvent.click(screen.getByRole('button', { name: 'Pause live results' }));
  pass(0);
  expect(live.state).toBe('paused');
  expect(word()).toBe('paused');
  fireEvent.click(screen.getByRole('button', { name: 'Resume live results' }));
  expect(live.state).not.toBe('paused');
});

test('the focus stays on the button when it changes', () => {
  const { enter } = show();
  enter('live');
  pass(0);
  const button = screen.getByRole('button', { name: 'Pause live results' });
  button.focus();
  fireEvent.click(button);
  pass(0);
  expect(document.activeElement).toBe(
    screen.getByRole('button', { name: 'Resume live results' }),
  );
});
