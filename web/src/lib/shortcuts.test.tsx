import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { switchShortcuts, useShortcuts } from './shortcuts';

const j = vi.fn();
const arrow = vi.fn();
const space = vi.fn();
const enter = vi.fn();

function Screen() {
  useShortcuts({ j, arrowdown: arrow, ' ': space, enter });
  return (
    <>
      <input aria-label="text" />
      <textarea aria-label="long text" />
      <input type="radio" aria-label="option" />
      <button type="button">press</button>
      <h2 tabIndex={-1}>heading</h2>
    </>
  );
}

function counts(): number[] {
  return [j, arrow, space, enter].map((fn) => fn.mock.calls.length);
}

async function press(on: HTMLElement | null, keys = 'j{ArrowDown} {Enter}') {
  for (const fn of [j, arrow, space, enter]) fn.mockClear();
  on?.focus();
  await userEvent.setup().keyboard(keys);
  return counts();
}

test('work where nothing else wants the key', async () => {
  render(<Screen />);
  expect(await press(null)).toEqual([1, 1, 1, 1]);
  expect(await press(screen.getByRole('heading'))).toEqual([1, 1, 1, 1]);
});

test('work with caps lock', async () => {
  render(<Screen />);
  expect(await press(null, 'J')).toEqual([1, 0, 0, 0]);
});

test.each(['text', 'long text'])('leave all keys to a field: %s', async (name) => {
  render(<Screen />);
  expect(await press(screen.getByRole('textbox', { name }))).toEqual([0, 0, 0, 0]);
});

test('leave arrows, space and enter to a radio button, and letters not', async () => {
  render(<Screen />);
  expect(await press(screen.getByRole('radio'))).toEqual([1, 0, 0, 0]);
});

test('leave space and enter to a button', async () => {
  render(<Screen />);
  expect(await press(screen.getByRole('button'))).toEqual([1, 1, 0, 0]);
});

test.each(['Control', 'Alt', 'Meta'])('leave keys with %s to the browser', async (key) => {
  render(<Screen />);
  expect(await press(null, `{${key}>}j{ArrowDown}{/${key}}`)).toEqual([0, 0, 0, 0]);
});

test('sleep while a dialog is open', async () => {
  render(
    <>
      <Screen />
      <dialog open />
    </>,
  );
  expect(await press(null)).toEqual([0, 0, 0, 0]);
});

test('of one character can be switched off; the others stay', async () => {
  switchShortcuts(false);
  render(<Screen />);
  expect(await press(null)).toEqual([0, 1, 1, 1]);
  switchShortcuts(true);
  expect(await press(null)).toEqual([1, 1, 1, 1]);
});

test('end with the screen', async () => {
  const { unmount } = render(<Screen />);
  unmount();
  expect(await press(null)).toEqual([0, 0, 0, 0]);
});
