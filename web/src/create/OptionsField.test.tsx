import { fireEvent, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { begin, button, open, option, texts, write } from './testing';

beforeEach(begin);

/** Pasting as a browser tells of it. */
function paste(field: HTMLElement, text: string) {
  fireEvent.paste(field, { clipboardData: { getData: () => text } });
}

describe('options', () => {
  it('come with Enter, and go with Backspace', async () => {
    const user = open();
    await write(user, 'a', 'b', 'c', '');
    expect(texts()).toEqual(['a', 'b', 'c', '']);
    expect(document.activeElement).toBe(option(4));
    await user.keyboard('{Enter}');
    expect(texts()).toHaveLength(4);
    await user.keyboard('{Backspace}');
    expect(texts()).toEqual(['a', 'b', 'c']);
    expect(document.activeElement).toBe(option(3));
    await user.keyboard('{Backspace}');
    expect(texts()).toEqual(['a', 'b', '']);
  });

  it('leave the Enter that ends a word to the keyboard', async () => {
    const user = open();
    await write(user, 'a', 'b');
    fireEvent.keyDown(option(2), { key: 'Enter', isComposing: true });
    expect(texts()).toHaveLength(2);
  });

  it('are at least two', async () => {
    const user = open();
    await user.click(button('Remove option 1'));
    expect(texts()).toHaveLength(2);
    await user.click(option(1));
    await user.keyboard('{Backspace}');
    expect(texts()).toHaveLength(2);
  });

  it('are removed, with the focus on the next button', async () => {
    const user = open();
    await write(user, 'a', 'b', 'c');
    await user.click(button('Remove option 2'));
    expect(texts()).toEqual(['a', 'c']);
    expect(document.activeElement).toBe(button('Remove option 2'));
    expect(screen.getByText('b: removed.')).toBeTruthy();
  });

  it('change places by keyboard: the focus goes along, and it is said', async () => {
    const user = open();
    await write(user, 'a', 'b', 'c');
    await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
    expect(texts()).toEqual(['a', 'c', 'b']);
    expect(document.activeElement).toBe(option(2));
    expect(screen.getByText('c: now number 2 of 3.')).toBeTruthy();
    await user.keyboard('{Alt>}{ArrowUp}{ArrowUp}{/Alt}');
    expect(texts()).toEqual(['c', 'a', 'b']);
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(texts()).toEqual(['a', 'c', 'b']);
  });

  it('change places by button', async () => {
    const user = open();
    await write(user, 'a', 'b', 'c');
    await user.click(button('Move option 1 down'));
    expect(texts()).toEqual(['b', 'a', 'c']);
    expect(document.activeElement).toBe(button('Move option 2 down'));
    await user.click(button('Move option 1 up'));
    await user.click(button('Move option 3 down'));
    expect(texts()).toEqual(['b', 'a', 'c']);
    await user.click(button('Move option 3 up'));
    expect(texts()).toEqual(['b', 'c', 'a']);
  });

  it('come of pasted lines', async () => {
    const user = open();
    await write(user, 'a', 'b');
    option(1).setSelectionRange(0, 0);
    paste(option(1), '1. \n2\n\n 3');
    expect(texts()).toEqual(['1.a', '2', '3', 'b']);
    expect(document.activeElement).toBe(option(3));
    await user.keyboard('!');
    expect(texts()).toEqual(['1.a', '2', '3!', 'b']);
  });

  it('are at most twenty', async () => {
    open();
    paste(option(1), Array.from({ length: 25 }, (_, i) => `o${i}`).join('\n'));
    expect(texts()).toHaveLength(20);
    expect(screen.getByText('There was no room for 5 more.')).toBeTruthy();
    expect(button('Add option')).toHaveProperty('disabled', true);
    fireEvent.keyDown(option(20), { key: 'Enter' });
    expect(texts()).toHaveLength(20);
  });

  it('come of templates, which can be undone', async () => {
    const user = open();
    await user.click(button('Yes or no'));
    expect(texts()).toEqual(['Yes', 'No']);
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
    await user.click(button('1 to 5 stars'));
    expect(texts()).toEqual(['1 ★', '2 ★', '3 ★', '4 ★', '5 ★']);
    await user.click(button('Undo'));
    expect(texts()).toEqual(['Yes', 'No']);
    await user.click(button('Date'));
    expect(new Set(texts()).size).toBe(7);
    await user.type(option(1), '!');
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull();
  });
});
