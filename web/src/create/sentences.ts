/** What is wrong with a field, in the reader's language. */
import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { MAX_TAGS, MIN_OPTIONS } from './limits';
import type { Fault } from './rules';

const SENTENCES: Record<Fault, ReturnType<typeof msg>> = {
  missing: msg`A poll needs a question.`,
  long: msg`This is too long. Please shorten it.`,
  control: msg`There is an invisible character in it. Please type it again.`,
  few: msg`A poll needs at least ${MIN_OPTIONS} options.`,
  same: msg`Another option says the same.`,
  tag: msg`A tag is short, and has only letters, digits and -.`,
  manyTags: msg`No more than ${MAX_TAGS} tags, please.`,
  time: msg`Choose a day and a time.`,
  gap: msg`There is no such time on that day: the clocks are put forward then.`,
  past: msg`This has to be in the future.`,
  order: msg`The poll has to open before it closes.`,
};

/** The server's own words are left as they are. */
export function faultSentence(i18n: I18n, fault: string): string {
  return fault in SENTENCES ? i18n._(SENTENCES[fault as Fault]) : fault;
}
