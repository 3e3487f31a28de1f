/** Where this browser keeps a draft, and what was sent of it: also for who only forgets them. */
import { remember } from '~/app/remember';

export const DRAFT_KEY = 'draft';
export const ATTEMPT_KEY = 'attempt';

export function forgetDraft(): void {
  remember(DRAFT_KEY, null);
  remember(ATTEMPT_KEY, null);
}
