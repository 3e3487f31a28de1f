/**
 * One live connection for the whole page. It follows the polls that are on the screen, and
 * offers every snapshot to the results' store. Here is only what the first screen needs: who
 * wants what. What talks to the server (driver.ts) is fetched after the first paint.
 */
import type { Schemas } from '~/api/client';
import { fetchCode } from '~/loading/newBuild';
import type { ResultsStore } from '~/results/store';
import type { Driver } from './driver';
import type { Asked, Wishes } from './line';

/** See driver.ts for how they follow each other. */
export type LiveState = 'idle' | 'connecting' | 'live' | 'reconnecting' | 'paused';
/** Without a version it was asked for: it is the list of that moment. */
export type Leaderboard = Pick<Schemas['LiveLeaderboard'], 'items'> & { version?: number };
export type Board = Leaderboard & { type: 'leaderboard' };
export type Snapshots = Schemas['LiveResults'] | Schemas['LiveHidden'];

/** By one connection; the leaderboard counts as one. */
const MOST_TRACKED = 100;

export class LiveConnection {
  state: LiveState = 'idle';
  /** By how many each poll is wanted; the newest wish is last. */
  private readonly tracked = new Map<number, number>();
  private readonly boardListeners = new Set<(board: Leaderboard) => void>();
  private readonly listeners = new Set<() => void>();
  private lastBoard: Leaderboard | null = null;
  private isPaused = false;
  private isLoading = false;
  private driver: Driver | null = null;

  constructor(readonly results: ResultsStore) {}

  /** Follows a poll until the function that it gives is called. Counted: twice is once. */
  track(pollId: number): () => void {
    const count = this.tracked.get(pollId) ?? 0;
    this.tracked.delete(pollId);
    this.tracked.set(pollId, count + 1);
    this.wishesChanged();
    return once(() => this.untrack(pollId));
  }

  private untrack(pollId: number): void {
    const left = (this.tracked.get(pollId) ?? 0) - 1;
    if (left > 0) this.tracked.set(pollId, left);
    else this.tracked.delete(pollId);
    this.wishesChanged();
  }

  /** The ten most voted polls: as last heard at once, then whenever they change. */
  followLeaderboard(onChange: (board: Leaderboard) => void): () => void {
    const listener = (board: Leaderboard) => onChange(board); // its own, for each caller
    this.boardListeners.add(listener);
    if (this.lastBoard !== null) listener(this.lastBoard);
    this.wishesChanged();
    return () => {
      this.boardListeners.delete(listener);
      if (this.boardListeners.size === 0) this.lastBoard = null; // it ages unheard
      this.wishesChanged();
    };
  }

  /** Of the state. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Connects anew: the session is another one now. */
  restart(): void {
    this.driver?.restart();
  }

  /** Nothing moves until resume(). */
  pause(): void {
    this.isPaused = true;
    this.driver?.stop();
    this.enter('paused');
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.enter('idle');
    this.driver?.start();
    this.wishesChanged();
  }

  // ---- what the driver asks and tells ----

  wishes(): Wishes {
    const leaderboard = this.boardListeners.size > 0;
    const most = MOST_TRACKED - (leaderboard ? 1 : 0);
    return { polls: [...this.tracked.keys()].slice(-most), leaderboard };
  }

  take(message: Snapshots | Asked | Board): void {
    if (message.type === 'results') {
      this.results.offer(message);
      return;
    }
    this.lastBoard = message;
    for (const listener of this.boardListeners) listener(message);
  }

  enter(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  // ---- the driver's coming ----

  private wishesChanged(): void {
    if (this.driver !== null) this.driver.wishesChanged();
    else if (!this.isPaused && !this.isLoading && this.isWanted()) this.load();
  }

  private isWanted(): boolean {
    return this.tracked.size > 0 || this.boardListeners.size > 0;
  }

  private load(): void {
    this.isLoading = true;
    this.enter('connecting');
    afterPaint(async () => {
      const { Driver } = await fetchCode(() => import('./driver'));
      this.driver = new Driver(this);
      if (!this.isPaused) this.driver.start();
    });
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

/** Frames are only drawn where somebody looks: a page in the background waits until then. */
function afterPaint(then: () => void): void {
  requestAnimationFrame(() => setTimeout(then));
}
