/** From a draft without faults to what the server takes, and back from what it refuses. */
import type { Schemas } from '~/api/client';
import type { FieldError } from '~/api/error';
import type { Draft } from './draft';
import type { Fault, Faults } from './rules';
import { newTags } from './tags';
import { trimmed } from './text';
import { closingOf, openingOf } from './times';

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** The rows that hold an option: the others are not sent. */
function filledRows({ options }: Draft): number[] {
  return options.flatMap(({ text }, i) => (trimmed(text) === '' ? [] : [i]));
}

export function toInput(draft: Draft, now: number): Schemas['PollInput'] {
  const { resultsVisibility, voteChange, voters } = draft;
  return {
    title: trimmed(draft.title),
    description: trimmed(draft.description) || null,
    options: draft.options.map(({ text }) => trimmed(text)).filter(Boolean),
    tags: [...draft.tags, ...newTags(draft.tags, draft.tag)],
    opensAt: iso(openingOf(draft)),
    closesAt: iso(closingOf(draft, now)),
    resultsVisibility,
    voteChange,
    voters,
  };
}

type Words = Partial<Record<FieldError['code'], Fault>>;

/** What the server finds, as the page says it: in a field of its own way, or in any. */
const TAG_WORDS: Words = {
  required: 'tag',
  too_long: 'tag',
  bad_characters: 'tag',
  too_many: 'manyTags',
};
const WORDS: Words = {
  too_long: 'long',
  too_few: 'few',
  bad_characters: 'control',
  invisible: 'control',
  duplicate: 'same',
  bad_format: 'time',
  in_the_past: 'past',
  out_of_order: 'order',
};

function faultOf({ field, code, message }: FieldError): string {
  if (field.startsWith('tags')) return TAG_WORDS[code] ?? message;
  if (field === 'title' && code === 'required') return 'missing';
  return WORDS[code] ?? message;
}

/** "options[1]" is the second that was sent, wherever it stands in the form. */
function fieldOf(name: string, draft: Draft): string {
  const [, list, index] = /^(\w+)\[(\d+)\]$/.exec(name) ?? [];
  if (list === 'options') return `options.${filledRows(draft)[Number(index)]}.text`;
  if (name === 'options') return 'options.0.text';
  return list === 'tags' || name === 'tags' ? 'tag' : name;
}

export function faultsOfRefusal(errors: readonly FieldError[], draft: Draft): Faults {
  const faults: Record<string, string> = {};
  for (const error of errors) faults[fieldOf(error.field, draft)] ??= faultOf(error);
  return faults;
}
