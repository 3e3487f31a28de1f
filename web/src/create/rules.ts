/**
 * What is wrong with a draft: the server's own rules (src/core/poll_check.c), checked before
 * it is asked. One rule is the page's: options that were left empty are left out, as long as
 * enough remain.
 */
import * as z from 'zod/mini';
import type { Draft } from './draft';
import {
  MAX_DESCRIPTION,
  MAX_OPTION,
  MAX_TAGS,
  MAX_TITLE,
  MIN_OPTIONS,
  TAG,
} from './limits';
import { newTags } from './tags';
import { isLine, isProse, lengthOf, trimmed } from './text';
import { closingOf, instantOf, isSkippedByClocks } from './times';

export type Fault =
  | 'missing'
  | 'long'
  | 'control'
  | 'few'
  | 'same'
  | 'tag'
  | 'manyTags'
  | 'time'
  | 'gap'
  | 'past'
  | 'order';

/** By the name of the field ("options.1.text"): a Fault, or the server's own words. */
export type Faults = Readonly<Record<string, string>>;

function fault<T>(name: Fault, isFine: (value: T) => boolean) {
  return z.refine<T>(isFine, { error: name });
}

function text(max: number, isClean: (text: string) => boolean) {
  return z.string().check(
    fault('long', (value) => lengthOf(value) <= max),
    fault('control', isClean),
  );
}

type Options = Draft['options'];

/** Empty ones are wrong only where there would be too few: said once, at the first. */
function emptyOptions(options: Options): number[] {
  const empty = options.flatMap(({ text }, i) => (trimmed(text) === '' ? [i] : []));
  const filled = options.length - empty.length;
  return filled < MIN_OPTIONS ? empty.slice(0, 1) : [];
}

function repeatedOptions(options: Options): number[] {
  const texts = options.map(({ text }) => trimmed(text));
  return texts.flatMap((text, i) => (text !== '' && texts.indexOf(text) < i ? [i] : []));
}

const wholeOptions = z.superRefine<Options>((options, { addIssue }) => {
  const add = (message: Fault) => (index: number) =>
    addIssue({ code: 'custom', message, path: [index, 'text'], continue: true });
  emptyOptions(options).forEach(add('few'));
  repeatedOptions(options).forEach(add('same'));
});

const rules = z.object({
  title: text(MAX_TITLE, isLine).check(fault('missing', (title) => trimmed(title) !== '')),
  options: z.array(z.object({ text: text(MAX_OPTION, isLine) })).check(wholeOptions),
  description: text(MAX_DESCRIPTION, isProse),
});

function tagFaults({ tags, tag }: Draft): Faults {
  const all = [...tags, ...newTags(tags, tag)];
  if (!all.every((one) => TAG.test(one))) return { tag: 'tag' };
  return all.length > MAX_TAGS ? { tag: 'manyTags' } : {};
}

function openingFaults({ opens, opensAt }: Draft): Faults {
  if (opens !== 'at') return {};
  if (instantOf(opensAt) === null) return { opensAt: 'time' };
  return isSkippedByClocks(opensAt) ? { opensAt: 'gap' } : {};
}

function closingFaults(draft: Draft, now: number): Faults {
  if (draft.closes !== 'at') return {};
  const closes = closingOf(draft, now);
  if (closes === null) return { closesAt: 'time' };
  if (isSkippedByClocks(draft.closesAt)) return { closesAt: 'gap' };
  if (closes <= now) return { closesAt: 'past' };
  const opens = draft.opens === 'at' ? instantOf(draft.opensAt) : null;
  return opens !== null && opens >= closes ? { opensAt: 'order' } : {};
}

/** The first fault of each field, in the order in which the fields are shown. */
export function faultsOf(draft: Draft, now: number): Faults {
  const faults: Record<string, string> = {};
  for (const { path, message } of rules.safeParse(draft).error?.issues ?? [])
    faults[path.join('.')] ??= message;
  return {
    ...faults,
    ...tagFaults(draft),
    ...openingFaults(draft),
    ...closingFaults(draft, now),
  };
}
