/** For tests: a page whose network, screen and clock are in the test's hands. */
import { onTestFinished, vi } from 'vitest';
import { setBearer } from '~/api/client';
import { ResultsStore } from '~/results/store';
import { LiveConnection } from './connection';

const browser = navigator;

export class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    const last = FakeSocket.all.at(-1);
    if (last === undefined) throw new Error('no WebSocket was made');
    return last;
  }

  readyState = 0;
  sent: unknown[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
    this.readyState = 3;
  }

  // ---- what the server does ----

  open(): this {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
    return this;
  }

  say(message: unknown): this {
    const data = typeof message === 'string' ? message : JSON.stringify(message);
    this.onmessage?.({ data });
    return this;
  }

  /** Opened, and heard. */
  accept(): this {
    return this.open().say({ type: 'pong' });
  }

  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  /** What was sent since the last time, without pings. */
  told(): unknown[] {
    const told = this.sent.filter((message) => !isPing(message));
    this.sent = this.sent.filter(isPing);
    return told;
  }

  get pings(): number {
    return this.sent.filter(isPing).length;
  }
}

function isPing(message: unknown): boolean {
  return (message as { type: string }).type === 'ping';
}

/** One call of fetch for an event stream, and what the server answers to it. */
export class FakeStream {
  static all: FakeStream[] = [];
  static get last(): FakeStream {
    const last = FakeStream.all.at(-1);
    if (last === undefined) throw new Error('no stream was asked for');
    return last;
  }

  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  private answer: (response: Response) => void = () => {};
  private fail: (error: Error) => void = () => {};
  readonly answered: Promise<Response>;

  constructor(
    readonly path: string,
    readonly headers: HeadersInit | undefined,
    readonly signal: AbortSignal,
  ) {
    this.answered = new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
    signal.addEventListener('abort', () => this.cut());
    this.answered.catch(() => {}); // broken off, and nobody waits any more
    FakeStream.all.push(this);
  }

  async open(): Promise<this> {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.controller = controller;
      },
    });
    this.answer(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
    await settle();
    return this;
  }

  async refuse(status: number, headers: Record<string, string> = {}): Promise<void> {
    this.answer(new Response('{}', { status, headers }));
    await settle();
  }

  async say(text: string): Promise<void> {
    if (!this.signal.aborted) this.controller?.enqueue(new TextEncoder().encode(text));
    await settle();
  }

  async end(): Promise<void> {
    this.controller?.close();
    await settle();
  }

  async break(): Promise<void> {
    this.cut();
    await settle();
  }

  private cut(): void {
    this.fail(new TypeError('network error'));
    this.controller?.error(new TypeError('network error'));
  }
}

/** The locks of one browser: whoever asks waits until the holder is done, or gives up. */
class FakeLocks {
  private holders: Promise<unknown> = Promise.resolve();
  private isHeld = false;

  async request(
    _name: string,
    { ifAvailable = false, signal }: LockOptions,
    then: (lock: object | null) => unknown,
  ): Promise<unknown> {
    if (ifAvailable && this.isHeld) return then(null);
    const before = this.holders;
    let done = () => {};
    this.holders = new Promise<void>((resolve) => {
      done = resolve;
    });
    if (this.isHeld) await before;
    try {
      signal?.throwIfAborted();
      this.isHeld = true;
      return await then({});
    } finally {
      this.isHeld = false;
      done();
    }
  }
}

