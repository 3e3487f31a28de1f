import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { ApiError } from '~/api/error';
import { Refusal } from './Refusal';

function show(code: string, retryAfter: number) {
  const response = new Response(null, {
    status: 429,
    headers: { 'Retry-After': String(retryAfter) },
  });
  const error = new ApiError({ code: code as never }, response);
  render(
    <I18nProvider i18n={i18n}>
      <Refusal error={error} />
    </I18nProvider>,
  );
}

test('a short wait is counted down where it is not read out, and the notice goes', () => {
  vi.useFakeTimers();
  show('rate_limited', 30);
  expect(screen.getByRole('alert').textContent).toMatch(/You can go on in 30 seconds\.$/);
  act(() => vi.advanceTimersByTime(10_000));
  expect(screen.getByRole('timer').textContent).toBe('in 20 seconds');
  act(() => vi.advanceTimersByTime(20_000));
  expect(screen.queryByRole('alert')).toBeNull();
  vi.useRealTimers();
});

test('other refusals stay, whatever they say about time', () => {
  vi.useFakeTimers();
  show('daily_limit', 30);
  act(() => vi.advanceTimersByTime(40_000));
  expect(screen.getByRole('alert').textContent).toMatch(/^Not counted/);
  vi.useRealTimers();
});
