/** What is shown while code does not come. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, render, screen } from '@testing-library/react';
import { type ReactNode, Suspense } from 'react';
import { expect, test, vi } from 'vitest';
import { later } from '~/test/later';
import { onDemand } from './onDemand';
import { Waiting } from './Waiting';
import { WaitingDialog } from './WaitingDialog';

const Screen = () => <h1>It is there</h1>;

/** Its code comes with the second try; the server is away for the first. */
function aScreen() {
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
  const first = later<typeof Screen>();
  const load = vi.fn(() => first.promise);
  load.mockResolvedValue(Screen).mockReturnValueOnce(first.promise);
  const fails = () => act(async () => first.keep(Promise.reject(new TypeError('Failed'))));
  return { Lazy: onDemand('nowhere', load), fails };
}

function show(screenOnTheWay: ReactNode, fallback: ReactNode) {
  render(
    <I18nProvider i18n={i18n}>
      <Suspense fallback={fallback}>{screenOnTheWay}</Suspense>
    </I18nProvider>,
  );
}

/** The server is back. */
async function comes() {
  await act(async () => dispatchEvent(new Event('online')));
  await screen.findByRole('heading', { name: 'It is there' });
}

const again = () => screen.queryByRole('button', { name: 'Load again' });

test('a screen that does not come says that it is waited for, and comes by itself', async () => {
  const { Lazy, fails } = aScreen();
  show(<Lazy />, <Waiting />);
  expect(screen.getByRole('status').textContent).toBe('Loading…');
  expect(again()).toBeNull();
  await fails();
  expect(screen.getByRole('status').textContent).toBe('Waiting for a connection…');
  expect(again()).not.toBeNull();
  await comes();

  const next = aScreen(); // begins anew
  show(<next.Lazy />, <Waiting />);
  expect(screen.getByRole('status').textContent).toBe('Loading…');
});

test('a dialog on its way is seen, and can be closed, only where it does not come', async () => {
  const { Lazy, fails } = aScreen();
  const onClose = vi.fn();
  show(<Lazy />, <WaitingDialog title="Share" onClose={onClose} />);
  expect(screen.queryByRole('dialog')).toBeNull();
  await fails();
  const dialog = screen.getByRole('dialog', { name: 'Share' });
  expect(dialog.textContent).toContain('Waiting for a connection…');
  screen.getByRole('button', { name: 'Close' }).click();
  expect(onClose).toHaveBeenCalled();
  await comes();
});
