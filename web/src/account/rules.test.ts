import { describe, expect, it } from 'vitest';
import { isEmail, isNeeded, isPassword, isUsername, type Rule } from './rules';

const says = (rule: Rule, value: string) => rule(value)?.message ?? null;

describe('isUsername', () => {
  it.each(['ada', ' ada ', 'a'.repeat(50), '🦊🦊🦊'])('takes %j', (value) => {
    expect(says(isUsername, value)).toBeNull();
  });

  it.each(['ad', ' ad  ', 'a'.repeat(51), '🦊🦊'])('does not take %j', (value) => {
    expect(says(isUsername, value)).toBe('A username has 3 to 50 characters.');
  });

  it('is needed', () => expect(says(isUsername, '  ')).toBe('Please fill this in.'));
});

describe('isEmail', () => {
  it.each([
    'ada@example.org',
    ' ada@example.org ',
    'a+b@c.d.e',
    'root@localhost',
    'ä@ö.de',
  ])('takes %j', (value) => expect(says(isEmail, value)).toBeNull());

  it.each(['ada', 'ada@', '@example.org', 'ada@example', 'a b@c.de', 'a@b@c.de', 'a@b..c'])(
    'does not take %j',
    (value) => expect(says(isEmail, value)).toBe('This is not an e-mail address.'),
  );

  it('is needed', () => expect(says(isEmail, ' ')).toBe('Please fill this in.'));
});

describe('isPassword', () => {
  it.each(['12345678', '        ', 'x'.repeat(128)])('takes %j', (value) => {
    expect(says(isPassword, value)).toBeNull();
  });

  it.each(['1234567', 'x'.repeat(129)])('does not take %j', (value) => {
    expect(says(isPassword, value)).toBe('A password has 8 to 128 characters.');
  });

  it('is needed', () => expect(says(isPassword, '')).toBe('Please fill this in.'));
});

it('isNeeded takes anything but nothing', () => {
  expect(says(isNeeded, ' ')).toBeNull();
  expect(says(isNeeded, '')).toBe('Please fill this in.');
});
