import { i18n } from '@lingui/core';
import { expect, test } from 'vitest';
import { ApiError } from '~/api/error';
import { changeOf, errorAt, formOf, toLocal } from './edit';
import { pollOf } from './harness';

const POLL = pollOf({ description: 'Now', closesAt: '2026-05-01T10:00:30.000Z' });

test('what is not touched is not sent, not even the seconds of the end', () => {
  expect(changeOf(POLL, formOf(POLL))).toEqual({});
});

test('what is another now is sent as the server wants it', () => {
  const form = {
    ...formOf(POLL),
    description: ' ',
    closesAt: '',
  };
  expect(changeOf(POLL, form)).toEqual({
    description: null,
    closesAt: null,
  });
});

test('the end is written in the time zone of the reader', () => {
  const local = toLocal(POLL.closesAt);
  expect(new Date(local).toISOString()).toBe('2026-05-01T10:00:00.000Z');
  const form = { ...formOf(POLL), closesAt: '2030-01-02T03:04' };
  const expected = new Date('2030-01-02T03:04').toISOString();
  expect(changeOf(POLL, form)).toEqual({ closesAt: expected });
  expect(toLocal(null)).toBe('');
});

test('an error is found at its field', () => {
  const errorOf = (field: string, code: string) =>
    new ApiError(
      { code: 'invalid', errors: [{ field, code, message: 'is rude' }] as never },
      Response.error(),
    );
  const long = errorOf('description', 'too_long');
  expect(errorAt(i18n, long, 'description')).toBe('This is too long. Please shorten it.');
  expect(errorAt(i18n, long, 'closesAt')).toBeUndefined();
  expect(errorAt(i18n, errorOf('closesAt', 'rude'), 'closesAt')).toBe('is rude');
  expect(errorAt(i18n, null, 'closesAt')).toBeUndefined();
});
