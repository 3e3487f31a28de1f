/**
 * A poll's result as bars: the server's numbers, readable without the picture. A snapshot
 * redraws the bars that it changes, and moves them by transforms alone.
 */
import type { I18n } from '@lingui/core';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { type CSSProperties, memo } from 'react';
import type { Poll, Results } from '~/api/client';
import { Icon } from '~/ui/Icon';
import { directionOf } from './direction';

export interface BarsProps {
  options: Poll['options'];
  results: Results;
  myVote?: number | null;
  /** For a projector: everything bigger. */
  large?: boolean;
}

export const Bars = memo(function Bars({
  options,
  results,
  myVote = null,
  large = false,
}: BarsProps) {
  const votesOf = results.options.map((option) => option.votes);
  const most = Math.max(...votesOf);
  const isAllTied = votesOf.every((votes) => votes === most);
  return (
    <ul dir={directionOf(options)} className={`flex flex-col ${large ? 'gap-5' : 'gap-2'}`}>
      {options.map(({ index, text }) => {
        const { votes = 0, percent = 0 } = results.options[index] ?? {};
        return (
          <Bar
            key={index}
            text={text}
            votes={votes}
            percent={percent}
            isMine={index === myVote}
            isFirst={votes === most && !isAllTied}
            large={large}
          />
        );
      })}
    </ul>
  );
});

interface BarProps {
  text: string;
  votes: number;
  percent: number;
  isMine: boolean;
  isFirst: boolean;
  large: boolean;
}

const Bar = memo(function Bar({ text, votes, percent, isMine, isFirst, large }: BarProps) {
  const { i18n } = useLingui();
  const size = large ? 'min-h-20 px-6 text-3xl' : 'min-h-12 px-4 text-base';
  return (
    <li
      className={`relative flex items-center gap-3 overflow-hidden rounded-xl bg-sunken py-1.5 ${size}`}
      data-testid="bar"
    >
      <span
        aria-hidden="true"
        className={`absolute inset-0 origin-left rtl:origin-right [transform:scaleX(var(--part))] transition-transform duration-500 ease-bar starting:[transform:scaleX(0)] ${isMine ? 'bg-mine' : 'bg-bar'}`}
        style={{ '--part': percent / 100 } as CSSProperties}
      />
      <span className={`relative grow ${isFirst ? 'font-semibold' : ''}`}>
        <span className="mixed-text">{text}</span>
        {isMine && <MineMark />}
      </span>
      <span
        translate="no"
        className="relative shrink-0 text-end leading-tight tabular-nums"
      >
        <span className="block font-semibold">{formatPercent(i18n, percent)}</span>{' '}
        <span className={`block ${large ? 'text-xl' : 'text-sm'}`}>
          <bdi>
            <Plural value={votes} one="# vote" other="# votes" />
          </bdi>
        </span>
      </span>
    </li>
  );
});

/** Always one digit after the point, so that numbers that change stay in their column. */
export function formatPercent(i18n: I18n, percent: number): string {
  const digits = percent % 100 === 0 ? 0 : 1;
  return i18n.number(percent / 100, { style: 'percent', minimumFractionDigits: digits });
}

/** Words and a sign: the colour is never alone. */
function MineMark() {
  return (
    <span className="ms-2 inline-flex items-center gap-1 align-middle text-sm font-semibold">
      <Icon name="check" className="size-4" />
      <Trans>your vote</Trans>
    </span>
  );
}
