import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, onTestFinished, test, vi } from 'vitest';
import { problem } from '~/test/fakeApi';
import { ADA, asked, open, openAsOwner, option, POLL, press, RESULTS } from './harness';

test('reveals the result by R and by space, hides it again, and keeps it in the address', async () => {
  open();
  await screen.findByText('Spaces');
  await press('r');
  expect(option('Spaces').textContent).toContain('66.7%');
  expect(option('Tabs').textContent).toContain('1 vote');
  expect(location.search).toContain('revealed');
  await press(' ');
  expect(option('Spaces').textContent).not.toMatch(/\d/);
  expect(location.search).not.toContain('revealed');
});

test('a key with a modifier, or one that is held, is not for the stage', async () => {
  open();
  await screen.findByText('Spaces');
  await press('{Control>}r{/Control}');
  fireEvent.keyDown(document.body, { key: 'r', repeat: true });
  expect(screen.queryByText('66.7%')).toBeNull();
});

test('space presses the button that has the focus, and that alone', async () => {
  open();
  (await screen.findByRole('button', { name: 'Light or dark' })).focus();
  await press(' ');
  expect(screen.queryByText('66.7%')).toBeNull();
  expect(localStorage.getItem('pollux.present.theme')).toBe('light');
});

test('a click leaves the space bar to the result', async () => {
  open();
  await userEvent.click(await screen.findByRole('button', { name: 'Light or dark' }));
  await press(' ');
  screen.getByText('66.7%');
});

test('is dark, until it is switched, and remembers that, for itself', async () => {
  const { theme } = document.documentElement.dataset;
  const { unmount } = open();
  await screen.findByText('Spaces');
  expect(document.documentElement.dataset.theme).toBe('dark');
  await press('t');
  expect(document.documentElement.dataset.theme).toBe('light');
  unmount();
  expect(document.documentElement.dataset.theme).toBe(theme);
  open();
  await screen.findByText('Spaces');
  expect(document.documentElement.dataset.theme).toBe('light');
});

test('Q fills the screen with the code, and Q or Escape ends that', async () => {
  open();
  await screen.findByText('Spaces');
  for (const end of ['q', '{Escape}']) {
    await press('q');
    expect(screen.queryByText('Spaces')).toBeNull();
    screen.getByText(`${location.host}/p/5`);
    screen.getByRole('img', { name: `QR code to join: ${location.host}/p/5` });
    await press(end);
    screen.getByText('Spaces');
  }
});

test('? tells the keys; while it does, they do nothing', async () => {
  open();
  await screen.findByText('Spaces');
  await press('?');
  const help = screen.getByRole('dialog', { name: 'Keys' });
  within(help).getByText('Reveal the result');
  expect(within(help).queryByText('Close the poll')).toBeNull(); // not the owner
  await press('r');
  expect(screen.queryByText('66.7%')).toBeNull();
});

test('its owner closes the poll, when asked again', async () => {
  openAsOwner({
    'POST /api/polls/5/close': {
      body: {
        ...POLL,
        status: 'closed',
        results: { ...RESULTS, version: 4, status: 'closed' },
      },
    },
  });
  await screen.findByRole('button', { name: 'Close the poll' });
  await press('c');
  const dialog = await screen.findByRole('dialog', { name: 'Close this poll?' });
  expect(asked()).not.toContain('POST /api/polls/5/close');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Close now' }));
  await screen.findByText(/^Closed/);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.queryByRole('button', { name: 'Close the poll' })).toBeNull();
});

test('a poll that cannot be closed stays, and says why', async () => {
  openAsOwner({
    'POST /api/polls/5/close': problem(503, 'overloaded'),
  });
  await screen.findByRole('button', { name: 'Close the poll' });
  await press('c');
  const dialog = await screen.findByRole('dialog');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Close now' }));
  await within(dialog).findByRole('alert');
});

test('nobody else may close it', async () => {
  open('', { 'GET /api/users/me': { body: { ...ADA, id: 2 } } });
  await screen.findByText('Spaces');
  await press('c');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(asked()).not.toContain('GET /api/users/me/polls');
});

test('arrows go through the presenter’s polls; the next one is hidden again', async () => {
  openAsOwner();
  await screen.findByRole('button', { name: 'Next poll' });
  await press('r{ArrowRight}');
  expect(location.pathname + location.search).toBe('/present/9');
  history.replaceState(null, '', '/present/5');
  await screen.findByRole('button', { name: 'Previous poll' });
  await press('{ArrowLeft}');
  expect(location.pathname).toBe('/present/2');
});

test('buttons and pointer go when the mouse rests, and come back', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  open();
  await screen.findByText('Spaces');
  const toolbar = screen.getByRole('toolbar');
  await waitFor(() => expect(toolbar.className).toContain('opacity-0'));
  fireEvent.pointerMove(document); // from here on no time passes but what the test says
  act(() => vi.advanceTimersByTime(2900));
  expect(toolbar.className).not.toContain('opacity-0');
  act(() => vi.advanceTimersByTime(200));
  expect(toolbar.className).toContain('opacity-0');
  expect(screen.getByRole('main').className).toContain('cursor-none');
  fireEvent.pointerMove(document);
  expect(toolbar.className).not.toContain('opacity-0');
});

test('keeps the screen on while it is there', async () => {
  const release = vi.fn(async () => {});
  const request = vi.fn(async () => ({ release }));
  vi.stubGlobal('navigator', Object.assign(navigator, { wakeLock: { request } }));
  const { unmount } = open();
  await screen.findByText('Spaces');
  expect(request).toHaveBeenCalledTimes(1);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(request).toHaveBeenCalledTimes(2);
  await act(async () => {});
  unmount();
  expect(release).toHaveBeenCalled();
});

test('has no button for what the browser cannot do', async () => {
  open();
  await screen.findByText('Spaces');
  expect(screen.queryByRole('button', { name: 'Full screen' })).toBeNull();
});

test('fills the screen, where the browser can', async () => {
  const requestFullscreen = vi.fn(async () => {});
  Object.assign(document.documentElement, { requestFullscreen });
  Object.defineProperty(document, 'fullscreenEnabled', { value: true, configurable: true });
  onTestFinished(() => void Reflect.deleteProperty(document, 'fullscreenEnabled'));
  open();
  await screen.findByText('Spaces');
  await press('f');
  expect(requestFullscreen).toHaveBeenCalledTimes(1);
});

test('there is a way back to the poll, by a button and by B', async () => {
  for (const goBack of [
    () => press('b'),
    () => userEvent.click(screen.getByRole('button', { name: 'Back to the poll' })),
  ]) {
    const { unmount } = open();
    await screen.findByText('Spaces');
    await goBack();
    expect(location.pathname).toBe('/p/5');
    unmount();
  }
});
