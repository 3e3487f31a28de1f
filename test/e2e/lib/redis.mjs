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

export class Redis {
  static async start() {
    const redis = new Redis();
    redis.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pollux-redis-'));
    redis.port = await lasting_port();
    await redis.spawn();
    return redis;
  }

  get url() {
    return `redis://127.0.0.1:${this.port}`;
  }

  async spawn() {
    const settings = ['--port', this.port, '--bind', '127.0.0.1', '--dir', this.folder];
    const args = ['--pdeathsig', 'KILL', '--', 'redis-server', ...settings, '--save', ''];
    this.child = spawn('setpriv', args.map(String), { stdio: 'ignore' });
    const answers = () => this.say('PING').then((said) => said.startsWith('+PONG'));
    await wait_until(
      () => answers().catch(() => false),
      START_LIMIT_MS,
      () => `start of Redis at ${this.port}`,
    );
  }

  /** One command; the answer as it is on the wire, as far as it comes at once. */
  async say(command) {
    const socket = net.connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write(`${command}\r\n`);
      const [data] = await once(socket, 'data');
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
