import { describe, expect, test } from 'vitest';
import { filterOf, hrefOf, isNarrowed, toggleTag } from './filter';

const ALL = { tags: [], q: '', sort: 'new' } as const;

describe('a filter', () => {
  test('of an empty address shows everything, newest first', () => {
    expect(filterOf('')).toEqual(ALL);
    expect(hrefOf(ALL)).toBe('/');
  });

  test('goes into the address and comes back from it', () => {
    const filter = { tags: ['c', 'go-1'], q: 'a & b', sort: 'hot' } as const;
    expect(hrefOf(filter)).toBe('/?tag=c&tag=go-1&q=a+%26+b&sort=hot');
    expect(filterOf(hrefOf(filter).slice(1))).toEqual(filter);
  });

  test('leaves out what the server would refuse', () => {
    const many = Array.from({ length: 12 }, (_, i) => `tag=t${i}`).join('&');
    expect(filterOf(many).tags).toHaveLength(10);
    expect(filterOf('tag=&tag=c&tag=c&sort=best&q=%20x%20')).toEqual({
      tags: ['c'],
      q: 'x',
      sort: 'new',
    });
  });

  test('takes a tag in and out, and keeps the rest', () => {
    const filter = { ...ALL, tags: ['c'], q: 'x' };
    expect(toggleTag(filter, 'go')).toEqual({ ...filter, tags: ['c', 'go'] });
    expect(toggleTag(filter, 'c')).toEqual({ ...filter, tags: [] });
  });

  test('narrows by tag and by search, never by order', () => {
    expect(isNarrowed({ ...ALL, sort: 'hot' })).toBe(false);
    expect(isNarrowed({ ...ALL, tags: ['c'] })).toBe(true);
    expect(isNarrowed({ ...ALL, q: 'x' })).toBe(true);
  });
});
