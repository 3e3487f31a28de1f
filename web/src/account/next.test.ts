import { describe, expect, it } from 'vitest';
import { safeNext, withNext } from './next';

const query = (next: string) => `?${new URLSearchParams({ next })}`;

describe('safeNext', () => {
  it.each([
    ['/', '/'],
    ['/new', '/new'],
    ['/p/12', '/p/12'],
    ['/account?tab=votes#top', '/account?tab=votes#top'],
    ['/a//b', '/a//b'],
  ])('goes to %j', (next, expected) => {
    expect(safeNext(query(next))).toBe(expected);
  });

  it.each([
    '',
    'new',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    ' //evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/sign-in',
    '/register?next=/sign-in',
  ])('does not go to %j', (next) => {
    expect(safeNext(query(next))).toBe('/');
  });

  it('goes to the feed where nothing is said', () => {
    expect(safeNext('')).toBe('/');
  });
});

describe('withNext', () => {
  it('keeps the aim', () => {
    expect(withNext('/register', '?next=/p/12')).toBe('/register?next=%2Fp%2F12');
  });

  it.each(['', '?next=//evil.example'])('leaves %j away', (search) => {
    expect(withNext('/register', search)).toBe('/register');
  });
});
