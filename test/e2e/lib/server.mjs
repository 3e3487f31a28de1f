// One Pollux server of a test: start, stop, kill, start again on the same data.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import { Api } from './api.mjs';
import { Postgres } from './postgres.mjs';
import { PROFILE } from './profiles.mjs';
import { wait_until, within } from './wait.mjs';

const run = promisify(execFile);

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
export const BINARY = path.resolve(REPOSITORY, process.env.POLLUX_BIN ?? 'build/pollux');
/** Slow builds (sanitizers) and a busy machine: these are limits, not waits. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 30_000;

/** What a crashed or a sanitized program says. */
const CRASH =
  /AddressSanitizer|LeakSanitizer|ThreadSanitizer|UndefinedBehavior|runtime error:|Assertion .* failed|stack smashing|double free|corrupted/;

/** Known to the tests, so that they can forge tokens with it. */
export const JWT_SECRET = 'a secret of the tests, 32 bytes or more';

/** What a test does not care about should not be in its way. */
const DEFAULTS = {
  'server.port': 0,
  'limits.requests_per_minute': 0,
  'limits.burst_per_second': 0,
  'limits.login_failures': 0,
  'limits.login_failures_per_address': 0,
  'log.format': 'json',
};

/** The run's; or one for all servers of a file, once one of them needs it. */
let postgres = null;
after(async () => (await postgres)?.stop());

/** However the tests end, none of their servers is left behind. */
const DIES_WITH_US = ['setpriv', '--pdeathsig', 'KILL', '--'];

/**
 * A port for a server that has to come back to it: one that the kernel gives to nobody who
 * asks for any port, as clients do, while the server is away.
 */
export async function lasting_port() {
  const port = 20_000 + Math.floor(Math.random() * 12_000); /* below 32768 */
  const probe = net.createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    return lasting_port();
  }
  probe.close();
  await once(probe, 'close');
  return port;
}

