/** Whether what is on the screen is what is true now, and a button that holds it still. */
import { useLingui } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import { useServices } from '~/services';
import { IconButton } from '~/ui/Button';
import type { LiveState } from './connection';
import { useLiveState } from './useLiveState';

/** What lasts shorter is not worth a word: the badge keeps what it said. */
const GRACE_MS = { idle: 0, connecting: 2000, live: 0, reconnecting: 1000, paused: 0 };

const DOTS: Record<LiveState, string> = {
  idle: '',
  connecting: 'border-2 border-warn',
  live: 'bg-good',
  reconnecting: 'border-2 border-warn',
  paused: 'border-2 border-quiet',
};

export function LiveBadge() {
  const { t } = useLingui();
  const { live } = useServices();
  const state = useLiveState();
  const shown = useLasting(state);
  const words: Record<LiveState, string> = {
    idle: '',
    connecting: t`connecting`,
    live: t`live`,
    reconnecting: t`reconnecting`,
    paused: t`paused`,
  };
  return (
    <div className="relative flex min-w-0 items-center">
      <span
        role="status"
        translate="no"
        className="one-line h-5 gap-x-1.5 text-sm whitespace-nowrap text-quiet"
      >
        {shown !== 'idle' && (
          <>
            <span
              aria-hidden="true"
              className={`my-1.25 size-2.5 rounded-full ${DOTS[shown]}`}
            />
            <span className={shown === 'live' ? '' : LONG}>{words[shown]}</span>
          </>
        )}
      </span>
      {state === 'paused' ? (
        <IconButton
          icon="play"
          label={t`Resume live results`}
          onClick={() => live.resume()}
        />
      ) : (
        shown !== 'idle' && (
          <IconButton
            icon="pause"
            label={t`Pause live results`}
            onClick={() => live.pause()}
          />
        )
      )}
    </div>
  );
}

/** On the narrowest phones a long word hangs below the header, which has no room for it. */
const LONG =
  'max-[22rem]:absolute max-[22rem]:top-full max-[22rem]:end-0 max-[22rem]:rounded-full max-[22rem]:bg-card max-[22rem]:px-3 max-[22rem]:py-1 max-[22rem]:shadow-card';

function useLasting(state: LiveState): LiveState {
  const [shown, setShown] = useState<LiveState>('idle');
  useEffect(() => {
    const timer = setTimeout(() => setShown(state), GRACE_MS[state]);
    return () => clearTimeout(timer);
  }, [state]);
  return shown;
}
