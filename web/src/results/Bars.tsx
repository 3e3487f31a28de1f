/** A poll's result as bars: the server's numbers, readable without the picture. */
import { i18n } from '@lingui/core';
import { Trans } from '@lingui/react/macro';
import type { Poll, Results } from '~/api/client';
import { Icon } from '~/ui/Icon';

export interface BarsProps {
  options: Poll['options'];
  results: Results;
  myVote?: number | null;
  /** For a projector: everything bigger. */
  large?: boolean;
}

export function Bars({ options, results, myVote = null, large = false }: BarsProps) {
  const most = Math.max(...results.options.map((option) => option.votes));
  return (
    <ul className={large ? 'flex flex-col gap-5' : 'flex flex-col gap-2'}>
      {options.map(({ index, text }) => {
        const { votes = 0, percent = 0 } = results.options[index] ?? {};
        return (
          <Bar
            key={index}
            text={text}
            votes={votes}
            percent={percent}
            isMine={index === myVote}
            isFirst={votes > 0 && votes === most}
            large={large}
          />
        );
      })}
    </ul>
  );
}

interface BarProps {
  text: string;
  votes: number;
  percent: number;
  isMine: boolean;
  isFirst: boolean;
  large: boolean;
}

function Bar({ text, votes, percent, isMine, isFirst, large }: BarProps) {
  const size = large ? 'min-h-20 px-6 text-3xl' : 'min-h-12 px-4 text-base';
  return (
    <li
      className={`relative flex items-center gap-3 overflow-hidden rounded-xl bg-sunken py-2 ${size}`}
      data-testid="bar"
    >
      <span
        aria-hidden="true"
        className={`absolute inset-0 origin-left transition-transform duration-500 ease-bar ${isMine ? 'bg-mine' : 'bg-bar'}`}
        style={{ transform: `scaleX(${percent / 100})` }}
      />
      <span className={`relative grow ${isFirst ? 'font-semibold' : ''}`}>
        {text}
        {isMine && (
          <span className="ml-2 inline-flex items-center gap-1 text-sm font-semibold whitespace-nowrap">
            <Icon name="check" />
            <Trans>your vote</Trans>
          </span>
        )}
      </span>
      <span className="relative shrink-0 text-right tabular-nums">
        <span className="font-semibold">{formatPercent(percent)}</span>{' '}
        <span className={large ? 'text-xl' : 'text-sm'}>({i18n.number(votes)})</span>
      </span>
    </li>
  );
}

function formatPercent(percent: number): string {
  return i18n.number(percent / 100, { style: 'percent', maximumFractionDigits: 1 });
}