/** Another tab has the browser's only stream, until the function that is given is called. */
export async function anotherTabStreams(): Promise<() => void> {
  let end = () => {};
  void navigator.locks.request(
    'pollux.stream',
    {},
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  await settle();
  return end;
}

/** The browser's own in all else; undefined: it has none, or not in this place. */
function withLocks(locks: FakeLocks | undefined): Navigator {
  return new Proxy(browser, {
    get: (own, key) => (key === 'locks' ? locks : Reflect.get(own, key, own)),
  });
}

export function withoutLocks(): void {
  vi.stubGlobal('navigator', withLocks(undefined));
}

/** Lets promises run, and no time pass. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await vi.advanceTimersByTimeAsync(0);
}

export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** Lets time pass until the page tries another line; says after how long. */
export async function nextAttempt(): Promise<number> {
  const count = () => FakeSocket.all.length + FakeStream.all.length;
  const before = count();
  const from = Date.now();
  while (count() === before && Date.now() - from < 60_000) await pass(50);
  return Date.now() - from;
}

type Answer = (method: string) => Response;

/** Answers of the fake fetch to everything that is no stream, by path. */
export const answers = new Map<string, Answer>();
/** What was asked for beside streams: "GET /api/leaderboard". */
export const asked: string[] = [];

function fakeFetch(input: Request | string, init: RequestInit = {}): Promise<Response> {
  const { pathname, search } = new URL(
    typeof input === 'string' ? input : input.url,
    location.origin,
  );
  const method = typeof input === 'string' ? (init.method ?? 'GET') : input.method;
  if (pathname === '/api/live' && method === 'GET') {
    const signal = init.signal ?? new AbortController().signal;
    return new FakeStream(pathname + search, init.headers, signal).answered;
  }
  asked.push(`${method} ${pathname}`);
  const answer = answers.get(pathname);
  return answer === undefined
    ? Promise.reject(new TypeError('network error'))
    : Promise.resolve(answer(method));
}

export function setHidden(isHidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

export function setOnline(isOnline: boolean): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(isOnline);
  window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
}

/** Chance is always 0.5, where the test does not say otherwise. */
export function fakePage(chance = () => 0.5) {
  vi.spyOn(Math, 'random').mockImplementation(chance);
  FakeSocket.all = [];
  FakeStream.all = [];
  answers.clear();
  asked.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', vi.fn(fakeFetch));
  vi.stubGlobal('navigator', withLocks(new FakeLocks()));
  const results = new ResultsStore();
  const live = new LiveConnection(results);
  onTestFinished(() => {
    live.pause(); // it listens to the window no more
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return { live, results };
}

/** The first paint, and what is fetched after it. */
export async function paint(): Promise<void> {
  await vi.advanceTimersByTimeAsync(20);
  await vi.dynamicImportSettled();
  await settle();
}

export function snapshot(pollId: number, version: number, votes = [version, 0]) {
  const totalVotes = votes.reduce((a, b) => a + b);
  const options = votes.map((n, index) => {
    const percent = totalVotes === 0 ? 0 : Math.round((1000 * n) / totalVotes) / 10;
    return { index, votes: n, percent };
  });
  return {
    type: 'results' as const,
    ...{ pollId, version, status: 'open' as const, totalVotes, options, viewers: 7 },
  };
}

export function event(pollId: number, version: number): string {
  const data = JSON.stringify(snapshot(pollId, version));
  return `event: results\nid: ${pollId}.${version}\ndata: ${data}\n\n`;
}

/** A page that is live, and follows poll 1. */
export async function livePage(chance?: () => number) {
  const { live, results } = fakePage(chance);
  const untrack = live.track(1);
  await paint();
  const socket = FakeSocket.last.accept();
  socket.told();
  return { live, results, socket, untrack };
}

/** WebSocket has failed twice, and a stream has been asked for. */
export async function blockedPage(...polls: number[]) {
  const page = fakePage();
  for (const id of polls.length > 0 ? polls : [1, 2]) page.live.track(id);
  await paint();
  FakeSocket.last.drop();
  await nextAttempt();
  FakeSocket.last.drop();
  await nextAttempt();
  return { ...page, stream: FakeStream.last };
}

export async function streamingPage() {
  const page = await blockedPage();
  await page.stream.open();
  return page;
}

/** A page that sends a token, and follows poll 1. */
export async function widget() {
  setBearer('a.b.c');
  onTestFinished(() => setBearer(null));
  const page = fakePage();
  page.live.track(1);
  await paint();
  return page;
}

export const track = (...polls: number[]) => ({ type: 'track', polls });
export const untracks = (...polls: number[]) => ({ type: 'untrack', polls });
