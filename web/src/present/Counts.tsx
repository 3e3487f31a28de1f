/** How many have voted, and how many are watching beside this projector: the server's numbers. */
import { Plural, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { PollResults } from '~/vote/usePollResults';

export function Counts({ now: { results, viewers } }: { now: PollResults }) {
  const watching = viewers && Math.max(0, viewers - 1); // one of them is this page
  return (
    <div className="flex w-full flex-wrap justify-evenly gap-x-[2vmin] text-center whitespace-nowrap">
      {results !== null && (
        <Count value={results.totalVotes}>
          <Plural value={results.totalVotes} one="vote" other="votes" />
        </Count>
      )}
      {watching !== null && (
        <Count value={watching}>
          <Plural value={watching} one="watching" other="watching" />
        </Count>
      )}
    </div>
  );
}

function Count({ value, children }: { value: number; children: ReactNode }) {
  const { i18n } = useLingui();
  return (
    <p translate="no" className="leading-tight">
      <span className="block text-[clamp(1.25rem,5vmin,8rem)] font-bold tabular-nums">
        {i18n.number(value)}
      </span>
      <span className="text-lg text-quiet">{children}</span>
    </p>
  );
}
