/** Which field a refusal of the server is about, and what it says there. */
import type { I18n, MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { ApiError, type ErrorCode } from '~/api/error';
import { sentenceOf } from '~/api/sentence';
import { SERVER_SAYS } from './rules';

export interface Refusal {
  fields: Readonly<Record<string, string>>;
  /** What belongs to none of the fields. */
  notice: string | null;
}

export interface RefusalHints {
  /** The form's fields. */
  names: readonly string[];
  /** The field that a 403 is about: it says who is asking. */
  proof?: string;
  /** A form's own words for a refusal. */
  words?: Partial<Record<ErrorCode, MessageDescriptor>>;
}

const WRONG_PASSWORD = msg`That is not your password.`;

function fieldsOf(i18n: I18n, error: ApiError, proof?: string): Record<string, string> {
  if (error.code === 'forbidden' && proof !== undefined)
    return { [proof]: i18n._(WRONG_PASSWORD) };
  return Object.fromEntries(
    error.errors.map(({ field, code, message }) => {
      const known = SERVER_SAYS[field]?.[code];
      return [field, known === undefined ? message : i18n._(known)];
    }),
  );
}

export function refusalOf(i18n: I18n, error: unknown, hints: RefusalHints): Refusal {
  const own = error instanceof ApiError ? hints.words?.[error.code] : undefined;
  if (own !== undefined) return { fields: {}, notice: i18n._(own) };
  const all = error instanceof ApiError ? fieldsOf(i18n, error, hints.proof) : {};
  const fields = Object.fromEntries(
    Object.entries(all).filter(([name]) => hints.names.includes(name)),
  );
  const isPlaced = Object.keys(fields).length > 0;
  return { fields, notice: isPlaced ? null : sentenceOf(i18n, error) };
}
