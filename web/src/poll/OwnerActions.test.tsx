import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ComponentProps } from 'react';
import { describe, expect, test, vi } from 'vitest';
import { type Answer, problem } from '~/test/fakeApi';
import { EditDialog } from './EditDialog';
import { pollOf, resultsOf, serve, show } from './harness';
import { OwnerActions } from './OwnerActions';

const POLL = pollOf();
const CLOSED = pollOf({
  status: 'closed',
  results: resultsOf([3, 1], { version: 11, status: 'closed' }),
});
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

function Actions(props: Partial<ComponentProps<typeof OwnerActions>>) {
  const nothing = () => {};
  return (
    <OwnerActions
      poll={POLL}
      status="open"
      onClosed={nothing}
      onDeleted={nothing}
      {...props}
    />
  );
}

describe('closing', () => {
  test('asks first, and shows what the server made of it', async () => {
    const { asked } = serve({ 'POST /api/polls/5/close': { body: CLOSED } });
    const { services } = show(<Actions />);
    await press('Close now');
    expect(screen.getByRole('dialog', { name: 'Close this poll?' })).toBeDefined();
    expect(asked()).toEqual([]);
    await userEvent.click(
      screen.getAllByRole('button', { name: 'Close now' })[1] as Element,
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(asked()).toEqual(['POST /api/polls/5/close']);
    expect(services.client.getQueryData(['poll', 5])).toEqual(CLOSED);
    expect(services.results.get(5)?.status).toBe('closed');
  });

  test('can be thought better of', async () => {
    const { asked } = serve({});
    show(<Actions />);
    await press('Close now');
    await press('Cancel');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(asked()).toEqual([]);
  });

  test('is not offered twice', () => {
    show(<Actions status="closed" />);
    expect(screen.queryByRole('button', { name: 'Close now' })).toBeNull();
  });
});

describe('deleting', () => {
  test('says what will be gone, and then tells', async () => {
    const { asked } = serve({
      'DELETE /api/polls/5': { status: 204 },
    });
    const onDeleted = vi.fn();
    show(<Actions onDeleted={onDeleted} />);
    await press('Delete');
    expect(screen.getByRole('dialog').textContent).toMatch(
      /Tea or coffee.*all of its votes will be gone/,
    );
    await press('Delete for good');
    await waitFor(() => expect(onDeleted).toHaveBeenCalledOnce());
    expect(asked()).toEqual(['DELETE /api/polls/5']);
  });

  test('has a sentence where it fails', async () => {
    serve({ 'DELETE /api/polls/5': problem(403, 'forbidden') });
    const onDeleted = vi.fn();
    show(<Actions onDeleted={onDeleted} />);
    await press('Delete');
    await press('Delete for good');
    expect((await screen.findByRole('alert')).textContent).toBe('You may not do this.');
    expect(onDeleted).not.toHaveBeenCalled();
  });
});

test('lists of polls are asked for anew', async () => {
  serve({ 'POST /api/polls/5/close': { body: CLOSED } });
  const { services } = show(<Actions />);
  services.client.setQueryData(['polls', 'mine'], []);
  services.client.setQueryData(['tags'], []);
  await press('Close now');
  await userEvent.click(screen.getAllByRole('button', { name: 'Close now' })[1] as Element);
  await waitFor(() =>
    expect(services.client.getQueryState(['polls', 'mine'])?.isInvalidated).toBe(true),
  );
  expect(services.client.getQueryState(['tags'])?.isInvalidated).toBe(false);
});

test('the rest are links', () => {
  show(<Actions />);
  const csv = screen.getByRole('link', { name: 'Download CSV' });
  expect(csv.getAttribute('href')).toBe('/api/polls/5/results.csv');
  expect(csv.hasAttribute('download')).toBe(true);
  const present = screen.getByRole('link', { name: 'Present' });
  expect(present.getAttribute('href')).toBe('/present/5');
  const copy = screen.getByRole('link', { name: 'Duplicate' });
  expect(copy.getAttribute('href')).toBe('/new?copy=5');
});

describe('editing', () => {
  function edit(hasVotes: boolean, answer: Answer, poll = POLL) {
    const bodies: unknown[] = [];
    serve({
      'PATCH /api/polls/5': ({ body }) => {
        bodies.push(body);
        return answer;
      },
    });
    const onClose = vi.fn();
    const { status } = poll;
    const { services } = show(
      <EditDialog poll={poll} status={status} hasVotes={hasVotes} onClose={onClose} />,
    );
    return { bodies, onClose, services };
  }
  const write = async (label: string, text: string) => {
    const field = screen.getByLabelText(label);
    await userEvent.clear(field);
    await userEvent.type(field, text);
  };

  test('with votes, only description and end are offered, and only changes sent', async () => {
    const changed = pollOf({ description: 'New' });
    const { bodies, onClose, services } = edit(true, { body: changed });
    expect(screen.queryByLabelText('Question')).toBeNull();
    expect(screen.getByLabelText('End')).toBeDefined();
    await write('Description', 'New');
    await press('Save');
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
    expect(bodies).toEqual([{ description: 'New' }]);
    expect(services.client.getQueryData(['poll', 5])).toEqual(changed);
  });

  test('without votes, in the form that it was made with', async () => {
    const { bodies, onClose } = edit(false, { body: POLL });
    await screen.findByLabelText('Question');
    await write('Question', 'Mate?');
    await write('Option 1', 'Yes');
    await userEvent.click(screen.getByText('More options'));
    await userEvent.type(screen.getByRole('textbox', { name: 'Tags' }), 'fun ');
    await userEvent.click(screen.getByRole('radio', { name: /^After voting/ }));
    await userEvent.click(screen.getByRole('checkbox', { name: /^Votes can be changed/ }));
    await press('Save');
    await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
    expect(bodies).toEqual([
      {
        title: 'Mate?',
        options: expect.arrayContaining(['Yes']),
        tags: [...POLL.tags, 'fun'],
        resultsVisibility: 'after_vote',
        voteChange: !POLL.voteChange,
      },
    ]);
  });

  test('what is wrong is said before anybody is asked', async () => {
    const { bodies } = edit(false, { body: POLL });
    await screen.findByLabelText('Question');
    await userEvent.clear(screen.getByLabelText('Question'));
    await press('Save');
    expect(screen.getByText('A poll needs a question.')).toBeDefined();
    expect(bodies).toEqual([]);
  });

  test('nothing changed, nothing sent', async () => {
    const { bodies, onClose } = edit(true, { body: POLL });
    await press('Save');
    expect(onClose).toHaveBeenCalledOnce();
    expect(bodies).toEqual([]);
  });

  test('a vote that came first has a sentence', async () => {
    const { onClose } = edit(false, problem(409, 'conflict'));
    await screen.findByLabelText('Question');
    await write('Question', 'Mate?');
    await press('Save');
    expect((await screen.findByRole('alert')).textContent).toMatch(/^Somebody has voted/);
    expect(onClose).not.toHaveBeenCalled();
  });

  test('what the server finds wrong is said at its field', async () => {
    const errors = [{ field: 'closesAt', code: 'in_the_past', message: 'No.' }];
    edit(true, problem(422, 'invalid', { errors }));
    await write('Description', 'New');
    await press('Save');
    const field = screen.getByLabelText('End');
    await waitFor(() => expect(field.getAttribute('aria-invalid')).toBe('true'));
    expect(screen.getByText('This has to be in the future.')).toBeDefined();
  });

  test('a closed poll can be opened again', () => {
    edit(true, { body: POLL }, CLOSED);
    expect(screen.getByText('A later time, or none, opens the poll again.')).toBeDefined();
  });
});
