import { describe, expect, it } from 'vitest';
import { Attempts } from './attempts';
import { EMPTY } from './draft';

const HOUR_MS = 3_600_000;
const options = [{ text: 'a' }, { text: 'b' }];
const draft = { ...EMPTY, title: 'Lunch?', options };
const timed = { ...draft, closes: '60' as const };

describe('the attempts at a draft', () => {
  it('have one key, over a reload too', () => {
    const { key } = new Attempts().next(draft, 1);
    expect(key).toMatch(/^[\d-]{7,64}$/);
    expect(new Attempts().next(draft, 2).key).toBe(key);
    expect(new Attempts().next({ ...draft, title: 'Dinner?' }, 3).key).toBe(key);
  });

  it('have another when they are over', () => {
    const attempts = new Attempts();
    const { key } = attempts.next(draft, 1);
    attempts.forget();
    const other = attempts.next(draft, 2).key;
    expect(other).not.toBe(key);
    expect(new Attempts().next(draft, 3).key).toBe(other);
  });

  it('send what does not change once', () => {
    const attempts = new Attempts();
    attempts.next(draft, 1);
    expect(attempts.next(draft, 2).inputs).toMatchObject([{ title: 'Lunch?' }]);
  });

  it('remember each time that was sent, the newest first, and not without end', () => {
    const closing = (now: number) => new Date(now + HOUR_MS).toISOString();
    new Attempts().next(timed, 1);
    const { inputs } = new Attempts().next(timed, 2);
    expect(inputs.map(({ closesAt }) => closesAt)).toEqual([closing(2), closing(1)]);
    const attempts = new Attempts();
    for (let now = 3; now < 9; now++) attempts.next(timed, now);
    const last = attempts.next(timed, 9).inputs;
    expect(last.map(({ closesAt }) => closesAt)).toEqual([9, 8, 7, 6, 5].map(closing));
  });

  it('at a changed draft send nothing of before', () => {
    const attempts = new Attempts();
    attempts.next(timed, 1);
    expect(attempts.next({ ...timed, title: 'Dinner?' }, 2).inputs).toHaveLength(1);
  });

  it.each(['{', '{"key": 1}', '{}'])('begin anew where %s is kept', (stored) => {
    localStorage.setItem('pollux.attempt', stored);
    expect(new Attempts().next(draft, 1).inputs).toHaveLength(1);
  });
});
