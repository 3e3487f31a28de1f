/** The chart's numbers, for those who cannot see it or want to know exactly. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import type { Poll } from '~/api/client';
import { rowsOf, type Stats } from './timeline';

interface TimelineTableProps {
  options: Poll['options'];
  stats: Stats;
}

export function TimelineTable({ options, stats }: TimelineTableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-11 cursor-pointer py-2.5 font-medium">
        <Trans>As a table</Trans>
      </summary>
      {isOpen && (
        <>
          <p className="mb-2 text-sm text-quiet">
            <Trans>Total votes at the end of each interval</Trans>
          </p>
          <Table options={options} stats={stats} />
        </>
      )}
    </details>
  );
}

const CELL =
  'min-w-24 px-3 py-1.5 text-end align-bottom font-normal wrap-break-word first:text-start';

function Table({ options, stats }: TimelineTableProps) {
  const { t, i18n } = useLingui();
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard
      tabIndex={0}
      aria-label={t`Votes over time, as a table`}
      className="max-h-80 overflow-auto rounded-xl bg-sunken text-sm tabular-nums"
    >
      <table className="w-full border-collapse">
        <thead>
          <tr className="border-b border-line">
            <th scope="col" className={CELL}>
              <Trans>Start</Trans>
            </th>
            {options.map(({ index, text }) => (
              <th key={index} scope="col" className={`${CELL} font-semibold`}>
                <bdi>{text}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowsOf(stats).map(({ start, totals }) => (
            <tr key={start.getTime()} className="border-b border-line last:border-0">
              <th scope="row" className={`${CELL} whitespace-nowrap`}>
                {i18n.date(start, { dateStyle: 'short', timeStyle: 'short' })}
              </th>
              {options.map(({ index }) => (
                <td key={index} className={CELL}>
                  {i18n.number(totals[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
