/**
 * A line of short requests: one poll after the other is asked for. It is for pages that may
 * keep no stream open (oneStream.ts): between two requests it takes no connection, so that a
 * vote never has to wait for one. The reader's share of requests is for what the reader does:
 * from the half of it on, this asks rarely. How many are watching is not learned this way.
 */
import { api, type Schemas } from '~/api/client';
import { jittered } from '~/lib/backoff';
import { deletionOf } from '~/results/deletion';
import { BoardPolling } from './boards';
import type { Asked, Line, LineEvents, Wishes } from './line';

const EVERY_MS = 3000;
const SPARING_MS = 30_000;

export class AskingLine implements Line {
  private readonly board: BoardPolling;
  /** Those that were never asked for come first, then whichever has waited longest. */
  private polls: number[] = [];
  private readonly known = new Set<number>();
  private isAsking = false;
  private isClosed = false;
  private isHeard = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: LineEvents) {
    this.board = new BoardPolling(
      (board) => {
        this.onSign();
        events.news({ type: 'leaderboard', ...board });
      },
      () => this.polls.length === 0 && this.end(null),
    );
  }

  follow({ polls, leaderboard }: Wishes): void {
    this.board.want(leaderboard);
    const before = this.polls.filter((id) => polls.includes(id));
    const fresh = polls.filter((id) => !this.polls.includes(id));
    this.polls = [...fresh, ...before];
    for (const id of fresh) this.known.delete(id);
    if (fresh.length > 0 && !this.isAsking) this.plan(0);
  }

  /** An answer is never awaited for longer than a request may take: nothing can be stale. */
  check(): void {}

  close(): void {
    this.isClosed = true;
    this.board.want(false);
    clearTimeout(this.timer);
  }

  private end(againInMs: number | null): void {
    if (this.isClosed) return;
    this.close();
    this.events.closed(againInMs);
  }

  private onSign(): void {
    if (!this.isHeard) this.events.opened();
    this.isHeard = true;
  }

  private plan(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.askNext(), ms);
  }

  private async askNext(): Promise<void> {
    const [id, ...others] = this.polls;
    if (id === undefined) return;
    this.polls = [...others, id];
    this.known.add(id);
    this.isAsking = true;
    const answer = await ask(id);
    this.isAsking = false;
    if (this.isClosed) return;
    if (answer === null || answer.news === null) this.end(answer?.againInMs ?? null);
    else this.take(id, answer.news, answer.isSparing);
  }

  private take(id: number, news: Asked, isSparing: boolean): void {
    this.onSign();
    if (this.polls.includes(id)) this.events.news(news);
    if (this.isClosed) return;
    const isFirst = this.polls[0] !== undefined && !this.known.has(this.polls[0]);
    this.plan(isFirst ? 0 : jittered(isSparing ? SPARING_MS : EVERY_MS));
  }
}

interface Answer {
  /** null: refused. */
  news: Asked | null;
  againInMs: number | null;
  /** Half of what the reader may ask for is used up. */
  isSparing: boolean;
}

/** null: there was no answer. */
async function ask(id: number): Promise<Answer | null> {
  try {
    const { data, response } = await api.GET('/api/polls/{id}', {
      params: { path: { id } },
    });
    const number = (header: string) => Number(response.headers.get(header));
    const after = number('Retry-After');
    return {
      news: response.status === 404 ? deletionOf(id) : data ? newsOf(data) : null,
      againInMs: after > 0 ? after * 1000 : null,
      isSparing: number('X-RateLimit-Remaining') * 2 < number('X-RateLimit-Limit'),
    };
  } catch {
    return null;
  }
}

/** Without counts it has no version: it says the status, where nothing more is known. */
function newsOf({ id, status, results }: Schemas['Poll']): Asked {
  return { type: 'results', pollId: id, version: 0, status, ...results };
}
