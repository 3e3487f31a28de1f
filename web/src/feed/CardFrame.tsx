/** A poll as a card: what is asked, and the vote. What else it can do comes as children. */
import { type ReactNode, useId } from 'react';
import type { Poll } from '~/api/client';
import { VotePanel } from '~/vote/VotePanel';

interface CardFrameProps {
  poll: Poll;
  /** From 1; of how many, where that is known. */
  position: number;
  count: number | null;
  onScreen: boolean;
  about: ReactNode;
  actions: ReactNode;
  className?: string;
}

/** A title that would take a small screen for itself. */
const LONG = 80;

export function CardFrame(props: CardFrameProps) {
  const { poll, position, count, onScreen, about, actions, className = '' } = props;
  const heading = useId();
  return (
    <article
      aria-labelledby={heading}
      aria-posinset={position}
      aria-setsize={count ?? -1}
      className={`mx-auto flex w-full max-w-2xl grow flex-col gap-4 rounded-3xl bg-card p-4 shadow-card min-[24rem]:p-5 has-[h2:focus-visible]:outline-3 has-[h2:focus-visible]:outline-accent sm:grow-0 sm:p-7 ${className}`}
    >
      <div className="flex flex-col gap-2">
        <h2
          id={heading}
          dir="auto"
          tabIndex={-1}
          className={`leading-tight font-bold text-balance outline-none ${poll.title.length > LONG ? 'text-xl' : 'text-2xl'}`}
        >
          {poll.title}
        </h2>
        {about}
      </div>
      <VotePanel poll={poll} onScreen={onScreen} labelledBy={heading} />
      <div className="mt-auto flex min-h-15 flex-col">{actions}</div>
    </article>
  );
}
