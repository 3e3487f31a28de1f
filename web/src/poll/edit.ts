/** What lasts when people have voted: what an owner writes, and what the server is asked. */
import type { I18n, MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Poll } from '~/api/client';
import { ApiError, type FieldError } from '~/api/error';
import type { PollChange } from './actions';

export interface PollForm {
  description: string;
  /** As `<input type="datetime-local">` has it; empty: no end. */
  closesAt: string;
}

/** A moment in the reader's own time zone, to the minute. */
export function toLocal(time: string | null): string {
  if (time === null) return '';
  const date = new Date(time);
  const shifted = date.getTime() - date.getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 16);
}

export function formOf(poll: Poll): PollForm {
  return { description: poll.description ?? '', closesAt: toLocal(poll.closesAt) };
}

/** What the server knows the form's values as. */
function toChange(form: PollForm): Required<Pick<PollChange, keyof PollForm>> {
  return {
    description: form.description.trim() || null,
    closesAt: form.closesAt === '' ? null : new Date(form.closesAt).toISOString(),
  };
}

/** Only what is another now: what is frozen or past is not sent for nothing. */
export function changeOf(poll: Poll, form: PollForm): PollChange {
  const before = toChange(formOf(poll));
  const isNew = ([key, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(before[key as keyof typeof before]);
  return Object.fromEntries(Object.entries(toChange(form)).filter(isNew));
}

const WORDS: Partial<Record<FieldError['code'], MessageDescriptor>> = {
  too_long: msg`This is too long. Please shorten it.`,
  bad_characters: msg`There is an invisible character in it. Please type it again.`,
  invisible: msg`There is an invisible character in it. Please type it again.`,
  in_the_past: msg`This has to be in the future.`,
};

/** What the server says about a field, or a part of it (`options[1]`). */
export function errorAt(
  i18n: I18n,
  error: unknown,
  field: keyof PollForm,
): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = error.errors.find((one) => one.field.split('[')[0] === field);
  const known = found && WORDS[found.code];
  return known === undefined ? found?.message : i18n._(known);
}
