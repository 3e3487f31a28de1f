import { i18n } from '@lingui/core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { messages as first } from '~/i18n/first.de';
import { ApiError, type ErrorCode } from './error';
import { messages as own } from './locales/de.po';
import { sentenceOf } from './sentence';

const german = { ...first, ...own };

function refusal(code: ErrorCode, retryAfter?: number): ApiError {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  const problem = { code: code as never, detail: 'the words of the server' };
  return new ApiError(problem, new Response(null, { status: 400, headers }));
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 4, 4, 14, 0) });
  return () => vi.useRealTimers();
});

const REFUSALS: [ErrorCode, RegExp][] = [
  ['already_voted', /already voted/],
  ['already_skipped', /skipped/],
  ['poll_closed', /has closed/],
  ['poll_not_open', /not open yet/],
  ['daily_limit', /^Not counted: your votes for today are used up/],
  ['rate_limited', /a lot in a short time/],
  ['unknown_option', /option is no longer there/],
  ['unauthorized', /Sign in again/],
  ['no_cookie', /does not keep cookies/],
  ['foreign_origin', /server's set-up.*server\.origins to http/],
  ['guest_over', /still counts/],
  ['forbidden', /may not/],
  ['not_found', /no such thing/],
  ['too_large', /too much/],
  ['invalid', /cannot be accepted/],
  ['internal', /failed on the server/],
  ['overloaded', /many people/],
  ['unavailable', /not ready/],
  ['offline', /offline/],
  ['timeout', /too long/],
  ['request_timeout', /slow/],
  ['unreadable', /cannot be reached/],
];

describe('the sentence of a refusal', () => {
  test.each(REFUSALS)('%s', (code, words) => {
    expect(sentenceOf(i18n, refusal(code))).toMatch(words);
  });

  test('is one of its own for each', () => {
    const said = REFUSALS.map(([code]) => sentenceOf(i18n, refusal(code)));
    expect(new Set(said).size).toBe(REFUSALS.length);
  });

  test('is there in German', () => {
    const english = REFUSALS.map(([code]) => sentenceOf(i18n, refusal(code)));
    i18n.loadAndActivate({ locale: 'de', messages: german });
    for (const [i, [code]] of REFUSALS.entries())
      expect(sentenceOf(i18n, refusal(code))).not.toBe(english[i]);
  });

  test.each<[ErrorCode, RegExp]>([
    ['daily_limit', /vote again from 2:30\sPM/],
    ['poll_not_open', /Opening: 2:30\sPM/],
    ['rate_limited', /go on from 2:30\sPM/],
  ])('%s says until when', (code, words) => {
    expect(sentenceOf(i18n, refusal(code, 1800))).toMatch(words);
  });

  test('rounds the time up: never a minute in which it is too early', () => {
    const words = sentenceOf(i18n, refusal('rate_limited', 150));
    expect(words).toMatch(/go on from 2:03\sPM\.$/);
  });

  test('says the day where it is another', () => {
    expect(sentenceOf(i18n, refusal('daily_limit', 11 * 3600))).toMatch(/May 5, 2026/);
    expect(sentenceOf(i18n, refusal('daily_limit', 9 * 3600))).not.toMatch(/May/);
  });

  test('is not timed where the time is nobody’s', () => {
    expect(sentenceOf(i18n, refusal('overloaded', 1))).toMatch(/in a moment/);
  });

  test("of what has none is the server's", () => {
    expect(sentenceOf(i18n, refusal('conflict'))).toBe('the words of the server');
  });

  test('of a mistake of ours names no details', () => {
    expect(sentenceOf(i18n, new TypeError('x is undefined'))).toMatch(/went wrong/);
  });
});
