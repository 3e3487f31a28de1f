/** Where this browser keeps what is being written: also for those who only forget it. */
import { remember } from '~/lib/remember';

export const DRAFT_KEY = 'draft';
export const ATTEMPT_KEY = 'attempt';

/** Not for who comes next. */
export function forgetDraft(): void {
  remember(DRAFT_KEY, null);
  remember(ATTEMPT_KEY, null);
}
