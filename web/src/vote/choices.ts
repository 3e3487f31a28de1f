/**
 * What the reader has done on this page: votes and skips that the server has confirmed.
 * They go before what a list said that was fetched earlier, so no poll comes back.
 */
import type { Poll } from '~/api/client';
import { KeyedStore } from '~/lib/KeyedStore';

export interface Choice {
  /** The option's index; null where there is no vote, or it was taken back. */
  readonly myVote: number | null;
  readonly skipped: boolean;
}

export class ChoicesStore extends KeyedStore<Choice> {
  /** Told of what is done on this page (app/otherTabs.ts). */
  onMade: (pollId: number, choice: Choice) => void = () => {};

  /** Done here, and confirmed. */
  make(pollId: number, choice: Choice): void {
    this.set(pollId, choice);
    this.onMade(pollId, choice);
  }

  of(poll: Poll): Choice {
    return this.get(poll.id) ?? { myVote: poll.myVote, skipped: poll.skipped };
  }

  /** Voted on or skipped: not for the feed any more. */
  isDone(poll: Poll): boolean {
    const { myVote, skipped } = this.of(poll);
    return skipped || myVote !== null;
  }
}
