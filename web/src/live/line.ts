/** What a line is: one connection to the server that brings snapshots, of whatever kind. */
import type { Schemas } from '~/api/client';
import { deletionOf } from '~/results/deletion';
import type { Board, Snapshots } from './connection';

/** What the page wants to hear of. */
export interface Wishes {
  /** The newest wish last; never more than the server lets one connection follow. */
  readonly polls: readonly number[];
  readonly leaderboard: boolean;
}

/** What was asked for instead: nobody says how many are watching. */
export type Asked = Omit<Schemas['LiveResults'], 'viewers' | 'totalVotes' | 'options'> &
  Partial<Pick<Schemas['LiveResults'], 'viewers' | 'totalVotes' | 'options'>>;

export interface LineEvents {
  /** The server has been heard: it works. For the first time, or on another way. */
  opened(): void;
  news(message: Snapshots | Asked | Board): void;
  /** It is over, once, and not because of close(). The server may have said when to try again. */
  closed(againInMs: number | null): void;
}

export interface Line {
  /** The whole of it, each time: the line finds out what is new. */
  follow(wishes: Wishes): void;
  /** The device has woken up, or its network has changed: is the line still there? */
  check(): void;
  /** Silent from here on. */
  close(): void;
}

/** That a poll was deleted is a last snapshot of it. */
type Message = Exclude<Schemas['LiveMessage'], Schemas['LiveDeleted']>;

/** null: that is no message of ours. Newer servers may send more than we know. */
export function readMessage(text: string): Message | null {
  try {
    const message: unknown = JSON.parse(text);
    if (!isMessage(message)) return null;
    return message.type === 'deleted' ? deletionOf(message.pollId) : message;
  } catch {
    return null;
  }
}

function isMessage(value: unknown): value is Schemas['LiveMessage'] {
  if (typeof value !== 'object' || value === null) return false;
  const message = value as Record<string, unknown>;
  switch (message.type) {
    case 'results':
      return isSnapshot(message);
    case 'deleted':
      return Number.isSafeInteger(message.pollId);
    case 'leaderboard':
      return Array.isArray(message.items);
    case 'error':
    case 'pong':
      return true;
    default:
      return false;
  }
}

function isSnapshot({
  pollId,
  version,
  status,
  hidden,
  ...counts
}: Record<string, unknown>) {
  return (
    Number.isSafeInteger(pollId) &&
    Number.isSafeInteger(version) &&
    typeof status === 'string' &&
    (hidden === true ||
      (Number.isSafeInteger(counts.totalVotes) && Array.isArray(counts.options)))
  );
}
