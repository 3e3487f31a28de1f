/**
 * The whole screen: the question and its options, beside them how to join and the counts,
 * below them the state and the presenter's buttons. Upright screens have it all in one column.
 */
import { useLingui } from '@lingui/react/macro';
import { Suspense, useState } from 'react';
import type { Poll } from '~/api/client';
import { onDemand } from '~/loading/onDemand';
import { WaitingDialog } from '~/loading/WaitingDialog';
import { useMe } from '~/session/session';
import { useTitle } from '~/ui/useTitle';
import { usePollResults } from '~/vote/usePollResults';
import { keysOf } from './actions';
import { Controls } from './Controls';
import { Counts } from './Counts';
import { Help } from './Help';
import { JoinCode, JoinLink } from './Join';
import { Sheet } from './Sheet';
import { State } from './State';
import { type Overlay, useActions } from './useActions';
import { useFullScreen } from './useFullScreen';
import { useIdle } from './useIdle';
import { useKeys } from './useKeys';
import { useNeighbours } from './useNeighbours';
import { useReveal } from './useReveal';
import type { StageLook } from './useStageLook';
import { useWakeLock } from './useWakeLock';

/** Shared with the poll's own page, words and all. */
const CloseDialog = onDemand('poll', () =>
  import('~/poll/CloseDialog').then((m) => m.CloseDialog),
);

interface StageProps {
  poll: Poll;
  look: StageLook;
}

export function Stage({ poll, look }: StageProps) {
  const { t } = useLingui();
  const me = useMe();
  const now = usePollResults(poll);
  const [overlay, setOverlay] = useState<Overlay>(null);
  const isOwner = me != null && me.id === poll.owner?.id;
  const neighbours = useNeighbours(poll.id, isOwner);
  const fullScreen = useFullScreen();
  const reveal = useReveal();
  const isIdle = useIdle();
  const mayClose = isOwner && now.status !== 'closed';
  const mayJoin = now.status !== 'closed'; // nobody is called to what is over
  const actions = useActions({
    pollId: poll.id,
    reveal,
    look,
    fullScreen,
    neighbours,
    mayClose,
    mayJoin,
    overlay: overlay === 'join' && !mayJoin ? null : overlay,
    setOverlay,
  });
  useKeys(keysOf(actions));
  useWakeLock();
  useTitle(poll.title);
  const endOverlay = () => setOverlay(null);

  return (
    <main
      id="main"
      className={`grid h-dvh grid-rows-[minmax(0,1fr)_auto] gap-[2vmin] overflow-hidden bg-ground p-[3vmin] pb-[1.5vmin] text-ink ${isIdle ? 'cursor-none' : ''}`}
    >
      {overlay === 'join' && mayJoin ? (
        <WholeJoin poll={poll} />
      ) : (
        <div className="grid min-h-0 gap-[3vmin] landscape:grid-cols-[minmax(0,1fr)_auto] portrait:grid-rows-[minmax(0,1fr)_auto]">
          <Sheet poll={poll} now={now} isRevealed={reveal.isRevealed} />
          <aside
            aria-label={mayJoin ? t`Join and counts` : t`Counts`}
            className="grid min-h-0 place-content-center place-items-center gap-x-[4vmin] gap-y-[2vmin] landscape:w-[calc(24vmin+4vw)] landscape:grid-cols-1 portrait:grid-cols-[auto_minmax(0,1fr)]"
          >
            {mayJoin && (
              <>
                <JoinCode
                  pollId={poll.id}
                  className="landscape:w-full landscape:max-w-[40dvh] portrait:row-span-2 portrait:w-[26vmin]"
                />
                <JoinLink pollId={poll.id} />
              </>
            )}
            <Counts now={now} />
          </aside>
        </div>
      )}
      <footer className="flex min-h-11 flex-wrap items-center gap-x-[3vmin]">
        <State poll={poll} now={now} isRevealed={reveal.isRevealed} isIdle={isIdle} />
        <div className="ms-auto">
          <Controls actions={actions} isIdle={isIdle} />
        </div>
      </footer>
      {overlay === 'help' && <Help actions={actions} onClose={endOverlay} />}
      <Suspense fallback={<WaitingDialog title={t`Close the poll`} onClose={endOverlay} />}>
        {overlay === 'close' && (
          <CloseDialog poll={poll} onClose={endOverlay} onClosed={endOverlay} />
        )}
      </Suspense>
    </main>
  );
}

function WholeJoin({ poll }: { poll: Poll }) {
  return (
    <div className="flex min-h-0 flex-col items-center justify-center gap-[3vmin]">
      <h1
        dir="auto"
        className="line-clamp-2 max-w-[90vw] text-center text-[clamp(1rem,4vmin,5rem)] leading-tight font-bold"
      >
        {poll.title}
      </h1>
      <JoinCode pollId={poll.id} className="w-full max-w-[56dvh]" />
      <JoinLink pollId={poll.id} className="shrink-0" />
    </div>
  );
}
