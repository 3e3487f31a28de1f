/** The presenter's buttons. They go when the mouse rests, and come back with it. */
import { useLingui } from '@lingui/react/macro';
import { IconButton } from '~/ui/Button';
import type { Action } from './actions';

interface ControlsProps {
  actions: readonly Action[];
  isIdle: boolean;
}

export function Controls({ actions, isIdle }: ControlsProps) {
  const { t } = useLingui();
  const look = isIdle
    ? 'opacity-0 pointer-events-none has-focus-visible:opacity-100'
    : 'opacity-100';
  return (
    <div
      role="toolbar"
      aria-label={t`Presenting`}
      // a press leaves the focus where it is: the space bar goes on revealing results
      onMouseDown={(event) => event.preventDefault()}
      className={`flex flex-wrap justify-end transition-opacity duration-300 ${look}`}
    >
      {actions.map(({ keyNames, label, icon, isOn, run }) => (
        <IconButton
          key={icon}
          icon={icon}
          label={label}
          title={`${label} (${keyNames.join(', ')})`}
          aria-keyshortcuts={keyNames[0]}
          aria-pressed={isOn}
          onClick={run}
          className="aria-pressed:text-accent"
        />
      ))}
    </div>
  );
}
