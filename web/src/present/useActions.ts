/** What can be done on the stage now, in the order of its buttons. */
import { useLingui } from '@lingui/react/macro';
import { useLocation } from 'wouter';
import type { Action } from './actions';
import type { FullScreen } from './useFullScreen';
import type { Neighbours } from './useNeighbours';
import type { Reveal } from './useReveal';
import type { StageLook } from './useStageLook';

/** What is shown on top of, or in place of, the poll. */
export type Overlay = 'join' | 'help' | 'close' | null;

export interface StageState {
  pollId: number;
  reveal: Reveal;
  look: StageLook;
  fullScreen: FullScreen;
  neighbours: Neighbours;
  mayClose: boolean;
  mayJoin: boolean;
  overlay: Overlay;
  setOverlay: (overlay: Overlay) => void;
}

export function useActions(stage: StageState): Action[] {
  const moves = useMoves(stage);
  const views = useViews(stage);
  return [...moves, ...views].filter((action) => action !== null);
}

/** What changes the poll that is shown, or what is shown of it. */
function useMoves({ reveal, neighbours, mayClose, setOverlay }: StageState) {
  const { t } = useLingui();
  const { goBefore, goAfter } = neighbours;
  const before: Action | null = goBefore && {
    keys: ['arrowleft', 'pageup'],
    keyNames: ['←'],
    label: t`Previous poll`,
    icon: 'left',
    run: goBefore,
  };
  const after: Action | null = goAfter && {
    keys: ['arrowright', 'pagedown'],
    keyNames: ['→'],
    label: t`Next poll`,
    icon: 'right',
    run: goAfter,
  };
  const show: Action = {
    keys: ['r', 'space'],
    keyNames: ['R', t`Space`],
    label: reveal.isRevealed ? t`Hide the result` : t`Reveal the result`,
    icon: 'eye',
    isOn: reveal.isRevealed,
    run: reveal.toggle,
  };
  const close: Action | null = mayClose
    ? {
        keys: ['c'],
        keyNames: ['C'],
        label: t`Close the poll`,
        icon: 'lock',
        run: () => setOverlay('close'),
      }
    : null;
  return [before, show, after, close];
}

/** What changes how it is shown. */
function useViews(stage: StageState) {
  const { pollId, look, fullScreen, mayJoin, overlay, setOverlay } = stage;
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const join: Action = {
    keys: overlay === 'join' ? ['q', 'escape'] : ['q'],
    keyNames: ['Q'],
    label: t`Large QR code`,
    icon: 'qr',
    isOn: overlay === 'join',
    run: () => setOverlay(overlay === 'join' ? null : 'join'),
  };
  const full: Action | null = fullScreen.toggle && {
    keys: ['f'],
    keyNames: ['F'],
    label: t`Full screen`,
    icon: 'screen',
    isOn: fullScreen.isFull,
    run: fullScreen.toggle,
  };
  const theme: Action = {
    keys: ['t'],
    keyNames: ['T'],
    label: t`Light or dark`,
    icon: 'contrast',
    run: look.toggleTheme,
  };
  const help: Action = {
    keys: ['?'],
    keyNames: ['?'],
    label: t`Keys`,
    icon: 'help',
    run: () => setOverlay('help'),
  };
  const leave: Action = {
    keys: ['b'],
    keyNames: ['B'],
    label: t`Back to the poll`,
    icon: 'close',
    run: () => {
      if (fullScreen.isFull) fullScreen.toggle?.();
      navigate(`/p/${pollId}`);
    },
  };
  return [mayJoin ? join : null, full, theme, help, leave];
}
