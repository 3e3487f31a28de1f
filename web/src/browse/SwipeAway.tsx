/** Around a card: drag it to the left to skip. The finger sees what lifting it would do. */
import { Trans } from '@lingui/react/macro';
import { type ReactNode, useRef } from 'react';
import { type SwipeEventData, useSwipeable } from 'react-swipeable';
import { Icon } from '~/ui/Icon';
import { skip } from './cardElement';
import { isSideways, isSkip, mayBegin } from './swipe';

/** As the page's own styles know it: --drag and --tilt move the card. */
function show(element: HTMLElement | null, by: number | null, isFar = false): void {
  if (element === null) return;
  element.dataset.drag = by === null ? 'none' : isFar ? 'far' : 'near';
  element.style.setProperty('--drag', `${by ?? 0}px`);
  element.style.setProperty('--tilt', `${(by ?? 0) / 100}deg`);
}

export function SwipeAway({ children }: { children: ReactNode }) {
  const element = useRef<HTMLDivElement | null>(null);
  const isDragging = useRef(false);

  const end = () => {
    isDragging.current = false;
    show(element.current, null);
  };
  const onSwiping = (drag: SwipeEventData) => {
    if (drag.first) isDragging.current = mayDrag(element.current, drag);
    if (!isDragging.current) return;
    show(element.current, Math.min(drag.deltaX, 0), isSkip(drag, widthOf(element.current)));
  };
  const onSwiped = (drag: SwipeEventData) => {
    const isMeant = isDragging.current && isSkip(drag, widthOf(element.current));
    end();
    if (isMeant) skip(element.current);
  };
  const { ref } = useSwipeable({ onSwiping, onSwiped, delta: 12 });

  return (
    <div
      ref={(div) => {
        element.current = div;
        ref(div);
      }}
      onTouchCancel={end}
      className="swipe group/swipe relative mx-auto flex w-full max-w-2xl grow touch-pan-y flex-col sm:grow-0"
    >
      <span
        aria-hidden="true"
        className="swipe-hint absolute inset-y-0 right-4 flex flex-col items-center justify-center gap-1 font-semibold text-quiet group-data-[drag=far]/swipe:text-accent"
      >
        <Icon name="skip" className="size-8" />
        <Trans>Skip</Trans>
      </span>
      <div className="swipe-card relative flex grow flex-col">{children}</div>
    </div>
  );
}

function widthOf(element: HTMLElement | null): number {
  return element?.clientWidth ?? 0;
}

function mayDrag(element: HTMLElement | null, drag: SwipeEventData): boolean {
  const [x] = drag.initial;
  const canSkip = element?.querySelector('[data-skip]:enabled') != null;
  return canSkip && isSideways(drag) && mayBegin(drag.event.target, x);
}
