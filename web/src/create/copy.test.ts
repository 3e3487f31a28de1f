import { expect, test } from 'vitest';
import { aPoll, optionsOf } from '~/test/fakeApi';
import { changeBetween, copyOf, draftOf } from './copy';
import { faultsOf } from './rules';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const POLL = aPoll({
  title: 'Lunch?',
  description: 'Today',
  options: optionsOf('Pizza', 'Soup'),
  tags: ['food'],
  opensAt: '2026-02-01T10:00:30.000Z',
  closesAt: '2026-05-01T10:00:30.000Z',
  resultsVisibility: 'after_vote',
  voteChange: true,
});

test('a draft has all of the poll, and of nothing changed nothing is sent', () => {
  const draft = draftOf(POLL);
  expect(draft).toMatchObject({
    title: 'Lunch?',
    options: [{ text: 'Pizza' }, { text: 'Soup' }],
    tags: ['food'],
    opens: 'at',
    closes: 'at',
    resultsVisibility: 'after_vote',
    voteChange: true,
  });
  expect(changeBetween(draft, draftOf(POLL), NOW)).toEqual({});
});

test('what is another now is sent as the server wants it', () => {
  const base = draftOf(POLL);
  const change = { tags: ['food', 'fun'], opens: 'now', closes: 'never', description: ' ' };
  expect(changeBetween(base, { ...base, ...change } as typeof base, NOW)).toEqual({
    tags: ['food', 'fun'],
    opensAt: null,
    closesAt: null,
    description: null,
  });
});

test('a copy begins anew: what has passed is left out, what is to come stays', () => {
  const copy = copyOf({ ...POLL, status: 'closed', myVote: 1 }, NOW);
  expect(copy).toMatchObject({ title: 'Lunch?', opens: 'now', opensAt: '', closes: 'at' });
  const over = copyOf({ ...POLL, closesAt: '2026-02-02T10:00:00.000Z' }, NOW);
  expect(over).toMatchObject({ closes: 'never', closesAt: '' });
  expect(faultsOf(over, NOW)).toEqual({});
});
