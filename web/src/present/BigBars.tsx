/**
 * The options for a projector, with their result or, until it is revealed, without it: then
 * their words have all of the room. All sizes are in em, of the size that useFit finds for
 * the list.
 */
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { memo, type RefObject } from 'react';
import type { Poll, Results } from '~/api/client';
import { formatPercent } from '~/results/Bars';
import { directionOf } from '~/results/direction';
import { Icon } from '~/ui/Icon';

interface BigBarsProps {
  ref: RefObject<HTMLUListElement | null>;
  options: Poll['options'];
  /** null: not to be shown. */
  results: Results | null;
  isFinal: boolean;
}

export function BigBars({ ref, options, results, isFinal }: BigBarsProps) {
  const votesOf = results?.options.map((option) => option.votes) ?? [];
  const most = Math.max(0, ...votesOf);
  const isAllTied = votesOf.every((votes) => votes === most);
  return (
    <ul
      ref={ref}
      dir={directionOf(options)}
      className="grid min-h-0 grow auto-cols-fr grid-flow-col grid-rows-[repeat(var(--rows,1),minmax(min-content,3.6em))] content-center-safe gap-[0.35em] overflow-hidden leading-[1.15] font-semibold"
    >
      {options.map(({ index, text }) => {
        const result = results?.options[index];
        return (
          <BigBar
            key={index}
            text={text}
            votes={result?.votes ?? null}
            percent={result?.percent ?? 0}
            isFirst={result?.votes === most && !isAllTied}
            isFinal={isFinal}
          />
        );
      })}
    </ul>
  );
}

interface BigBarProps {
  text: string;
  votes: number | null;
  percent: number;
  isFirst: boolean;
  isFinal: boolean;
}

const BigBar = memo(function BigBar({
  text,
  votes,
  percent,
  isFirst,
  isFinal,
}: BigBarProps) {
  return (
    <li className="relative flex items-center gap-[0.5em] px-[0.6em] py-[0.3em]">
      <span
        aria-hidden="true"
        className="absolute inset-0 overflow-hidden rounded-[0.35em] bg-sunken"
      >
        <span
          className={`absolute inset-0 origin-left rtl:origin-right transition-transform duration-700 ease-bar ${isFirst ? 'bg-[color-mix(in_oklch,var(--color-accent)_35%,var(--color-bar))]' : 'bg-bar'}`}
          style={{ transform: `scaleX(${percent / 100})` }}
        />
      </span>
      <span className="relative grow">
        <span className="mixed-text">{text}</span>
      </span>
      {votes !== null && (
        <Figures votes={votes} percent={percent} isWinner={isFirst && isFinal} />
      )}
    </li>
  );
});

interface FiguresProps {
  votes: number;
  percent: number;
  isWinner: boolean;
}

function Figures({ votes, percent, isWinner }: FiguresProps) {
  const { i18n } = useLingui();
  return (
    <span
      lang={i18n.locale}
      translate="no"
      className="relative min-w-[4em] shrink-0 text-end whitespace-nowrap tabular-nums"
    >
      <span className="block font-bold">{formatPercent(i18n, percent)}</span>
      <span className="block text-[max(0.55em,0.75rem)] font-medium">
        {isWinner && <Winner />}
        <bdi>
          <Plural value={votes} one="# vote" other="# votes" />
        </bdi>
      </span>
    </span>
  );
}

function Winner() {
  return (
    <span className="me-[0.3em] inline-block align-[-0.15em]">
      <Icon name="trophy" className="size-[1.1em]" />
      <span className="sr-only">
        <Trans>most votes</Trans>
      </span>
    </span>
  );
}
