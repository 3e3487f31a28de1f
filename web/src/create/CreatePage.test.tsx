import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, problem } from '~/test/fakeApi';
import { later } from '~/test/later';
import {
  begin,
  button,
  create,
  kept,
  more,
  open,
  POLL,
  question,
  sent,
  serve,
  services,
  texts,
  write,
} from './testing';

beforeEach(begin);

describe('creating', () => {
  it('needs a question and two options', async () => {
    const user = open();
    await write(user, ' Pizza', 'Soup ');
    await user.click(create());
    await waitFor(() => expect(location.pathname + location.search).toBe('/p/7?share'));
    expect(sent).toEqual([
      {
        title: 'Lunch?',
        description: null,
        options: ['Pizza', 'Soup'],
        tags: [],
        opensAt: null,
        closesAt: null,
        resultsVisibility: 'always',
        voteChange: false,
        voters: 'anyone',
      },
    ]);
  });

  it('makes the poll known, and its lists out of date', async () => {
    const user = open();
    const { client } = services;
    const lists = [['polls', 'mine', 'open'], ['tags']];
    for (const key of lists) client.setQueryData(key, []);
    await write(user, 'a', 'b');
    await user.click(create());
    await waitFor(() => expect(client.getQueryData(['poll', 7])).toEqual(POLL));
    for (const key of lists) expect(client.getQueryState(key)?.isInvalidated).toBe(true);
  });

  it('forgets the draft, also what had not been written down', async () => {
    const user = open();
    await write(user, 'a', 'b');
    await user.click(create());
    await waitFor(() => expect(location.pathname).toBe('/p/7'));
    cleanup();
    expect(kept()).toBeNull();
  });

  it('makes one poll of a double click', async () => {
    const user = open();
    await write(user, 'a', 'b');
    const form = screen.getByRole('form', { name: 'New poll' });
    act(() => {
      fireEvent.submit(form);
      fireEvent.submit(form);
    });
    await waitFor(() => expect(location.pathname).toBe('/p/7'));
    expect(sent).toHaveLength(1);
  });

  it('is busy until there is an answer', async () => {
    const { promise, keep } = later<Answer>();
    serve(() => promise);
    const user = open();
    await write(user, 'a', 'b');
    await user.click(create());
    expect(button('Creating…')).toHaveProperty('disabled', true);
    keep(problem(503, 'overloaded'));
    expect(await screen.findByText(/Very many people/)).toBeTruthy();
    await user.click(create());
    await waitFor(() => expect(location.pathname).toBe('/p/7'));
  });

  it('sends what is said under "More options"', async () => {
    const user = open();
    await write(user, 'a', 'b');
    await user.click(screen.getByText('More options'));
    await user.type(screen.getByRole('textbox', { name: 'Description' }), 'Hm.');
    await user.click(screen.getByRole('radio', { name: 'after 1 hour' }));
    await user.click(screen.getByRole('radio', { name: /^After voting/ }));
    await user.click(screen.getByRole('radio', { name: /^Registered users/ }));
    await user.click(screen.getByRole('checkbox', { name: /^Votes can be changed/ }));
    await user.click(create());
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({
      description: 'Hm.',
      resultsVisibility: 'after_vote',
      voters: 'registered',
      voteChange: true,
    });
    const { closesAt } = sent[0] as { closesAt: string };
    const minutes = (new Date(closesAt).getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(59);
    expect(minutes).toBeLessThanOrEqual(60);
  });
});

describe('who may', () => {
  it.each(['guest', null] as const)(
    '%s registers first, with the draft kept',
    async (me) => {
      const user = open(me);
      expect(screen.getByText(/you need an account/)).toBeTruthy();
      await write(user, 'a', 'b');
      await user.click(create());
      await waitFor(() =>
        expect(location.pathname + location.search).toBe('/register?next=/new'),
      );
      expect(sent).toEqual([]);
      expect(kept()).toMatchObject({
        title: 'Lunch?',
        options: [{ text: 'a' }, { text: 'b' }],
      });
    },
  );

  it.each([
    [401, 'unauthorized', '/sign-in?next=/new'],
    [403, 'forbidden', '/register?next=/new'],
  ])('after %d %s it goes to %s', async (status, code, to) => {
    serve(problem(status, code));
    const user = open();
    await write(user, 'a', 'b');
    await user.click(create());
    await waitFor(() => expect(location.pathname + location.search).toBe(to));
    expect(kept()).toMatchObject({ title: 'Lunch?' });
  });

  it('who was somebody signs in again', async () => {
    const user = open(null);
    services.session.hasExpired = true;
    await write(user, 'a', 'b');
    await user.click(create());
    await waitFor(() =>
      expect(location.pathname + location.search).toBe('/sign-in?next=/new'),
    );
  });

  it('tells a user nothing about accounts', () => {
    open();
    expect(screen.queryByText(/you need an account/)).toBeNull();
  });
});

describe('a draft', () => {
  it('survives a reload, the order of its options too', async () => {
    const user = open();
    await write(user, 'a', 'b');
    await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
    fireEvent(window, new Event('pagehide'));
    cleanup();
    open();
    expect(screen.getByText('Draft restored.')).toBeTruthy();
    expect(texts()).toEqual(['b', 'a']);
    expect(question()).toHaveProperty('value', 'Lunch?');
  });

  it('shows what it has under "More options"', async () => {
    const user = open();
    expect(more().open).toBe(false);
    await user.click(screen.getByText('More options'));
    await user.click(screen.getByRole('radio', { name: 'after 1 day' }));
    cleanup();
    open();
    expect(more().open).toBe(true);
    expect(screen.getByRole('radio', { name: 'after 1 day' })).toHaveProperty(
      'checked',
      true,
    );
  });

  it('is dropped to start over', async () => {
    const user = open();
    await write(user, 'a', 'b', 'c');
    cleanup();
    open();
    await user.click(button('Start over'));
    expect(texts()).toEqual(['', '']);
    expect(document.activeElement).toBe(question());
    expect(screen.queryByText('Draft restored.')).toBeNull();
    cleanup();
    expect(kept()).toBeNull();
  });

  it('is not spoken of where there is none', () => {
    open();
    expect(screen.queryByText('Draft restored.')).toBeNull();
  });
});

it('shows the poll as voters will see it', async () => {
  const user = open();
  await write(user, 'Pizza', 'Soup');
  const preview = within(screen.getByRole('complementary', { name: 'Preview' }));
  expect(preview.getByText('Lunch?')).toBeTruthy();
  expect(preview.getByText('Soup')).toBeTruthy();
});
