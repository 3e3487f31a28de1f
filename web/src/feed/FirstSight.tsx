/** The first poll, to be read and voted on while the rest of the screen is on its way. */
import { useLingui } from '@lingui/react/macro';
import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Poll } from '~/api/client';
import { CardFrame } from './CardFrame';
import { type Focused, whatHadFocus } from './handOver';
import { Screen, Slot } from './Screen';

interface FirstSightProps {
  poll: Poll | undefined;
  /** Takes where the focus was here when the list takes over. */
  focused: RefObject<Focused | null>;
}

export function FirstSight({ poll, focused }: FirstSightProps) {
  const slot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = slot.current;
    return () => {
      focused.current = box && whatHadFocus(box);
    };
  }, [focused]);
  return (
    <>
      <div className="feed-tools shrink-0" />
      <Screen busy>
        <Slot box={slot}>
          {poll === undefined ? <CardSkeleton /> : <FirstCard poll={poll} />}
        </Slot>
      </Screen>
    </>
  );
}

/** As high as the card that it becomes (browse/PollCard). */
function FirstCard({ poll }: { poll: Poll }) {
  const about = (
    <>
      {poll.description !== null && (
        <p dir="auto" className="line-clamp-3 whitespace-pre-line text-quiet">
          {poll.description}
        </p>
      )}
      <p className="-my-2 flex min-h-11 items-center text-sm text-quiet">
        <bdi>{poll.owner?.username}</bdi>
      </p>
    </>
  );
  return (
    <CardFrame
      poll={poll}
      position={1}
      count={null}
      onScreen
      about={about}
      actions={null}
    />
  );
}

/** Of the shape of a card, so that nothing moves when the card comes. */
export function CardSkeleton() {
  const { t } = useLingui();
  return (
    <article
      aria-label={t`Polls are loading`}
      className="mx-auto flex w-full max-w-2xl grow animate-pulse flex-col gap-4 rounded-3xl bg-card p-4 shadow-card min-[24rem]:p-5 sm:grow-0 sm:p-7"
    >
      <span className="h-8 w-4/5 rounded-lg bg-sunken" />
      <span className="mb-4 h-4 w-2/5 rounded bg-sunken" />
      <span className="h-14 rounded-xl bg-sunken" />
      <span className="h-14 rounded-xl bg-sunken" />
      <span className="h-14 rounded-xl bg-sunken" />
      <span className="mt-auto h-11 w-28 rounded-xl bg-sunken sm:mt-6" />
    </article>
  );
}
