import { expect, test } from 'vitest';
import { optionsOf } from './options';

test('what is not said, or not known, is the default', () => {
  const defaults = { theme: 'system', locale: null, isTransparent: false };
  expect(optionsOf('')).toEqual(defaults);
  expect(optionsOf('?theme=pink&lang=toString&background=red')).toEqual(defaults);
});

test('takes what it knows', () => {
  expect(optionsOf('?theme=light&lang=en&background=transparent')).toEqual({
    theme: 'light',
    locale: 'en',
    isTransparent: true,
  });
});
