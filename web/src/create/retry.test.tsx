import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { problem } from '~/test/fakeApi';
import {
  begin,
  button,
  create,
  keys,
  open,
  POLL,
  question,
  refusal,
  sent,
  serve,
  write,
} from './testing';

beforeEach(begin);

const lost = () => Promise.reject(new DOMException('', 'TimeoutError'));
const conflict = () => problem(409, 'conflict');
const isCreated = () => waitFor(() => expect(location.pathname).toBe('/p/7'));

/** A draft whose first answer is lost. */
async function loseAnswer(...answers: Parameters<typeof serve>) {
  serve(lost, ...answers);
  const user = open();
  await write(user, 'a', 'b');
  await user.click(create());
  await screen.findByText(/Just try again: it will be one poll/);
  return user;
}

describe('where no answer came', () => {
  it('the same is sent again under the same key', async () => {
    const user = await loseAnswer({ body: POLL });
    await user.click(create());
    await isCreated();
    expect(keys).toEqual([expect.stringMatching(/\d/), keys[0]]);
    expect(sent[1]).toEqual(sent[0]);
  });

  it('so it is after a reload', async () => {
    await loseAnswer();
    fireEvent(window, new Event('pagehide'));
    cleanup();
    await open().click(create());
    await isCreated();
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it('a changed draft is told that it had become a poll, and is another from then on', async () => {
    const user = await loseAnswer(conflict());
    await user.type(question(), '!');
    await user.click(create());
    const link = await screen.findByRole('link', { name: 'your polls' });
    expect(link.getAttribute('href')).toBe('/account');
    expect(keys).toEqual([keys[0], keys[0]]);
    await user.click(create());
    await isCreated();
    expect(keys).toHaveLength(3);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('a time that counts from now on is sent as it was, too', async () => {
    serve(lost, conflict(), { body: POLL });
    const user = open();
    await write(user, 'a', 'b');
    await user.click(screen.getByText('More options'));
    await user.click(screen.getByRole('radio', { name: 'after 1 hour' }));
    await user.click(create());
    await screen.findByText(/Just try again/);
    const before = Date.now();
    await waitFor(() => expect(Date.now()).toBeGreaterThan(before));
    await user.click(create());
    await isCreated();
    expect(sent).toHaveLength(3);
    expect(sent[1]).not.toEqual(sent[0]);
    expect(sent[2]).toEqual(sent[0]);
  });
});

describe('the key', () => {
  it('of a refused draft stays its own', async () => {
    serve(refusal({ field: 'title', code: 'rude', message: 'is rude' }));
    const user = open();
    await write(user, 'a', 'b');
    await user.click(create());
    await screen.findByText('is rude');
    await user.type(question(), '!');
    await user.click(create());
    await isCreated();
    expect(keys).toEqual([keys[0], keys[0]]);
  });

  it.each([
    ['was created', async () => {}],
    ['was dropped', () => open().click(button('Start over'))],
  ])('is another after a draft %s', async (what, end) => {
    const user = await loseAnswer();
    if (what === 'was created') {
      await user.click(create());
      await isCreated();
      history.replaceState(null, '', '/new');
    }
    fireEvent(window, new Event('pagehide'));
    cleanup();
    await end();
    cleanup();
    const next = open();
    await write(next, 'a', 'b');
    await next.click(create());
    await isCreated();
    expect(keys.at(-1)).not.toBe(keys[0]);
  });
});
