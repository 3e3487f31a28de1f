/**
 * A line by WebSocket. Scripts do not see the protocol's pings, and a dead network closes
 * nothing: after 10 s without a message this asks for a pong, and gives up 10 s later. How
 * many are watching comes with results only: where those do not move, what is tracked is
 * tracked anew at the same time, for the snapshot that comes at once. Where they do move,
 * all that costs nothing.
 */
import { bearerToken, checkSession } from '~/api/client';
import { RENEWED } from '~/session/renewed';
import { type Line, type LineEvents, readMessage, type Wishes } from './line';
import { Silence } from './silence';

const QUIET_MS = 10_000;
const ANSWER_MS = 10_000;
/** After waking up: the network is there, or it is not. */
const CHECK_MS = 3000;
const TRACK_AGAIN_MS = 3000;
const SERVICE_RESTART = 1012;
/** Whoever this was opened for is not here any more, or not known any more. */
const IDENTITY_ENDED = 4401;
const RESTART_MS = 1000;
/** A poll was not tracked, for a reason that passes. */
const PASSING = ['overloaded', 'unavailable', 'too_large'];

export class SocketLine implements Line {
  private readonly socket: WebSocket;
  private readonly silence = new Silence(
    QUIET_MS,
    () => this.onQuiet(),
    () => this.end(null),
  );
  private readonly tracked = new Set<number>();
  private tracksBoard = false;
  private wishes: Wishes = { polls: [], leaderboard: false };
  private isHeard = false;
  private isClosed = false;
  private trackingAgain: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: LineEvents) {
    this.socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`);
    this.socket.onopen = () => this.onOpen();
    this.socket.onmessage = ({ data }) => this.onMessage(data);
    this.socket.onclose = ({ code }) => void this.onClose(code);
    window.addEventListener(RENEWED, this.signIn);
    this.silence.expect(ANSWER_MS);
  }

  follow(wishes: Wishes): void {
    this.wishes = wishes;
    if (!this.isOpen()) return;
    const gone = [...this.tracked].filter((id) => !wishes.polls.includes(id));
    const fresh = wishes.polls.filter((id) => !this.tracked.has(id));
    this.tell('untrack', gone, this.tracksBoard && !wishes.leaderboard); // makes room
    this.tell('track', fresh, !this.tracksBoard && wishes.leaderboard);
    for (const id of gone) this.tracked.delete(id);
    for (const id of fresh) this.tracked.add(id);
    this.tracksBoard = wishes.leaderboard;
  }

  check(): void {
    this.ask(CHECK_MS);
  }

  close(): void {
    this.isClosed = true;
    this.fallSilent();
  }

  private fallSilent(): void {
    window.removeEventListener(RENEWED, this.signIn);
    this.silence.stop();
    clearTimeout(this.trackingAgain);
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
  }

  private isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  private send(message: object): void {
    if (this.isOpen()) this.socket.send(JSON.stringify(message));
  }

  private tell(type: 'track' | 'untrack', polls: number[], leaderboard: boolean): void {
    if (polls.length === 0 && !leaderboard) return;
    this.send({ type, polls, ...(leaderboard ? { topics: ['leaderboard'] } : {}) });
  }

  private onQuiet(): void {
    const polls = [...this.tracked];
    this.tell('untrack', polls, false);
    this.tell('track', polls, false);
    this.ask(ANSWER_MS);
  }

  private ask(withinMs: number): void {
    this.send({ type: 'ping' });
    this.silence.expect(withinMs);
  }

  /** Open it is when the server was heard: there are proxies that accept and pass nothing. */
  private onOpen(): void {
    this.signIn();
    this.ask(ANSWER_MS);
    this.follow(this.wishes);
  }

  /** As a widget, which has no cookie. */
  private readonly signIn = () => {
    const token = bearerToken();
    if (token !== null) this.send({ type: 'auth', token });
  };

  private onMessage(data: unknown): void {
    this.silence.heard();
    if (!this.isHeard) this.events.opened();
    this.isHeard = true;
    const message = typeof data === 'string' ? readMessage(data) : null;
    if (message === null || message.type === 'pong') return;
    if (message.type === 'error') this.onError(message.code);
    else this.events.news(message);
  }

  /** All of it, which is simpler: what is tracked already may be tracked again. */
  private onError(code: string): void {
    if (code === 'unauthorized') void checkSession();
    if (!PASSING.includes(code)) return;
    clearTimeout(this.trackingAgain);
    this.trackingAgain = setTimeout(() => {
      this.tell('track', [...this.tracked], this.tracksBoard);
    }, TRACK_AGAIN_MS);
  }

  private async onClose(code: number): Promise<void> {
    this.fallSilent();
    if (code === IDENTITY_ENDED) await checkSession(); // it may begin another line
    if (!this.isClosed) this.events.closed(code === SERVICE_RESTART ? RESTART_MS : null);
  }

  private end(againInMs: number | null): void {
    this.close();
    this.events.closed(againInMs);
  }
}
