/**
 * Keeps one line to the server open while somebody wants something, by WebSocket, or, where
 * WebSocket is blocked, by an event stream or short requests (oneStream.ts).
 *
 *            a wish               the server is heard
 *   idle ─────────────▶ connecting ─────────────▶ live
 *    ▲                       ▲                    │  │ the line is lost
 *    │ no wish for 30 s      └──── restart() ─────┘  ▼
 *    └───── from live                          reconnecting ──▶ live
 *                                                    ▲
 *   any ──▶ paused: by the reader, or hidden for a   │ resume(), visible again
 *           minute; then nothing is open ────────────┘
 *
 * A line that was lost is tried again with jittered backoff (lib/backoff.ts); at once when the
 * network or the reader comes back. A dead line is noticed after 20 s of silence at most
 * (socket.ts; 40 s: stream.ts), within 3 s after waking up.
 */
import { REACHED } from '~/api/retry';
import { backoff, jittered } from '~/lib/backoff';
import { LAST_VERSION } from '~/results/store';
import type { Board, LiveConnection, Snapshots } from './connection';
import type { Asked, Line, LineEvents, Wishes } from './line';
import { OneStreamLine } from './oneStream';
import { SocketLine } from './socket';

const GATHER_MS = 50;
const LINGER_MS = 30_000;
const HIDDEN_MS = 60_000;
/** A line that lived so long was a good one: the next failure is a first one. */
const GOOD_MS = 10_000;
const TRY_SOCKET_MS = 5 * 60_000;
/** So many failures in a row, and WebSocket is taken for blocked: fewer if it never worked. */
const BLOCKED_AFTER = { never: 2, once: 5 };

type Timer = ReturnType<typeof setTimeout> | undefined;

export class Driver {
  private line: Line | null = null;
  /** A WebSocket that is tried while an event stream does the work. */
  private probe: Line | null = null;
  private failures = 0;
  private openedAt: number | null = null;
  private wasLive = false;
  private socketWorked = false;
  private socketFailures = 0;
  private isAsleep = false;
  private listening: AbortController | null = null;
  private gather: Timer;
  private linger: Timer;
  private retry: Timer;
  private hiding: Timer;
  private trying: Timer;

  constructor(private readonly page: LiveConnection) {}

  start(): void {
    this.listen();
    this.isAsleep = false;
    if (document.hidden) this.onHidden();
    if (this.isWanted()) this.connect();
    else this.rest();
  }

  /** Nothing is open, nothing is heard, until start(). */
  stop(): void {
    this.listening?.abort();
    this.listening = null;
    clearTimeout(this.gather);
    clearTimeout(this.hiding);
    this.disconnect();
  }

  /** Who wants what has changed; what changes together is told together. */
  wishesChanged(): void {
    clearTimeout(this.gather);
    if (this.isRunning()) this.gather = setTimeout(() => this.tell(), GATHER_MS);
  }

  /** Another session: the server has to see its cookie. */
  restart(): void {
    if (!this.isRunning()) return;
    this.disconnect();
    this.failures = 0;
    if (this.isWanted()) this.connect('connecting');
    else this.rest();
  }

  private isRunning(): boolean {
    return this.listening !== null && !this.isAsleep;
  }

  private isWanted(): boolean {
    const { polls, leaderboard } = this.wishes();
    return polls.length > 0 || leaderboard;
  }

  /** A poll that was deleted is followed no longer, also while it is still on the screen. */
  private wishes(): Wishes {
    const { polls, leaderboard } = this.page.wishes();
    const { results } = this.page;
    const isThere = (id: number) => results.get(id)?.version !== LAST_VERSION;
    return { polls: polls.filter(isThere), leaderboard };
  }

  private take(message: Snapshots | Asked | Board): void {
    this.page.take(message);
    if (message.version === LAST_VERSION) this.wishesChanged();
  }

  private tell(): void {
    clearTimeout(this.linger);
    if (!this.isWanted()) this.linger = setTimeout(() => this.rest(), LINGER_MS);
    else if (this.page.state === 'idle') this.connect();
    const wishes = this.wishes();
    this.line?.follow(wishes);
    this.probe?.follow(wishes);
  }

  private rest(): void {
    this.disconnect();
    this.wasLive = false;
    this.page.enter('idle');
  }

  // ---- one line after the other ----

