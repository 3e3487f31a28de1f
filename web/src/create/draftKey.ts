/** Where this browser keeps a draft: also for those who only forget it. */
export const DRAFT_KEY = 'draft';
