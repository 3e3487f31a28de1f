/** What a screen reader is told of results that move: a short sentence, now and then. */
import type { I18n } from '@lingui/core';
import { msg, plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import { useEffect, useRef, useState } from 'react';
import type { Poll, Results } from '~/api/client';
import { useLiveState } from './useLiveState';

const EVERY_MS = 10_000;

/** For a polite live region; empty until something has moved. */
export function useAnnouncement(poll: Poll, results: Results | null): string {
  const { i18n } = useLingui();
  const isPaused = useLiveState() === 'paused';
  const [text, setText] = useState('');
  const sentence = results === null ? null : sentenceOf(i18n, poll, results);
  /** What the reader knows, and when they were last told. What is there at first, they can read. */
  const known = useRef<{ pollId: number; sentence: string; at: number } | null>(null);

  useEffect(() => {
    if (sentence === null || isPaused) return;
    if (known.current?.pollId !== poll.id) {
      known.current = { pollId: poll.id, sentence, at: Number.NEGATIVE_INFINITY };
      setText('');
      return;
    }
    if (known.current.sentence === sentence) return;
    const wait = Math.max(0, known.current.at + EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      if (document.hidden) return;
      known.current = { pollId: poll.id, sentence, at: Date.now() };
      setText(sentence);
    }, wait);
    return () => clearTimeout(timer);
  }, [sentence, isPaused, poll.id]);

  return text;
}

function sentenceOf(i18n: I18n, poll: Poll, results: Results): string {
  const standing = standingOf(i18n, poll, results);
  return results.status === 'closed'
    ? i18n._(msg`The poll has closed. ${standing}`)
    : standing;
}

function standingOf(i18n: I18n, poll: Poll, results: Results): string {
  const { options, totalVotes, status } = results;
  const total = i18n._(
    msg`${plural(totalVotes, { one: '# vote', other: '# votes' })} in all.`,
  );
  if (totalVotes === 0) return status === 'closed' ? total : i18n._(msg`No votes yet.`);
  const most = Math.max(...options.map(({ votes }) => votes));
  const leaders = options.filter(({ votes }) => votes === most);
  const [first] = leaders;
  const percent = i18n.number((first?.percent ?? 0) / 100, {
    style: 'percent',
    maximumFractionDigits: 1,
  });
  const leader = poll.options.find(({ index }) => index === first?.index)?.text ?? '';
  return leaders.length > 1
    ? i18n._(msg`${leaders.length} options share the lead with ${percent}. ${total}`)
    : i18n._(msg`${leader} leads with ${percent}. ${total}`);
}