  private connect(state: 'connecting' | 'reconnecting' = this.stateWithoutLine()): void {
    this.disconnect();
    this.page.enter(state);
    this.line = this.isSocketDue()
      ? new SocketLine(this.eventsOfSocket())
      : new OneStreamLine(this.eventsOfStream());
    this.line.follow(this.wishes());
  }

  private stateWithoutLine(): 'connecting' | 'reconnecting' {
    return this.wasLive ? 'reconnecting' : 'connecting';
  }

  private disconnect(): void {
    for (const timer of [this.retry, this.trying, this.linger]) clearTimeout(timer);
    this.line?.close();
    this.probe?.close();
    this.line = null;
    this.probe = null;
    this.openedAt = null;
  }

  private isSocketDue(): boolean {
    const limit = this.socketWorked ? BLOCKED_AFTER.once : BLOCKED_AFTER.never;
    return this.socketFailures < limit;
  }

  private eventsOfSocket(): LineEvents {
    return {
      news: (message) => this.take(message),
      opened: () => {
        this.socketWorked = true;
        this.socketFailures = 0;
        this.onOpened();
      },
      closed: (againInMs) => {
        // Offline, everything fails: that says nothing about WebSocket.
        if (this.openedAt === null && navigator.onLine) this.socketFailures++;
        this.onClosed(againInMs);
      },
    };
  }

  private eventsOfStream(): LineEvents {
    return {
      news: (message) => this.take(message),
      opened: () => {
        this.onOpened();
        this.trySocketLater();
      },
      closed: (againInMs) => {
        // Neither works: the server is down, and WebSocket may be all right. In turns.
        if (this.openedAt === null) this.socketFailures--;
        this.onClosed(againInMs);
      },
    };
  }

  private onOpened(): void {
    this.openedAt = Date.now();
    this.wasLive = true;
    this.page.enter('live');
    dispatchEvent(new Event(REACHED)); // what waits for the server waits no longer
  }

  private onClosed(againInMs: number | null): void {
    if (this.openedAt !== null && Date.now() - this.openedAt >= GOOD_MS) this.failures = 0;
    this.disconnect();
    if (!this.isWanted()) {
      this.rest();
      return;
    }
    this.page.enter(this.stateWithoutLine());
    const wait = againInMs === null ? backoff(this.failures++) : jittered(againInMs);
    this.retry = setTimeout(() => this.connect(), wait);
  }

  // ---- back from the event stream to WebSocket ----

  private trySocketLater(): void {
    clearTimeout(this.trying);
    this.trying = setTimeout(() => this.trySocket(), TRY_SOCKET_MS);
  }

  /** Beside the stream, which goes on until the WebSocket has proved to work. */
  private trySocket(): void {
    if (this.probe !== null) return;
    const probe = new SocketLine({
      ...this.eventsOfSocket(),
      opened: () => {
        this.probe = null;
        this.disconnect();
        this.line = probe;
        this.eventsOfSocket().opened();
      },
      closed: (againInMs) => {
        if (this.line === probe) {
          this.onClosed(againInMs);
          return;
        }
        this.probe = null;
        this.trySocketLater();
      },
    });
    this.probe = probe;
    probe.follow(this.wishes());
  }

  // ---- the device ----

  private listen(): void {
    this.listening?.abort();
    this.listening = new AbortController();
    const { signal } = this.listening;
    const onVisibility = () => (document.hidden ? this.onHidden() : this.wake());
    document.addEventListener('visibilitychange', onVisibility, { signal });
    // An open connection would keep the page out of the browser's back/forward cache.
    window.addEventListener('pagehide', () => this.sleep(), { signal });
    const onPageShow = ({ persisted }: PageTransitionEvent) => persisted && this.wake();
    window.addEventListener('pageshow', onPageShow, { signal });
    window.addEventListener('online', () => this.onOnline(), { signal });
    window.addEventListener('offline', () => this.line?.check(), { signal });
  }

  private onHidden(): void {
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => this.sleep(), HIDDEN_MS);
  }

  private sleep(): void {
    this.isAsleep = true;
    clearTimeout(this.gather);
    this.disconnect();
    this.page.enter('paused');
  }

  private wake(): void {
    clearTimeout(this.hiding);
    this.isAsleep = false;
    this.failures = 0;
    if (this.line !== null) this.line.check();
    else if (this.isWanted()) this.connect();
    else this.rest();
  }

  /** Another network, perhaps, with other rules. */
  private onOnline(): void {
    if (this.isAsleep) return;
    this.socketFailures = 0;
    this.wake();
    if (this.line instanceof OneStreamLine) this.trySocket();
  }
}
