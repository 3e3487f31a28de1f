import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Draft,
  DraftKeeper,
  EMPTY,
  hasFurther,
  isUntouched,
  keptDraft,
} from './draft';

const KEY = 'pollux.draft';
const draft: Draft = { ...EMPTY, title: 'Lunch?' };

describe('a draft', () => {
  it('is untouched until something is written or chosen', () => {
    expect(isUntouched(EMPTY)).toBe(true);
    expect(
      isUntouched({ ...EMPTY, options: [{ text: '' }, { text: '' }, { text: '' }] }),
    ).toBe(true);
    expect(isUntouched(draft)).toBe(false);
    expect(isUntouched({ ...EMPTY, options: [{ text: '' }, { text: 'a' }] })).toBe(false);
    expect(isUntouched({ ...EMPTY, voteChange: true })).toBe(false);
  });

  it('knows whether anything is behind "More options"', () => {
    expect(hasFurther(draft)).toBe(false);
    expect(hasFurther({ ...draft, tags: ['food'] })).toBe(true);
    expect(hasFurther({ ...draft, closes: '5' })).toBe(true);
  });
});

describe('keptDraft', () => {
  it.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['another shape', '{"title": 1}'],
    ['too few options', JSON.stringify({ ...draft, options: [] })],
    [
      'too many options',
      JSON.stringify({ ...draft, options: Array(21).fill({ text: 'a' }) }),
    ],
    ['an unknown word', JSON.stringify({ ...draft, voters: 'cats' })],
  ])('is null for %s', (_, stored) => {
    if (stored !== null) localStorage.setItem(KEY, stored);
    expect(keptDraft()).toBeNull();
  });

  it('comes back as it was', () => {
    localStorage.setItem(KEY, JSON.stringify(draft));
    expect(keptDraft()).toEqual(draft);
  });
});

describe('DraftKeeper', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });

  it('writes when typing pauses', () => {
    const keeper = new DraftKeeper();
    keeper.note({ ...EMPTY, title: 'L' });
    vi.advanceTimersByTime(399);
    keeper.note(draft);
    vi.advanceTimersByTime(399);
    expect(keptDraft()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(keptDraft()).toEqual(draft);
  });

  it('writes at once when asked to, and only what is new', () => {
    const keeper = new DraftKeeper();
    keeper.note(draft);
    keeper.flush();
    expect(keptDraft()).toEqual(draft);
    localStorage.clear();
    keeper.flush();
    vi.runAllTimers();
    expect(keptDraft()).toBeNull();
  });

  it('forgets, also what it was about to write', () => {
    const keeper = new DraftKeeper();
    keeper.note(draft);
    keeper.flush();
    keeper.note({ ...draft, title: 'Dinner?' });
    keeper.forget();
    vi.runAllTimers();
    keeper.flush();
    expect(keptDraft()).toBeNull();
  });

  it('keeps nothing of a form that was emptied again', () => {
    const keeper = new DraftKeeper();
    keeper.note(draft);
    keeper.flush();
    const { key } = keeper.attempts.next(draft, 1);
    keeper.note(EMPTY);
    keeper.flush();
    expect(localStorage.getItem(KEY)).toBeNull();
    expect(keeper.attempts.next(draft, 2).key).not.toBe(key);
  });
});
