/** The parts of the whole-server tests' library that the browser's tests use. */
declare module '*/test/e2e/lib/wait.mjs' {
  export function ahead_of<T>(
    ms: number,
    steps: (moment: number) => Promise<T>,
  ): Promise<T>;
  export function within_a_day<T>(steps: () => Promise<T>): Promise<T>;
}

declare module '*/test/e2e/lib/server.mjs' {
  type Poll = import('../../src/api/client').Poll;
  type Results = import('../../src/api/client').Results;

  interface Call {
    token?: string;
    body?: unknown;
    expect?: number | 'any';
  }
  interface Answer {
    status: number;
    body: unknown;
    text: string;
  }
  export interface Account {
    token: string;
    user: { id: number; username: string; email: string; kind: string };
  }
  export interface Api {
    get(path: string, call?: Call): Promise<Answer>;
    post(path: string, call?: Call): Promise<Answer>;
    put(path: string, call?: Call): Promise<Answer>;
    patch(path: string, call?: Call): Promise<Answer>;
    delete(path: string, call?: Call): Promise<Answer>;
    register(over?: Record<string, unknown>): Promise<Account>;
    guest(): Promise<Account>;
    crowd(n: number): Promise<string[]>;
    create_poll(token: string, over?: Record<string, unknown>): Promise<Poll>;
    vote(token: string, poll: number, optionIndex: number, call?: Call): Promise<Answer>;
    results(poll: number, call?: Call): Promise<Results>;
  }
  interface Options {
    config?: Record<string, string | number>;
    args?: string[];
  }
  export function lasting_port(): Promise<number>;
  export class Server {
    constructor(opts?: Options);
    static start(opts?: Options): Promise<Server>;
    start(): Promise<void>;
    stop(): Promise<void>;
    kill(): Promise<void>;
    end(): Promise<void>;
    signal(name: string): void;
    verify(): Promise<string>;
    readonly opts: Options;
    readonly url: string;
    readonly port: number;
    readonly api: Api;
  }
}
