import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  begin,
  create,
  more,
  open,
  option,
  question,
  refusal,
  sent,
  serve,
  write,
} from './testing';

beforeEach(begin);

describe('what is wrong', () => {
  it('shows after an attempt, the first of it focused', async () => {
    const user = open();
    await user.click(create());
    expect(screen.getByText('2 things need another look.')).toBeTruthy();
    expect(document.activeElement).toBe(question());
    expect(screen.getByText('A poll needs a question.')).toBeTruthy();
    await write(user, 'a');
    expect(screen.getByText('One thing needs another look.')).toBeTruthy();
    await user.click(create());
    expect(document.activeElement).toBe(option(2));
    expect(sent).toEqual([]);
  });

  it('shows at a field that was left, and goes when another field mends it', async () => {
    const user = open();
    await write(user, 'a', 'a');
    expect(screen.queryByText('Another option says the same.')).toBeNull();
    await user.tab();
    expect(await screen.findByText('Another option says the same.')).toBeTruthy();
    expect(option(2).getAttribute('aria-invalid')).toBe('true');
    await user.type(option(1), 'b');
    await waitFor(() =>
      expect(screen.queryByText('Another option says the same.')).toBeNull(),
    );
  });

  it('waits while a pointer is pressed, so that nothing moves away from under it', async () => {
    const user = open();
    await write(user, 'a', 'a');
    await user.pointer({ keys: '[MouseLeft>]', target: screen.getByText('More options') });
    expect(document.activeElement).not.toBe(option(2));
    expect(screen.queryByText('Another option says the same.')).toBeNull();
    await user.pointer({ keys: '[/MouseLeft]' });
    expect(await screen.findByText('Another option says the same.')).toBeTruthy();
  });

  it('unfolds what was folded away', async () => {
    const user = open();
    await write(user, 'a', 'b');
    await user.click(screen.getByText('More options'));
    const [, closingAt] = screen.getAllByRole('radio', { name: 'at a set time' });
    await user.click(closingAt as HTMLElement);
    const time = screen.getByLabelText('Closing time');
    fireEvent.change(time, { target: { value: '2001-01-01T00:00' } });
    more().open = false;
    fireEvent(more(), new Event('toggle'));
    await user.click(create());
    expect(more().open).toBe(true);
    expect(document.activeElement).toBe(time);
    expect(screen.getByText('This has to be in the future.')).toBeTruthy();
  });

  it('counts characters as the server does', async () => {
    const user = open();
    await user.click(question());
    await user.paste('🎉'.repeat(200));
    await user.tab();
    expect(screen.getByText('200 of 200 characters')).toBeTruthy();
    expect(screen.queryByText(/too long/)).toBeNull();
    await user.type(question(), '!');
    expect(await screen.findByText('This is too long. Please shorten it.')).toBeTruthy();
  });
});

describe('what the server refuses', () => {
  it('shows at its field until that is changed', async () => {
    serve(refusal({ field: 'options[1]', code: 'rude', message: 'is rude' }));
    const user = open();
    await write(user, 'a', 'b', 'c');
    await user.clear(option(2));
    await user.click(create());
    expect(await screen.findByText('is rude')).toBeTruthy();
    expect(sent).toMatchObject([{ options: ['a', 'c'] }]);
    expect(option(3).getAttribute('aria-invalid')).toBe('true');
    await waitFor(() => expect(document.activeElement).toBe(option(3)));
    expect(screen.getByText('One thing needs another look.')).toBeTruthy();
    await user.type(question(), '!');
    expect(screen.getByText('is rude')).toBeTruthy();
    await user.type(option(3), '!');
    expect(screen.queryByText('is rude')).toBeNull();
  });

  it('says it in words of the page where it has them', async () => {
    serve(refusal({ field: 'title', code: 'bad_characters', message: 'No.' }));
    const user = open();
    await write(user, 'a', 'b');
    await user.click(create());
    expect(await screen.findByText(/an invisible character/)).toBeTruthy();
  });

  it('can be tried again as it is', async () => {
    serve(refusal({ field: 'closesAt', code: 'in_the_past', message: 'No.' }));
    const user = open();
    await write(user, 'a', 'b');
    await user.click(create());
    await screen.findByText('One thing needs another look.');
    await user.click(create());
    await waitFor(() => expect(location.pathname).toBe('/p/7'));
  });

  it('shows at the group of choices where the time is not typed', async () => {
    serve(refusal({ field: 'closesAt', code: 'in_the_past', message: 'No.' }));
    const user = open();
    await write(user, 'a', 'b');
    const choice = screen.getByRole('radio', { name: 'after 5 minutes' });
    await user.click(choice);
    await user.click(create());
    expect(await screen.findByText('This has to be in the future.')).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(choice));
    const group = screen.getByRole('group', { name: 'Closes' });
    const words = document.getElementById(group.getAttribute('aria-describedby') ?? '');
    expect(words?.textContent).toBe('This has to be in the future.');
    await user.click(screen.getByRole('radio', { name: 'after 1 hour' }));
    expect(screen.queryByText('This has to be in the future.')).toBeNull();
  });
});
