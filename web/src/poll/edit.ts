/** What an owner writes into the form, and what of it the server is asked to change. */
import type { Poll } from '~/api/client';
import { ApiError } from '~/api/error';
import type { PollChange } from './actions';

export interface PollForm {
  title: string;
  description: string;
  /** One a line. */
  options: string;
  /** As `<input type="datetime-local">` has it; empty: no end. */
  closesAt: string;
  resultsVisibility: Poll['resultsVisibility'];
  voters: Poll['voters'];
  voteChange: boolean;
}

/** A moment in the reader's own time zone, to the minute. */
export function toLocal(time: string | null): string {
  if (time === null) return '';
  const date = new Date(time);
  const shifted = date.getTime() - date.getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 16);
}

export function formOf(poll: Poll): PollForm {
  const { title, resultsVisibility, voters, voteChange } = poll;
  return {
    title,
    description: poll.description ?? '',
    options: poll.options.map(({ text }) => text).join('\n'),
    closesAt: toLocal(poll.closesAt),
    resultsVisibility,
    voters,
    voteChange,
  };
}

/** What the server knows the form's values as. */
function toChange(form: PollForm): Required<Omit<PollChange, 'tags' | 'opensAt'>> {
  const lines = form.options.split('\n').map((line) => line.trim());
  return {
    ...form,
    title: form.title.trim(),
    description: form.description.trim() || null,
    options: lines.filter((line) => line !== ''),
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

/** What the server says about a field, or a part of it (`options[1]`). */
export function errorAt(error: unknown, field: keyof PollForm): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return error.errors.find((one) => one.field.split('[')[0] === field)?.message;
}
