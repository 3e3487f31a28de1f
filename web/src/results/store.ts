/**
 * The newest result of each poll that the page has seen, from wherever it came: a page of
 * the feed, the answer to a vote, the live connection. The highest version wins, so what
 * arrives late never moves a bar back. Nothing here counts: counts are the server's.
 *
 * A message that hides the counts has a version of its own kind, which does not move with
 * votes, so the two are never compared. It takes away what the connection itself has shown
 * last, and nothing else: just after a vote, it may not have heard yet that this reader has
 * voted, and the answer to the vote knows better.
 */
import type { Results } from '~/api/client';
import { KeyedStore } from '~/lib/KeyedStore';

/** No version comes after it, so nothing that arrives late brings the poll back. */
export const LAST_VERSION = Number.POSITIVE_INFINITY;

export interface Live {
  readonly results: Results | null;
  /** The live connection has shown them. */
  readonly isShownLive: boolean;
  /** How many connections follow the poll now; null until the live connection says so. */
  readonly viewers: number | null;
  /** 0: nothing is known yet. */
  readonly version: number;
  /** Of what hides the counts. */
  readonly hiddenVersion: number;
  readonly status: Results['status'] | null;
}

/** What the live connection brings; counts are missing where the reader may not see them. */
export interface Snapshot {
  pollId: number;
  version: number;
  status: Results['status'];
  /** Only the live connection says so. */
  viewers?: number;
  totalVotes?: number;
  options?: Results['options'];
}

export const NOTHING: Live = {
  results: null,
  isShownLive: false,
  viewers: null,
  version: 0,
  hiddenVersion: 0,
  status: null,
};

function countsOf(snapshot: Snapshot): Results | null {
  const { pollId, version, status, totalVotes, options } = snapshot;
  if (totalVotes === undefined || options === undefined) return null;
  return { pollId, version, status, totalVotes, options };
}

export class ResultsStore extends KeyedStore<Live> {
  /** The reader's session has ended by itself: what they saw is not taken off their screen. */
  keepShown = false;

  /** Takes a result or a live snapshot; what is older than what is known is left. */
  offer(snapshot: Snapshot): void {
    const { pollId, version, status, viewers } = snapshot;
    const counts = countsOf(snapshot);
    if (counts === null && viewers !== undefined) {
      this.offerHidden(snapshot, viewers);
      return;
    }
    const known = this.get(pollId) ?? NOTHING;
    if (version < known.version) return;
    const before = version === known.version ? known : NOTHING;
    this.replace(pollId, known, {
      results:
        this.keepShown && counts === null ? known.results : (before.results ?? counts),
      isShownLive: viewers !== undefined || before.isShownLive,
      viewers: viewers ?? known.viewers,
      version,
      hiddenVersion: known.hiddenVersion,
      status,
    });
  }

  private offerHidden({ pollId, version, status }: Snapshot, viewers: number): void {
    const known = this.get(pollId) ?? NOTHING;
    if (version < known.hiddenVersion) return;
    this.replace(pollId, known, {
      results: known.isShownLive && !this.keepShown ? null : known.results,
      isShownLive: false,
      viewers,
      version: version === LAST_VERSION ? LAST_VERSION : known.version,
      hiddenVersion: version,
      status,
    });
  }

  private replace(pollId: number, known: Live, next: Live): void {
    if (isChange(known, next)) this.set(pollId, next);
  }

  /** A refusal said so; the last counts come by themselves, with a version of their own. */
  close(pollId: number, seen: number): void {
    const version = Math.max(seen, this.get(pollId)?.version ?? 0);
    this.offer({ pollId, version, status: 'closed' });
  }

  /** The counts are no longer for this reader: they took their vote back. */
  hide(pollId: number): void {
    this.set(pollId, { ...(this.get(pollId) ?? NOTHING), results: null });
  }
}

function isChange(a: Live, b: Live): boolean {
  return (Object.keys(a) as (keyof Live)[]).some((key) => a[key] !== b[key]);
}
