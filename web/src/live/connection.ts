/**
 * One live connection for the whole page. It follows the polls that are on the screen, and
 * offers every snapshot to the results' store.
 */
import type { Schemas } from '~/api/client';
import type { ResultsStore } from '~/results/store';

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused';
export type Leaderboard = Schemas['LiveLeaderboard'];

export class LiveConnection {
  state: LiveState = 'connecting';

  constructor(readonly results: ResultsStore) {}

  /** Follows a poll until the function that it gives is called. Counted: twice is once. */
  track(_pollId: number): () => void {
    return () => {};
  }

  /** The ten most voted polls, whenever they change. */
  followLeaderboard(_onChange: (board: Leaderboard) => void): () => void {
    return () => {};
  }

  /** Of the state. */
  subscribe(_listener: () => void): () => void {
    return () => {};
  }

  /** Connects anew: the session is another one now. */
  restart(): void {}

  pause(): void {}

  resume(): void {}
}
