/**
 * A line where WebSocket is blocked. Browsers open six connections to a server by HTTP/1.1,
 * and a stream keeps one for as long as it lasts: so of all tabs and widgets that share
 * them, one has a stream at a time, which is whoever holds a lock of the browser. The
 * others ask (asking.ts) until it is their turn, as they do where there are no locks.
 */
import { AskingLine } from './asking';
import type { Line, LineEvents, Wishes } from './line';
import { StreamLine } from './stream';

const LOCK = 'pollux.stream';

export class OneStreamLine implements Line {
  private line: Line | null = null;
  private wishes: Wishes | null = null;
  private readonly closing = new AbortController();

  constructor(private readonly events: LineEvents) {
    void this.takeTurn();
  }

  follow(wishes: Wishes): void {
    this.wishes = wishes;
    this.line?.follow(wishes);
  }

  check(): void {
    this.line?.check();
  }

  close(): void {
    this.closing.abort();
    this.line?.close();
  }

  private async takeTurn(): Promise<void> {
    const { signal } = this.closing;
    try {
      const stream = () => this.stream();
      const ifFree = (lock: Lock | null) => lock !== null && stream();
      if (await navigator.locks.request(LOCK, { ifAvailable: true }, ifFree)) return;
      this.become(new AskingLine(this.own()));
      await navigator.locks.request(LOCK, { signal }, stream);
    } catch {
      if (this.line === null) this.become(new AskingLine(this.own())); // no locks here
    }
  }

  /** Until it is over: so long the lock is held. */
  private stream(): Promise<true> {
    return new Promise((resolve) => {
      const { signal } = this.closing;
      signal.addEventListener('abort', () => resolve(true));
      if (signal.aborted) resolve(true);
      else this.become(new StreamLine(this.own()));
    });
  }

  private become(line: Line): void {
    if (this.closing.signal.aborted) return;
    this.line?.close();
    this.line = line;
    if (this.wishes !== null) line.follow(this.wishes);
  }

  /** What ends of itself ends its turn, too. */
  private own(): LineEvents {
    return {
      ...this.events,
      closed: (againInMs) => {
        this.closing.abort();
        this.events.closed(againInMs);
      },
    };
  }
}
