/** The feed's own scrolling area, and its parts: each as high as the area, or higher. */
import { useLingui } from '@lingui/react/macro';
import type { ReactNode, RefObject } from 'react';

interface ScreenProps {
  busy: boolean;
  children: ReactNode;
  scroller?: RefObject<HTMLDivElement | null>;
}

export function Screen({ busy, children, scroller }: ScreenProps) {
  const { t } = useLingui();
  return (
    <div
      ref={scroller}
      role="feed"
      aria-label={t`Polls`}
      aria-busy={busy}
      className="screen relative min-h-0 grow"
    >
      {children}
    </div>
  );
}

interface SlotProps {
  index?: number;
  box?: RefObject<HTMLDivElement | null>;
  children: ReactNode;
}

export function Slot({ index = 0, box, children }: SlotProps) {
  return (
    <div
      ref={box}
      data-slot={index}
      className="slot flex flex-col px-3 pt-1 pb-3 sm:justify-center"
    >
      {children}
    </div>
  );
}
