import { screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { begin, button, open, sent } from './testing';

beforeEach(begin);

describe('tags', () => {
  async function openTags() {
    const user = open();
    await user.click(screen.getByText('More options'));
    const field = screen.getByRole('textbox', { name: 'Tags' });
    await user.click(field);
    return { user, field };
  }
  const chosen = () =>
    screen
      .queryAllByRole('button', { name: /^Remove tag/ })
      .map((chip) => chip.textContent);

  it('are added by comma, space, Enter and leaving, in lower case and once', async () => {
    const { user } = await openTags();
    await user.keyboard('Food,#fun food c-99{Enter}last');
    expect(chosen()).toEqual(['food', 'fun', 'c-99']);
    await user.tab();
    expect(chosen()).toEqual(['food', 'fun', 'c-99', 'last']);
    expect(sent).toEqual([]);
  });

  it('stay in the field where they cannot be tags', async () => {
    const { user, field } = await openTags();
    await user.keyboard('a+b{Enter}');
    expect(chosen()).toEqual([]);
    expect(field).toHaveProperty('value', 'a+b');
    await user.tab();
    expect(await screen.findByText(/A tag is short/)).toBeTruthy();
  });

  it('go with Backspace, and by their button', async () => {
    const { user, field } = await openTags();
    await user.keyboard('a b c {Backspace}');
    expect(chosen()).toEqual(['a', 'b']);
    await user.click(button('Remove tag a'));
    expect(chosen()).toEqual(['b']);
    expect(document.activeElement).toBe(field);
  });

  it('are suggested from those that others use', async () => {
    const { user } = await openTags();
    await user.click(await screen.findByRole('button', { name: 'Add tag food' }));
    expect(chosen()).toEqual(['food']);
    expect(screen.queryByRole('button', { name: 'Add tag food' })).toBeNull();
    await user.type(screen.getByRole('textbox', { name: 'Tags' }), 'x');
    expect(screen.queryByRole('button', { name: 'Add tag fun' })).toBeNull();
  });
});
