/** Which key does what. */
import { useLingui } from '@lingui/react/macro';
import { Dialog } from '~/ui/Dialog';
import type { Action } from './actions';

interface HelpProps {
  actions: readonly Action[];
  onClose: () => void;
}

export function Help({ actions, onClose }: HelpProps) {
  const { t } = useLingui();
  return (
    <Dialog title={t`Keys`} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
        {actions.map(({ keyNames, label, icon }) => (
          <div key={icon} className="contents">
            <dt className="flex gap-1">
              {keyNames.map((name) => (
                <kbd
                  key={name}
                  className="min-w-8 rounded-lg border border-edge bg-sunken px-2 py-0.5 text-center font-sans font-semibold"
                >
                  {name}
                </kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
