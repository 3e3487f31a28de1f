/** Why something was refused. A short wait is counted down, and then there is nothing to say. */
import { useLingui } from '@lingui/react/macro';
import { useEffect, useReducer } from 'react';
import { ApiError } from '~/api/error';
import { inSeconds, sentenceOf } from '~/api/sentence';
import { Notice } from './Notice';

/** A longer wait is said as a time of the day. */
const SHORT_MS = 120_000;

interface RefusalProps {
  error: unknown;
  kind?: 'bad' | 'warn';
}

export function Refusal({ error, kind = 'bad' }: RefusalProps) {
  const { i18n } = useLingui();
  const end = endOfWait(error);
  useSeconds(end);
  if (end !== null && end.getTime() <= Date.now()) return null;
  const isShort = end !== null && end.getTime() - Date.now() < SHORT_MS;
  const when = isShort ? inSeconds(i18n.locale, end) : undefined;
  const sentence = sentenceOf(i18n, error, when);
  const [before, after] = when === undefined ? [sentence] : sentence.split(when);
  return (
    <Notice kind={kind}>
      {before}
      {after !== undefined && <span role="timer">{when}</span>}
      {after}
    </Notice>
  );
}

/** Of what may be tried again by itself the reader needs no clock. */
function endOfWait(error: unknown): Date | null {
  return error instanceof ApiError && error.code === 'rate_limited' ? error.retryAt : null;
}

/** A timer's words are drawn anew, and not read out: screen readers hear the first ones. */
function useSeconds(end: Date | null): void {
  const [, redraw] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    if (end === null) return;
    const timer = setInterval(redraw, 1000);
    return () => clearInterval(timer);
  }, [end]);
}
