// WebSocket and server-sent events; keeps everything that arrived for the test.
import assert from 'node:assert/strict';
import { request } from 'undici';
import WebSocket from 'ws';
import { check_documented, check_message } from './openapi.mjs';
import { LIMIT_MS, wait_until, within } from './wait.mjs';

/** What both kinds share: a list of messages that a test can wait on. */
class Feed {
  messages = [];

  /** The first message that fits. */
  async next(fits = () => true) {
    const what = () => `a message that fits ${fits}; got ${this.said()}`;
    return wait_until(() => this.messages.find(fits), LIMIT_MS, what);
  }

  /** The newest results message of a poll. */
  newest(poll) {
    const fits = (m) => m.type === 'results' && (poll === undefined || m.pollId === poll);
    return this.messages.filter(fits).at(-1);
  }

  said() {
    return JSON.stringify(this.messages.slice(-5));
  }
}

class WsFeed extends Feed {
  constructor(url, headers) {
    super();
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data, binary) => {
      assert.equal(binary, false);
      const message = JSON.parse(data.toString());
      check_message(message);
      this.messages.push({ ...message, at: Date.now() });
    });
    /** {code, reason} of the close. */
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
  }

  send(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async end() {
    this.socket.terminate();
    await this.closed;
  }
}

const auth = ({ token, cookie, origin, headers }) => ({
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  ...(cookie === undefined ? {} : { cookie: `pollux_session=${cookie}` }),
  ...(origin === undefined ? {} : { origin }),
  ...headers,
});

/** A WebSocket that is open. */
export async function open_ws(server, path, call = {}) {
  const feed = new WsFeed(server.url.replace(/^http/, 'ws') + path, auth(call));
  await within(feed.opened, 30_000, `WebSocket ${path}`);
  return feed;
}

/** The status with which the server refuses a WebSocket. */
export async function refused_ws(server, path, call = {}) {
  const socket = new WebSocket(server.url.replace(/^http/, 'ws') + path, {
    headers: auth(call),
  });
  socket.on('error', () => {});
  const refusal = new Promise((resolve, reject) => {
    socket.on('unexpected-response', (req, res) => {
      resolve(res);
    });
    socket.on('open', () => reject(new Error(`${path} was accepted`)));
  });
  try {
    const res = await within(refusal, 30_000, `refusal of ${path}`);
    let text = '';
    for await (const chunk of res.setEncoding('utf8')) text += chunk;
    const { statusCode: status, headers } = res;
    check_documented('GET', path, { status, headers, text });
    return status;
  } finally {
    socket.terminate();
  }
}

class SseFeed extends Feed {
  events = []; /* {event, id, data} */
  comments = [];
  retry = undefined;
  ended = false;

  constructor(headers, body) {
    super();
    this.headers = headers;
    this.body = body;
    this.closed = this.read().finally(() => (this.ended = true));
    this.closed.catch(() => {});
  }

  async read() {
    let rest = '';
    for await (const chunk of this.body) {
      rest += chunk.toString('utf8');
      for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) {
        this.take(rest.slice(0, end));
      }
    }
    assert.equal(rest.trim(), '', 'the stream ends between two events');
  }

  take(block) {
    const event = { event: 'message', id: undefined, data: [] };
    for (const line of block.split('\n')) {
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (line.startsWith(':')) this.comments.push(line.slice(1).trim());
      else if (field === 'data') event.data.push(value);
      else if (field === 'event' || field === 'id') event[field] = value;
      else if (field === 'retry') this.retry = Number(value);
      else if (line !== '') throw new Error(`what is this line? ${line}`);
    }
    if (event.data.length === 0) return;
    event.data = JSON.parse(event.data.join('\n'));
    check_message(event.data);
    this.events.push(event);
    this.messages.push({ ...event.data, at: Date.now() });
  }

  async end() {
    this.body.destroy();
    await this.closed.catch(() => {});
  }
}

/** An event stream that has answered 200. */
export async function open_sse(server, path, call = {}) {
  const { statusCode, headers, body } = await request(server.url + path, {
    headers: { accept: 'text/event-stream', ...auth(call) },
    bodyTimeout: 0,
  });
  if (statusCode === 200) check_documented('GET', path, { status: 200, headers, text: '' });
  if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${await body.text()}`);
  assert.match(headers['content-type'], /^text\/event-stream(;|$)/);
  assert.match(headers['cache-control'] ?? '', /no-(cache|store)/);
  return new SseFeed(headers, body);
}
