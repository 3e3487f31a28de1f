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
    ['title', 'required', { title: 'missing' }],
    ['title', 'too_long', { title: 'long' }],
    ['options[1]', 'duplicate', { 'options.2.text': 'same' }],
    ['options[0]', 'bad_characters', { 'options.0.text': 'control' }],
    ['options[0]', 'required', { 'options.0.text': 'its words' }],
    ['options', 'too_few', { 'options.0.text': 'few' }],
    ['options', 'too_many', { 'options.0.text': 'its words' }],
    ['tags[3]', 'required', { tag: 'tag' }],
    ['tags[3]', 'too_long', { tag: 'tag' }],
    ['tags[3]', 'bad_characters', { tag: 'tag' }],
    ['tags[3]', 'wrong_type', { tag: 'its words' }],
    ['tags', 'too_many', { tag: 'manyTags' }],
    ['closesAt', 'in_the_past', { closesAt: 'past' }],
    ['opensAt', 'out_of_order', { opensAt: 'order' }],
    ['opensAt', 'bad_format', { opensAt: 'time' }],
    ['voters', 'unknown', { voters: 'its words' }],
  ] as const)('%s %s', (field, code, faults) => {
    expect(faultsOfRefusal([{ field, code, message: 'its words' }], draft)).toEqual(faults);
  });

  it('shows the words of a code that it does not know', () => {
    const error = { field: 'title', code: 'rude', message: 'is rude' } as never;
    expect(faultsOfRefusal([error], draft)).toEqual({ title: 'is rude' });
  });

  it('keeps the first of a field', () => {
    const errors = (['too_long', 'bad_characters'] as const).map((code) => ({
      field: 'title',
      code,
      message: '',
    }));
    expect(faultsOfRefusal(errors, draft)).toEqual({ title: 'long' });
  });
});
