/**
 * A line by server-sent events, where WebSocket is blocked: by fetch, since an EventSource
 * sends no headers, and a widget has a token to send. The polls are in the stream's
 * address: other polls are another stream. A comment comes every 15 s; after 40 s without
 * anything, the line is lost. The leaderboard does not come this way: it is asked for.
 */
import { api, bearerToken } from '~/api/client';
import { BoardPolling } from './boards';
import { EventReader, type ServerEvent } from './events';
import { type Line, type LineEvents, readMessage, type Wishes } from './line';
import { Silence } from './silence';

const QUIET_MS = 40_000;
const ANSWER_MS = 10_000;
/** A comment should have come by then: after waking up, such a line is given up at once. */
const STALE_MS = 20_000;
const REOPEN_MS = 300;

export class StreamLine implements Line {
  private readonly lost = () => this.end(null);
  private readonly silence = new Silence(QUIET_MS, this.lost, this.lost);
  private readonly board: BoardPolling;
  private wishes: Wishes | null = null;
  private stream: AbortController | null = null;
  /** What `stream` follows, as it is in its address. */
  private polls = '';
  private readonly gone = new Set<number>();
  /** The ids of the newest events of this line, by poll: those need not come again. */
  private readonly seen = new Map<number, string>();
  private isHeard = false;
  private heardAt = 0;
  private retryMs: number | null = null;
  private reopening: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: LineEvents) {
    this.board = new BoardPolling(
      (board) => {
        this.onSign();
        events.news({ type: 'leaderboard', ...board });
      },
      () => this.stream === null && this.end(null),
    );
  }

  follow(wishes: Wishes): void {
    const isFirst = this.wishes === null;
    this.wishes = wishes;
    this.board.want(wishes.leaderboard);
    clearTimeout(this.reopening);
    if (isFirst) this.reopen();
    else this.reopening = setTimeout(() => this.reopen(), REOPEN_MS); // swipes come in rows
  }

  check(): void {
    if (this.stream !== null && Date.now() - this.heardAt > STALE_MS) this.end(null);
  }

  close(): void {
    this.silence.stop();
    this.board.want(false);
    clearTimeout(this.reopening);
    this.stream?.abort();
    this.stream = null;
  }

  private end(againInMs: number | null): void {
    this.close();
    this.events.closed(againInMs);
  }

  private onSign(): void {
    this.heardAt = Date.now();
    if (!this.isHeard) this.events.opened();
    this.isHeard = true;
  }

  private reopen(): void {
    const ids = (this.wishes?.polls ?? []).filter((id) => !this.gone.has(id));
    const polls = [...ids].sort((a, b) => a - b).join();
    if (polls === this.polls) return;
    this.polls = polls;
    this.stream?.abort();
    this.stream = null;
    this.silence.stop();
    if (ids.length > 0) void this.run(ids);
  }

  /** From the request to the end of its answer. */
  private async run(ids: number[]): Promise<void> {
    const stream = new AbortController();
    this.stream = stream;
    this.silence.expect(ANSWER_MS);
    let againInMs: number | null = null;
    try {
      const answer = await fetch(this.address(ids), {
        headers: headers(),
        signal: stream.signal,
      });
      if (answer.ok && answer.body !== null) await this.read(answer.body);
      else againInMs = await this.refused(answer, ids, stream.signal);
    } catch {
      // broken off, by us or by the network
    }
    if (this.stream === stream) this.end(againInMs ?? this.retryMs);
  }

  private address(ids: number[]): string {
    const seen = ids.flatMap((id) => this.seen.get(id) ?? []);
    const resume = seen.length > 0 ? `&lastEventId=${seen.join()}` : '';
    return `/api/live?polls=${this.polls}${resume}`;
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const events = new EventReader({
      event: (event) => this.onEvent(event),
      retry: (ms) => {
        this.retryMs = ms;
      },
    });
    this.onSign();
    for (;;) {
      this.silence.heard();
      const { done, value } = await reader.read();
      if (done) return;
      this.onSign();
      events.push(decoder.decode(value, { stream: true }));
    }
  }

  private onEvent({ id, data }: ServerEvent): void {
    const message = readMessage(data);
    if (message?.type !== 'results') return;
    const isOfPoll = id.startsWith(`${message.pollId}.`); // a deletion has none of its own
    if (isOfPoll) this.seen.set(message.pollId, id);
    this.events.news(message);
  }

  /** When to try again; null: as usual. */
  private async refused(
    answer: Response,
    ids: number[],
    signal: AbortSignal,
  ): Promise<number | null> {
    if (answer.status === 404) await this.leaveOutMissing(ids, signal);
    // The client recovers from a session that has ended; then the page connects anew.
    if (answer.status === 401) await api.GET('/api/users/me').catch(() => undefined);
    const after = Number(answer.headers.get('Retry-After'));
    return after > 0 ? after * 1000 : null;
  }

  /** One poll that was deleted refuses the stream of all: which one is not said. */
  private async leaveOutMissing(ids: number[], signal: AbortSignal): Promise<void> {
    for (const id of ids) {
      this.silence.expect(ANSWER_MS);
      const path = `/api/polls/${id}/live`;
      const { status } = await fetch(path, { method: 'HEAD', headers: headers(), signal });
      if (status === 404) this.gone.add(id);
    }
    this.onSign();
    this.reopen();
  }
}

function headers(): HeadersInit {
  const token = bearerToken();
  return {
    Accept: 'text/event-stream',
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
  };
}
