// A TCP proxy of the tests' own between a server and what it stands on: a link that can be
// cut, hold everything back for a while, or swallow it, as a broken switch does.
import { once } from 'node:events';
import net from 'node:net';

export class TcpProxy {
  /**
   * @param {net.NetConnectOpts} to where connections lead
   * @param {number} [port] where it listens
   */
  static async start(to, port = 0) {
    const proxy = new TcpProxy();
    proxy.to = to;
    proxy.pairs = new Set();
    proxy.swallows = proxy.refuses = proxy.holds = false;
    proxy.listener = net.createServer((from) => proxy.take(from)).listen(port, '127.0.0.1');
    await once(proxy.listener, 'listening');
    proxy.port = proxy.listener.address().port;
    return proxy;
  }

  take(from) {
    if (this.refuses) {
      from.destroy();
      return;
    }
    const to = net.connect(this.to);
    const pair = { from, to };
    this.pairs.add(pair);
    const end = () => {
      if (this.swallows) return; // nobody is told
      from.destroy();
      to.destroy();
      this.pairs.delete(pair);
    };
    const pass = (source, target) =>
      source.on('data', (bytes) => this.swallows || target.write(bytes));
    pass(from, to);
    pass(to, from);
    for (const socket of [from, to]) {
      socket.on('error', end).on('close', end);
      if (this.holds) socket.pause();
    }
  }

  /** From now on connections stay, and what is sent arrives when it is healed. */
  hold() {
    this.holds = true;
    for (const { from, to } of this.pairs) for (const socket of [from, to]) socket.pause();
  }

  /** From now on whatever is sent is lost, and connections are taken and never answered. */
  swallow() {
    this.swallows = true;
  }

  /** From now on connections end at once. */
  refuse() {
    this.refuses = true;
    this.break_all();
  }

  /** As before; connections of meanwhile are broken, unless it only held them. */
  heal() {
    const { holds } = this;
    this.swallows = this.refuses = this.holds = false;
    if (!holds) this.break_all();
    for (const { from, to } of this.pairs) for (const socket of [from, to]) socket.resume();
  }

  break_all() {
    for (const { from, to } of this.pairs) {
      from.destroy();
      to.destroy();
    }
    this.pairs.clear();
  }

  async stop() {
    this.swallows = false;
    this.listener.close();
    this.break_all();
  }
}
