/** What a refusal says to the reader: a sentence for each that they can meet. */
import type { I18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { ApiError, type ErrorCode } from './error';

const SENTENCES: Partial<Record<ErrorCode, ReturnType<typeof msg>>> = {
  already_voted: msg`You have already voted here, and that vote counts.`,
  already_skipped: msg`You skipped this poll.`,
  poll_closed: msg`This poll has closed. Votes are no longer taken.`,
  unknown_option: msg`This option is no longer there. Reload the page to see the poll as it is now.`,
  not_found: msg`There is no such thing here any more.`,
  unauthorized: msg`Your session has ended. Sign in again, please.`,
  guest_over: msg`Your visit as a guest has ended. Your vote still counts, and can no longer be changed.`,
  no_cookie: msg`This browser does not keep cookies for this site, and voting needs one.`,
  too_large: msg`That is too much to send.`,
  forbidden: msg`You may not do this.`,
  daily_limit: msg`Not counted: your votes for today are used up. Come back tomorrow.`,
  poll_not_open: msg`This poll is not open yet.`,
  rate_limited: msg`That was a lot in a short time. Wait a moment, please.`,
  internal: msg`Something has failed on the server. Try again.`,
  invalid: msg`Some of it cannot be accepted. Please look at what is marked.`,
  offline: msg`You are offline, or the server cannot be reached. Nothing is lost: try again.`,
  timeout: msg`The server takes too long to answer. Nothing is lost: try again.`,
  request_timeout: msg`Your connection is slow. Nothing is lost: try again.`,
  unreadable: msg`The server cannot be reached right now. Nothing is lost: try again.`,
  overloaded: msg`Very many people are here right now. Try again in a moment.`,
  unavailable: msg`The server is not ready. Try again in a moment.`,
};

/** "14:05", or with the day where it is not today's. */
export function clock(i18n: I18n, when: Date): string {
  const today = when.toDateString() === new Date().toDateString();
  return i18n.date(
    when,
    today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  );
}

/** "in 28 seconds", in the reader's language. */
export function inSeconds(locale: string, when: Date): string {
  const seconds = Math.max(0, Math.ceil((when.getTime() - Date.now()) / 1000));
  return new Intl.RelativeTimeFormat(locale).format(seconds, 'second');
}

const MINUTE_MS = 60_000;

/** Never a minute in which it is too early. */
function nextMinute(when: Date): Date {
  return new Date(Math.ceil(when.getTime() / MINUTE_MS) * MINUTE_MS);
}

function originSentence(i18n: I18n): string {
  const { origin } = location;
  return i18n._(
    msg`This server's set-up does not let anybody vote here: it does not know its own address. Your browser is all right. Whoever runs it: set server.origins to ${origin}, or let the proxy pass the Host header on.`,
  );
}

function timedSentence(i18n: I18n, error: ApiError, wait?: string): string | null {
  if (error.retryAt === null) return null;
  const time = clock(i18n, nextMinute(error.retryAt));
  switch (error.code) {
    case 'daily_limit':
      return i18n._(
        msg`Not counted: your votes for today are used up. You can vote again from ${time}.`,
      );
    case 'poll_not_open':
      return i18n._(msg`This poll is not open yet. Opening: ${time}.`);
    case 'rate_limited': {
      if (wait !== undefined)
        return i18n._(msg`That was a lot in a short time. You can go on ${wait}.`);
      return i18n._(msg`That was a lot in a short time. You can go on from ${time}.`);
    }
    default:
      return null;
  }
}

/**
 * For anything that a call may have thrown. The server's own words are the last resort.
 *
 * @param wait "in 28 seconds", by who counts them down (ui/Refusal.tsx).
 */
export function sentenceOf(i18n: I18n, error: unknown, wait?: string): string {
  if (!(error instanceof ApiError)) return i18n._(msg`Something went wrong. Try again.`);
  if (error.code === 'foreign_origin') return originSentence(i18n);
  const timed = timedSentence(i18n, error, wait);
  if (timed !== null) return timed;
  const known = SENTENCES[error.code];
  return known === undefined
    ? error.message || i18n._(msg`Something went wrong. Try again.`)
    : i18n._(known);
}
