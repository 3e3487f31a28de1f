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

/** The server's words that the page can say in the reader's language. */
const KNOWN: [RegExp, Fault][] = [
  [/control characters/, 'control'],
  [/same as an earlier/, 'same'],
  [/characters$/, 'long'],
  [/a-z, 0-9/, 'tag'],
  [/in the future/, 'past'],
  [/before closesAt/, 'order'],
  [/a time like/, 'time'],
];

/** "options[1]" is the second that was sent, wherever it stands in the form. */
function fieldOf(name: string, draft: Draft): string {
  const [, list, index] = /^(\w+)\[(\d+)\]$/.exec(name) ?? [];
  if (list === 'options') return `options.${filledRows(draft)[Number(index)]}.text`;
  if (name === 'options') return 'options.0.text';
  return list === 'tags' || name === 'tags' ? 'tag' : name;
}

export function faultsOfRefusal(errors: readonly FieldError[], draft: Draft): Faults {
  const faults: Record<string, string> = {};
  for (const { field, message } of errors) {
    const known = KNOWN.find(([words]) => words.test(message));
    faults[fieldOf(field, draft)] ??= known?.[1] ?? message;
  }
  return faults;
}
