// An API client that checks every answer: it must match docs/api/openapi.yaml, errors
// must be proper problem documents, and everything must have a request id.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { check_documented } from './openapi.mjs';
import { check_problem, CODES } from './problem.mjs';

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, string>} headers names in lower case
 * @property {string} text the body
 * @property {any} body the body, parsed, when it is JSON
 *
 * @typedef {object} Call
 * @property {string} [token] Authorization: Bearer
 * @property {string} [cookie] the token as the session's cookie
 * @property {string} [origin]
 * @property {any} [body] sent as JSON
 * @property {string | Buffer} [raw] sent as it is
 * @property {string} [key] Idempotency-Key
 * @property {Record<string, string>} [headers]
 * @property {number | string} [expect] a status, the code of an error, or 'any'; 2xx by default
 */

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** A limit: twenty passwords to be hashed one after the other take a busy core this long. */
const ANSWER_MS = 120_000;

export class Api {
  constructor(url, { connections = 64 } = {}) {
    this.url = url;
    this.agent = new Agent({ connections, keepAliveTimeout: 1000, headersTimeout: ANSWER_MS });
  }

  close() {
    this.agent.destroy().catch(() => {});
  }

  /** @param {Call} [call] @returns {Promise<Answer>} */
  async call(method, path, call = {}) {
    const { statusCode, headers, body } = await request(this.url + path, {
      method,
      headers: headers_of(call),
      body: call.raw ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
      dispatcher: this.agent,
    });
    const answer = { status: statusCode, headers, text: await body.text() };
    check_answer(method, answer);
    check_documented(method, path, answer);
    check_expected(`${method} ${path}`, answer, call.expect);
    return answer;
  }

  // --- the steps of most tests ---

  /** A new account. @returns {Promise<{user: any, token: string, expiresAt: string}>} */
  async register(over = {}) {
    const name = `u${randomUUID().slice(0, 12)}`;
    const body = {
      username: name,
      email: `${name}@example.org`,
      password: 'correct horse',
      ...over,
    };
    return (await this.post('/api/auth/register', { body, expect: 201 })).body;
  }

  async guest() {
    return (await this.post('/api/auth/guest', { body: {}, expect: 201 })).body;
  }

  /** Tokens of n guests. @returns {Promise<string[]>} */
  async crowd(n) {
    const tokens = [];
    while (tokens.length < n) {
      const some = Math.min(64, n - tokens.length);
      const guests = await Promise.all(Array.from({ length: some }, () => this.guest()));
      tokens.push(...guests.map((guest) => guest.token));
    }
    return tokens;
  }

  async create_poll(token, over = {}) {
    const body = { title: 'Tabs or spaces?', options: ['Tabs', 'Spaces', 'Both'], ...over };
    return (await this.post('/api/polls', { token, body, expect: 201 })).body;
  }

  /** @returns {Promise<Answer>} */
  vote(token, poll, optionIndex, call = {}) {
    return this.post(`/api/polls/${poll}/vote`, { token, body: { optionIndex }, ...call });
  }

  async results(poll, call = {}) {
    return (await this.get(`/api/polls/${poll}/results`, { expect: 200, ...call })).body;
  }
}

for (const method of METHODS) {
  /** api.get(path, call), api.post(path, call), … */
  Api.prototype[method.toLowerCase()] = function (path, call) {
    return this.call(method, path, call);
  };
}

function headers_of({ token, cookie, origin, key, body, headers }) {
  return {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(cookie === undefined ? {} : { cookie: `pollux_session=${cookie}` }),
    ...(origin === undefined ? {} : { origin }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...headers,
  };
}

function check_answer(method, answer) {
  const { status, headers, text } = answer;
  assert.ok(headers['x-request-id'], `X-Request-Id: ${status} ${text}`);
  assert.equal(headers['x-content-type-options'], 'nosniff', `${status} ${text}`);
  if (method === 'HEAD' || status === 204 || status === 304) {
    assert.equal(text, '', `${status} has no body`);
  } else if (status >= 400) {
    answer.body = check_problem(answer);
  } else if (/^application\/json(;|$)/.test(headers['content-type'] ?? '')) {
    answer.body = JSON.parse(text);
  }
}

function check_expected(what, { status, text, body }, expect) {
  const said = `${what}: ${status} ${text}`;
  if (expect === 'any') return;
  if (typeof expect === 'number') {
    assert.equal(status, expect, said);
  } else if (typeof expect === 'string') {
    assert.ok(CODES[expect], `the contract has no ${expect}`);
    assert.equal(body?.code, expect, said);
  } else {
    assert.ok(status < 300, said);
  }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** RFC 3339 in UTC with milliseconds. */
export function check_time(text, what = 'time') {
  assert.match(text ?? '', TIME, what);
  return Date.parse(text);
}

/** The counts of a results object. */
export const votes_of = (results) => results.options.map((option) => option.votes);

const round1 = (x) => Math.round(x * 10) / 10;

/** Is a results object in itself consistent? Returns its counts. */
export function check_results(results, n_options = results.options.length) {
  const counts = votes_of(results);
  const total = counts.reduce((sum, n) => sum + n, 0);
  const said = JSON.stringify(results);
  assert.equal(results.options.length, n_options, said);
  assert.equal(results.totalVotes, total, said);
  assert.ok(Number.isInteger(results.version) && results.version >= 1, said);
  assert.ok(['scheduled', 'open', 'closed'].includes(results.status), said);
  for (const [i, option] of results.options.entries()) {
    assert.equal(option.index, i, said);
    const percent = total === 0 ? 0 : (100 * option.votes) / total;
    assert.ok(Math.abs(option.percent - percent) <= 0.051, said);
    assert.equal(option.percent, round1(option.percent), said);
  }
  return counts;
}
