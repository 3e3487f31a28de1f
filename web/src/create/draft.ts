/** A poll that is being written, and how this browser keeps it until it is created. */
import * as z from 'zod/mini';
import { remember, remembered } from '~/lib/remember';
import { Attempts } from './attempts';
import { DRAFT_KEY } from './draftKey';
import { MAX_OPTIONS, MIN_OPTIONS } from './limits';

/** Its shape. Whether it can become a poll is for rules.ts. */
const draftShape = z.object({
  title: z.string(),
  options: z
    .array(z.object({ text: z.string() }))
    .check(z.minLength(MIN_OPTIONS), z.maxLength(MAX_OPTIONS)),
  description: z.string(),
  tags: z.array(z.string()),
  /** The tag that is being typed. */
  tag: z.string(),
  opens: z.enum(['now', 'at']),
  /** As <input type="datetime-local"> has it, in the zone of this device. */
  opensAt: z.string(),
  /** A number of minutes counts from when the poll opens. */
  closes: z.enum(['never', '5', '60', '1440', '10080', 'at']),
  closesAt: z.string(),
  resultsVisibility: z.enum(['always', 'after_vote', 'after_close']),
  voteChange: z.boolean(),
  voters: z.enum(['anyone', 'registered']),
});

export type Draft = z.infer<typeof draftShape>;

export const EMPTY: Draft = {
  title: '',
  options: Array.from({ length: MIN_OPTIONS }, () => ({ text: '' })),
  description: '',
  tags: [],
  tag: '',
  opens: 'now',
  opensAt: '',
  closes: 'never',
  closesAt: '',
  resultsVisibility: 'always',
  voteChange: false,
  voters: 'anyone',
};

/** The fields that are not shown at first. */
export const FURTHER = [
  'description',
  'tags',
  'tag',
  'opens',
  'opensAt',
  'closes',
  'closesAt',
  'resultsVisibility',
  'voteChange',
  'voters',
] as const satisfies (keyof Draft)[];

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Has anything been changed that is not shown at first? */
export function hasFurther(draft: Draft): boolean {
  return FURTHER.some((name) => !isSame(draft[name], EMPTY[name]));
}

export function isUntouched({ title, options, ...draft }: Draft): boolean {
  const isBlank = title === '' && options.every(({ text }) => text === '');
  return isBlank && !hasFurther({ title, options, ...draft });
}

const PAUSE_MS = 400;

/** null: there is none, or none that this version of the page understands. */
export function keptDraft(): Draft | null {
  try {
    return z.parse(draftShape, JSON.parse(remembered(DRAFT_KEY) ?? ''));
  } catch {
    return null;
  }
}

/** Writes the draft down when typing pauses, and at once when the page goes away. */
export class DraftKeeper {
  /** They begin and end with a draft. */
  readonly attempts = new Attempts();
  private pending: Draft | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  note(draft: Draft): void {
    this.pending = draft;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.flush, PAUSE_MS);
  }

  readonly flush = (): void => {
    clearTimeout(this.timer);
    if (this.pending === null) return;
    if (isUntouched(this.pending)) this.forget();
    else remember(DRAFT_KEY, JSON.stringify(this.pending));
    this.pending = null;
  };

  forget(): void {
    clearTimeout(this.timer);
    this.pending = null;
    remember(DRAFT_KEY, null);
    this.attempts.forget();
  }
}
