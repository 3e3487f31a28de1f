// A Redis of the tests' own: on a port of the loopback, in a temporary folder, without files.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { lasting_port } from './server.mjs';
import { wait_until } from './wait.mjs';

const START_LIMIT_MS = 60_000;
const ANSWER_LIMIT_MS = 10_000;
const TRIES = 20;

export class Redis {
  static async start() {
    const redis = new Redis();
    redis.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pollux-redis-'));
    for (let i = 0; i < TRIES; i++) {
      redis.port = await lasting_port();
      if (await redis.starts()) return redis;
    }
    throw new Error('Redis finds no port');
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again, at its port. */
  async spawn() {
    if (!(await this.starts())) throw new Error(`Redis does not start at ${this.port}`);
  }

  /** False: it has ended, since somebody else has its port. */
  async starts() {
    const settings = ['--port', this.port, '--bind', '127.0.0.1', '--dir', this.folder];
    const args = ['--pdeathsig', 'KILL', '--', 'redis-server', ...settings, '--save', ''];
    this.child = spawn('setpriv', args.map(String), { stdio: 'ignore' });
    const { child } = this;
    const ours = new RegExp(`process_id:${child.pid}\\r`);
    const answers = () => this.say('INFO server').then((said) => ours.test(said));
    await wait_until(
      async () => child.exitCode !== null || (await answers().catch(() => false)),
      START_LIMIT_MS,
      () => `start of Redis at ${this.port}`,
    );
    return child.exitCode === null;
  }

  /** One command; the answer as it is on the wire, as far as it comes at once. */
  async say(command) {
    const socket = net.connect(this.port, '127.0.0.1');
    try {
      const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
      await once(socket, 'connect', { signal });
      socket.write(`${command}\r\n`);
      const [data] = await once(socket, 'data', { signal });
      return data.toString();
    } finally {
      socket.destroy();
    }
  }

  async kill() {
    const ended = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await ended;
    this.child = null;
  }

  /** It takes connections and answers nothing. */
  halt() {
    this.child.kill('SIGSTOP');
  }

  go_on() {
    this.child.kill('SIGCONT');
  }

  async stop() {
    if (this.child !== null) await this.kill();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
