import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { render, screen } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { ErrorBoundary } from './ErrorBoundary';

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));

function Screen({ draw }: { draw: () => void }) {
  draw();
  return <h1>It is there</h1>;
}

function show(draw: () => void) {
  render(
    <I18nProvider i18n={i18n}>
      <ErrorBoundary>
        <Screen draw={draw} />
      </ErrorBoundary>
    </I18nProvider>,
  );
}

test('a screen that fails comes back by itself', () => {
  let left = 2; // React itself tries once more before it gives up
  show(() => {
    if (left-- > 0) throw new DOMException('no child of this node', 'NotFoundError');
  });
  expect(screen.getByRole('heading').textContent).toBe('It is there');
});

test('one that fails again and again says so', () => {
  show(() => {
    throw new Error('a mistake');
  });
  expect(screen.getByRole('alert').textContent).toContain('This screen has failed');
});
