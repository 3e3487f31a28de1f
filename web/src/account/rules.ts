/** The server's limits for an account, said while one types; the server has the last word. */
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { FieldError } from '~/api/error';

/** What is wrong with a value, or null. */
export type Rule = (value: string) => MessageDescriptor | null;

const NEEDED = msg`Please fill this in.`;
const USERNAME_LENGTH = msg`A username has 3 to 50 characters.`;
const PASSWORD_LENGTH = msg`A password has 8 to 128 characters.`;
const NO_EMAIL = msg`This is not an e-mail address.`;

/** As people count them, and the server: an emoji is one. */
function isLong(value: string, least: number, most: number): boolean {
  const { length } = [...value];
  return length >= least && length <= most;
}

export const isNeeded: Rule = (value) => (value === '' ? NEEDED : null);

export const isUsername: Rule = (value) =>
  isNeeded(value.trim()) ?? (isLong(value.trim(), 3, 50) ? null : USERNAME_LENGTH);

/** Only what is surely wrong; which addresses exist, nobody can tell by looking. */
export const isEmail: Rule = (value) =>
  isNeeded(value.trim()) ??
  (/^[^\s@]+@([^\s@.]+(\.[^\s@.]+)+|localhost)$/i.test(value.trim()) ? null : NO_EMAIL);

export const isPassword: Rule = (value) =>
  isNeeded(value) ?? (isLong(value, 8, 128) ? null : PASSWORD_LENGTH);

type Words = Partial<Record<FieldError['code'], MessageDescriptor>>;

const PASSWORD_WORDS: Words = {
  required: NEEDED,
  too_short: PASSWORD_LENGTH,
  too_long: PASSWORD_LENGTH,
};

/** What the server finds wrong with a field, in the reader's language. */
export const SERVER_SAYS: Readonly<Record<string, Words>> = {
  username: {
    required: NEEDED,
    too_short: USERNAME_LENGTH,
    too_long: USERNAME_LENGTH,
    bad_characters: msg`A username has letters that can be seen, and one space between words.`,
    invisible: msg`A username has letters that can be seen, and one space between words.`,
    mixed_scripts: msg`A username is written in one script: it must not look like another.`,
    taken: msg`This username is taken.`,
  },
  email: {
    required: NEEDED,
    too_long: msg`This e-mail address is too long.`,
    bad_characters: NO_EMAIL,
    bad_format: NO_EMAIL,
    taken: msg`There is an account with this e-mail address already.`,
  },
  password: PASSWORD_WORDS,
  currentPassword: PASSWORD_WORDS,
};
