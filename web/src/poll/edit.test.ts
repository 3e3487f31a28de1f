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
    title: '  Tea?  ',
    description: ' ',
    options: ' Tea \n\nMate\n',
    closesAt: '',
    voteChange: true,
  };
  expect(changeOf(POLL, form)).toEqual({
    title: 'Tea?',
    description: null,
    options: ['Tea', 'Mate'],
    closesAt: null,
    voteChange: true,
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

test('an error is found at its field, also at a part of it', () => {
  const errors = [
    { field: 'options[1]', code: 'too_long', message: 'No.' },
    { field: 'title', code: 'rude', message: 'is rude' },
  ] as never;
  const error = new ApiError({ code: 'invalid', errors }, Response.error());
  expect(errorAt(i18n, error, 'options')).toBe('This is too long. Please shorten it.');
  expect(errorAt(i18n, error, 'title')).toBe('is rude');
  expect(errorAt(i18n, error, 'description')).toBeUndefined();
  expect(errorAt(i18n, null, 'title')).toBeUndefined();
});
