// HTTP by hand over a socket, for what no client library would send.
import net from 'node:net';
import { check_unreadable } from './openapi.mjs';
import { LIMIT_MS, within } from './wait.mjs';

/** A connection on which bytes are sent as they are. */
export class Raw {
  /** from: another address of this machine, as 127.0.0.2 */
  constructor(server, { from } = {}) {
    this.text = '';
    this.ended = false;
    this.waiters = [];
    this.socket = net.connect({ port: server.port, host: '127.0.0.1', localAddress: from });
    this.socket.setNoDelay(true);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (data) => {
      this.text += data;
      this.wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.ended = true;
      this.wake();
    });
  }

  wake() {
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  send(bytes) {
    this.socket.write(bytes, 'latin1');
    return this;
  }

  async until(cond, what) {
    const loop = async () => {
      while (!cond()) {
        if (this.ended) throw new Error(`closed before ${what}: ${this.text}`);
        await new Promise((resolve) => this.waiters.push(resolve));
      }
    };
    await within(loop(), LIMIT_MS, `${what}; got: ${this.text.slice(0, 500)}`);
  }

  /** The next whole answer. head: it is one to HEAD, without a body. */
  async answer({ head = false } = {}) {
    await this.until(() => this.text.includes('\r\n\r\n'), 'the end of the headers');
    const end = this.text.indexOf('\r\n\r\n') + 4;
    const [start, ...lines] = this.text.slice(0, end - 4).split('\r\n');
    const headers = {};
    for (const line of lines) {
      const [, name, value] = /^([^:\s]+): *(.*)$/.exec(line);
      headers[name.toLowerCase()] = value;
    }
    const status = Number(/^HTTP\/1\.[01] (\d{3})( |$)/.exec(start)[1]);
    const bodyless = head || status < 200 || status === 204 || status === 304;
    const length = bodyless ? 0 : Number(headers['content-length'] ?? 0);
    await this.until(() => this.text.length >= end + length, 'the whole body');
    const text = this.text.slice(end, end + length);
    this.text = this.text.slice(end + length);
    const answer = { status, headers, text };
    check_unreadable(answer);
    return answer;
  }

  /** Waits until the server closes; the rest of what it said. */
  async closed() {
    await this.until(() => this.ended, 'the close');
    return this.text;
  }

  end() {
    this.socket.destroy();
  }
}

/** One request by hand: its answer, and what the server did with the connection. */
export async function exchange(server, bytes, opts) {
  const raw = new Raw(server).send(bytes);
  try {
    return await raw.answer(opts);
  } finally {
    raw.end();
  }
}
