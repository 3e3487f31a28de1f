// A link between two processes that a test can cut or make hang: a small TCP proxy.
import { once } from 'node:events';
import net from 'node:net';

export class Link {
  /** @param {number} target the port at the other end, on loopback */
  static async start(target) {
    const link = new Link();
    link.pairs = new Set();
    link.how = 'works';
    link.server = net.createServer((near) => link.join(near, target));
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    link.port = link.server.address().port;
    return link;
  }

  join(near, target) {
    if (this.how === 'cut') return near.destroy();
    const pair = [near, net.connect(target, '127.0.0.1')];
    const end = () => {
      this.pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    this.pairs.add(pair);
    for (const [i, socket] of pair.entries()) {
      socket.setNoDelay(true);
      socket.on('error', end).on('close', end);
      socket.on('data', (data) => pair[1 - i].write(data));
      if (this.how === 'hangs') socket.pause();
    }
  }

  /** Every connection is reset, and no new one is made. */
  cut() {
    this.how = 'cut';
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Connections stay, and nothing gets through. */
  hang() {
    this.how = 'hangs';
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  heal() {
    this.how = 'works';
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  async stop() {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }
}
