/** The list itself: place, question, votes, and how they compare to the first. */
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Link } from 'wouter';
import type { Place } from './news';
import { useFlip } from './useFlip';

export function Board({ places, isAllTime }: { places: Place[]; isAllTime: boolean }) {
  const list = useFlip(places.map(({ poll }) => poll.id));
  const votesOf = (place: Place) => (isAllTime ? place.totalVotes : place.votes);
  const most = Math.max(...places.map(votesOf), 1);
  return (
    <ol ref={list} className="flex flex-col gap-2">
      {places.map((place) => (
        <Line
          key={place.poll.id}
          place={place}
          votes={votesOf(place)}
          share={votesOf(place) / most}
          inAll={isAllTime ? null : place.totalVotes}
        />
      ))}
    </ol>
  );
}

interface LineProps {
  place: Place;
  votes: number;
  share: number;
  /** Beside the votes of the last hour or day. */
  inAll: number | null;
}

function Line({ place: { poll, rank }, votes, share, inAll }: LineProps) {
  const { i18n } = useLingui();
  return (
    <li
      data-key={poll.id}
      className="relative isolate flex items-center gap-3 overflow-hidden rounded-2xl bg-card px-4 py-3 shadow-card"
    >
      <span
        aria-hidden="true"
        className="absolute inset-0 -z-10 origin-left bg-bar opacity-60 transition-transform duration-500 ease-bar"
        style={{ transform: `scaleX(${share})` }}
      />
      <span
        className={`w-8 shrink-0 text-center text-xl tabular-nums ${rank <= 3 ? 'font-bold text-accent' : 'text-quiet'}`}
      >
        {rank}
      </span>
      <div className="flex min-w-0 grow flex-col gap-x-3 sm:flex-row sm:items-center">
        {/* all of the line leads there */}
        <Link
          href={`/p/${poll.id}`}
          dir="auto"
          className="grow py-1 font-medium after:absolute after:inset-0 hover:underline"
        >
          {poll.title}
        </Link>
        <span
          translate="no"
          className="flex shrink-0 flex-wrap items-baseline gap-x-2 whitespace-nowrap tabular-nums sm:flex-col sm:items-end"
        >
          <span className="font-semibold">
            <Plural value={votes} one="# vote" other="# votes" />
          </span>
          {inAll !== null && (
            <span className="text-sm">
              <Trans>{i18n.number(inAll)} in all</Trans>
            </span>
          )}
        </span>
      </div>
    </li>
  );
}