export class Server {
  /**
   * @param {object} [opts]
   * @param {Record<string, string | number>} [opts.config] 'limits.votes_per_day': 3
   * @param {string[]} [opts.args] more arguments, as they are
   * @param {Record<string, string>} [opts.env] more environment
   * @param {string[]} [opts.wrapper] a command to run it under: ['prlimit', '--nofile=64']
   * @param {string} [opts.binary]
   * @param {string} [opts.dsn] of a PostgreSQL that it shares with others
   */
  constructor(opts = {}) {
    this.opts = opts;
    this.dsn = opts.dsn;
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), 'pollux-e2e-'));
    this.data_dir = path.join(this.root, 'data');
    this.log = '';
    this.child = null;
  }

  /** A server that runs. */
  static async start(opts) {
    const server = new Server(opts);
    try {
      await server.start();
    } catch (error) {
      server.may_end = true; // the error has its log
      await server.kill();
      server.remove();
      throw error;
    }
    return server;
  }

  flags(config = {}) {
    const all = {
      ...DEFAULTS,
      profile: PROFILE,
      'data.dir': this.data_dir,
      ...this.opts.config,
      ...config,
    };
    return Object.entries(all).flatMap(([key, value]) => [
      `--${key.replace(/[._]/g, '-')}`,
      String(value),
    ]);
  }

  environment() {
    const { POLLUX_BIN, POLLUX_TEST_PROFILE, POLLUX_TEST_POSTGRES, ...env } = process.env;
    const dsn = this.dsn === undefined ? {} : { POLLUX_POSTGRES_DSN: this.dsn };
    return { ...env, POLLUX_JWT_SECRET: JWT_SECRET, ...dsn, ...this.opts.env };
  }

  /** Starts the process and does not wait for it. */
  spawn() {
    assert.equal(this.child, null, 'it runs already');
    fs.rmSync(this.address_file, { force: true });
    const command = [
      ...DIES_WITH_US,
      ...(this.opts.wrapper ?? []),
      this.opts.binary ?? BINARY,
      'serve',
      ...this.flags(),
      ...(this.opts.args ?? []),
    ];
    this.log_from = this.log.length;
    this.began = [Date.now()];
    const child = spawn(command[0], command.slice(1), {
      cwd: this.root,
      env: this.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.may_end = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.log += text));
    }
    this.ended = new Promise((resolve) => {
      child.on('error', (error) => resolve({ code: -1, signal: String(error) }));
      child.on('close', (code, signal) => resolve({ code, signal }));
    }).then((how) => {
      this.child = null;
      this.how = how;
      return how;
    });
    this.child = child;
  }

  async start() {
    await this.prepare();
    this.spawn();
    await this.ready();
    return this;
  }

  /** What it stands on: a database of its own, where it needs one. */
  async prepare() {
    const profile = this.opts.config?.profile ?? PROFILE;
    if (profile !== 'cluster' || this.dsn !== undefined) return;
    postgres ??= Postgres.of_run() ?? Postgres.start();
    this.database = path.basename(this.root);
    this.dsn = await (await postgres).create(this.database);
  }

  /** The rows of a query on its database, as lines: columns with a bar between them. */
  async rows(sql) {
    if (this.dsn !== undefined) return (await postgres).rows(this.database, sql);
    const file = path.join(this.data_dir, 'pollux.db');
    const { stdout } = await run('sqlite3', [file, sql]);
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Starts it where it has to refuse: its exit status is not 0. What it said. */
  async refuses_to_start() {
    await this.prepare();
    this.spawn();
    this.may_end = true;
    const { code, signal } = await within(this.ended, START_LIMIT_MS, 'the refusal');
    assert.equal(signal, null, this.log_tail());
    assert.notEqual(code, 0, this.log_tail());
    this.check_log();
    return this.last_log;
  }

  get address_file() {
    return path.join(this.data_dir, 'address');
  }

  /** Waits until it answers; fails early, with its log, when it has ended. */
  async ready() {
    await wait_until(
      () => this.answers(),
      START_LIMIT_MS,
      () => `start of ${BINARY}\n${this.log_tail()}`,
    );
    this.began.push(Date.now()); /* and has begun somewhere between the two */
  }

  /** Where it says that it listens; undefined: nowhere yet. */
  said_address() {
    if (this.dsn !== undefined)
      return /"listening","address":"([^"]+)"/.exec(this.last_log)?.[1];
    if (!fs.existsSync(this.address_file)) return undefined;
    const address = fs.readFileSync(this.address_file, 'utf8').trim();
    return /^[^\s]+:[0-9]+$/.test(address) ? address : undefined;
  }

  async answers() {
    if (this.child === null) throw new Error(`the server has ended:\n${this.log_tail()}`);
    const address = this.said_address();
    if (address === undefined) return false;
    this.address = address;
    this.port = Number(address.split(':').at(-1));
    const answer = await fetch(`http://${address}/healthz`).catch(() => null);
    return answer?.status === 200;
  }

  get url() {
    return `http://${this.address}`;
  }

  /** A client of it. Made anew after each start, since connections do not survive. */
  get api() {
    if (this._api?.url !== this.url || this._api.pid !== this.pid) {
      this._api?.close();
      this._api = new Api(this.url);
      this._api.pid = this.pid;
    }
    return this._api;
  }

  get pid() {
    return this.child?.pid;
  }

  /** SIGTERM: has to end by itself, in time, and without a word of a crash. */
  async stop() {
    this.check_alive();
    if (this.child === null) return;
    this.signal('SIGTERM');
    const how = await within(this.ended, STOP_LIMIT_MS, 'the end after SIGTERM').catch(
      async (error) => {
        await this.kill();
        throw new Error(`${error.message}\n${this.log_tail()}`);
      },
    );
    this.close_clients();
    assert.deepEqual(how, { code: 0, signal: null }, this.log_tail());
    this.check_log();
  }

  /** kill -9. Fails when it had ended by itself: what a client then saw explains nothing. */
  async kill() {
    if (this.child !== null) {
      this.signal('SIGKILL');
      await this.ended;
    }
    this.close_clients();
    this.check_alive();
  }

  /** Sends a signal of which it may end. */
  signal(name) {
    this.may_end = true;
    this.child.kill(name);
  }

  /** It must not have ended by itself. */
  check_alive() {
    if (this.child !== null || this.may_end !== false) return;
    this.may_end = true;
    throw new Error(`it ended by itself: ${JSON.stringify(this.how)}\n${this.log_tail()}`);
  }

  async restart() {
    await this.stop();
    return this.start();
  }

  close_clients() {
    this._api?.close();
    this._api = null;
  }

  /** What it said since its last start. */
  get last_log() {
    return this.log.slice(this.log_from);
  }

  check_log() {
    assert.doesNotMatch(this.last_log, CRASH);
  }

  log_tail() {
    return this.last_log.slice(-4000);
  }

  /** `pollux verify` on the data of a stopped server; its output. */
  async verify() {
    if (this.dsn !== undefined) return ''; // the command does not know PostgreSQL yet
    const { stdout } = await this.pollux('verify', '--data-dir', this.data_dir);
    assert.match(stdout, /^ok: /m);
    return stdout;
  }

  /** Runs the program; fails when it does. */
  async pollux(...args) {
    const env = this.environment();
    try {
      return await run(BINARY, args, { cwd: this.root, env, maxBuffer: 1 << 28 });
    } catch (error) {
      error.message = `pollux ${args.join(' ')}: ${error.message}\n${error.stdout ?? ''}`;
      throw error;
    }
  }

  /** Runs the program where it has to fail. @returns {Promise<{code, stdout, stderr}>} */
  async pollux_fails(...args) {
    const said = await this.pollux(...args).catch((error) => error);
    assert.ok(said instanceof Error, `pollux ${args.join(' ')} did not fail: ${said.stdout}`);
    assert.doesNotMatch(said.stderr ?? '', CRASH);
    return said;
  }

  remove() {
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  /** The end of a test: stops it properly, and leaves nothing behind. */
  async end() {
    try {
      await this.stop();
    } finally {
      await this.kill();
      this.remove();
    }
  }
}

/**
 * A server for the tests of a file. setup runs when it has started; it is here because
 * hooks of a file, unlike those of a suite, do not wait for each other.
 *
 *     const server = with_server({ config: … }, async () => { … });
 *
 * @returns {Server} usable from the first test on
 */
export function with_server(opts = {}, setup = async () => {}) {
  const server = new Server(opts);
  before(async () => {
    await server.start();
    await setup();
  });
  after(() => server.end());
  return server;
}
