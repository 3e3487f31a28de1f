/** The server's limits for an account, said while one types; the server has the last word. */
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';

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

/** The server's words in the reader's language. */
export const SERVER_SAYS: Readonly<Record<string, MessageDescriptor>> = {
  'is needed': NEEDED,
  'must be 3 to 50 characters long': USERNAME_LENGTH,
  'may not hold control characters or invisible ones': msg`A username has no invisible characters.`,
  'must be 8 to 128 characters long': PASSWORD_LENGTH,
  'is not an e-mail address': NO_EMAIL,
  'must be at most 254 bytes long': msg`This e-mail address is too long.`,
  'is needed to change the password or the e-mail address': NEEDED,
};
