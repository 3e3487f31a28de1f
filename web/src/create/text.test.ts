import { describe, expect, it } from 'vitest';
import { lengthOf, linesOf, trimmed } from './text';

describe('trimmed', () => {
  it.each([
    '\t',
    '\n',
    '\v',
    '\f',
    '\r',
    ' ',
    '\u0085',
    '\u00a0',
    '\u1680',
    '\u2000',
    '\u200a',
    '\u2028',
    '\u2029',
    '\u202f',
    '\u205f',
    '\u3000',
    '\ufeff',
  ])('%j is white space', (blank) => {
    expect(trimmed(`${blank}a${blank}b${blank}`)).toBe(`a${blank}b`);
  });

  it('leaves what the server leaves', () => {
    expect(trimmed('\u200ba\u200b')).toBe('\u200ba\u200b');
  });

  it('mends half a character', () => {
    expect(trimmed('a\ud83cb')).toBe('a\ufffdb');
    expect(trimmed('🎉')).toBe('🎉');
  });
});

it('counts characters as the server does', () => {
  expect(lengthOf(' 🎉 ')).toBe(1);
  expect(lengthOf('👩‍🚀')).toBe(3);
  expect(lengthOf('e\u0301')).toBe(2);
});

it('finds the lines of a text', () => {
  expect(linesOf(' a\r\n\n b \u2028c\rd')).toEqual(['a', 'b', 'c', 'd']);
});
