import { describe, expect, it } from 'vitest';
import { EMPTY } from './draft';
import { faultsOfRefusal, toInput } from './input';
import { localOf } from './times';

const NOW = new Date('2026-03-10T12:00:30.500Z').getTime();
const draft = {
  ...EMPTY,
  title: ' Lunch?\u0085',
  options: [' Pizza', '', 'Soup '].map((text) => ({ text })),
};

describe('toInput', () => {
  it('sends what is said, trimmed, without empty options', () => {
    expect(toInput(draft, NOW)).toEqual({
      title: 'Lunch?',
      description: null,
      options: ['Pizza', 'Soup'],
      tags: [],
      opensAt: null,
      closesAt: null,
      resultsVisibility: 'always',
      voteChange: false,
      voters: 'anyone',
    });
  });

  it('sends a tag that is still being typed', () => {
    const { tags } = toInput({ ...draft, tags: ['food'], tag: '#Fun food, FUN' }, NOW);
    expect(tags).toEqual(['food', 'fun']);
  });

  it('counts a duration from now, or from the opening', () => {
    expect(toInput({ ...draft, closes: '5' }, NOW).closesAt).toBe(
      '2026-03-10T12:05:30.500Z',
    );
    const opensAt = localOf(new Date('2026-03-11T08:00:00Z').getTime());
    expect(toInput({ ...draft, opens: 'at', opensAt, closes: '60' }, NOW)).toMatchObject({
      opensAt: '2026-03-11T08:00:00.000Z',
      closesAt: '2026-03-11T09:00:00.000Z',
    });
  });

  it('counts a duration from now where the opening has passed', () => {
    const opensAt = localOf(new Date('2026-03-01T08:00:00Z').getTime());
    const { closesAt } = toInput({ ...draft, opens: 'at', opensAt, closes: '60' }, NOW);
    expect(closesAt).toBe('2026-03-10T13:00:30.500Z');
  });

  it('leaves out a time that is not chosen', () => {
    const { opensAt, closesAt } = toInput(
      { ...draft, opensAt: '2030-01-01T00:00', closesAt: '2030-01-01T00:00' },
      NOW,
    );
    expect([opensAt, closesAt]).toEqual([null, null]);
  });
});

describe('faultsOfRefusal', () => {
  it.each([
    ['title', 'must be 1 to 200 characters', { title: 'long' }],
    ['options[1]', 'is the same as an earlier option', { 'options.2.text': 'same' }],
    ['options[0]', 'must not contain control characters', { 'options.0.text': 'control' }],
    ['options', 'must be 2 to 20 options', { 'options.0.text': 'must be 2 to 20 options' }],
    ['tags[3]', 'must be 1 to 30 of a-z, 0-9 and -', { tag: 'tag' }],
    ['tags', 'must be at most 10 tags', { tag: 'must be at most 10 tags' }],
    ['closesAt', 'must be in the future', { closesAt: 'past' }],
    ['opensAt', 'must be before closesAt', { opensAt: 'order' }],
    ['opensAt', 'must be a time like 2026-01-31T20:15:00Z', { opensAt: 'time' }],
    ['voters', 'must be nice', { voters: 'must be nice' }],
  ])('%s %s', (field, message, faults) => {
    expect(faultsOfRefusal([{ field, message }], draft)).toEqual(faults);
  });

  it('keeps the first of a field', () => {
    const errors = [
      { field: 'title', message: 'first' },
      { field: 'title', message: 'second' },
    ];
    expect(faultsOfRefusal(errors, draft)).toEqual({ title: 'first' });
  });
});
