/** The keys and what they do. */
import { Trans, useLingui } from '@lingui/react/macro';
import { shortcutsAreOn } from '~/lib/shortcuts';
import { Dialog } from '~/ui/Dialog';

function useKeys(): [keys: string[], does: string][] {
  const { t } = useLingui();
  return [
    [['j', '↓'], t`next poll`],
    [['k', '↑'], t`previous poll`],
    [['1', '9'], t`choose an option`],
    [['v', t`Enter`], t`vote`],
    [['s'], t`skip the poll`],
    [['/'], t`search`],
    [['n'], t`new poll`],
    [['?'], t`this help`],
  ];
}

export function Help({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const keys = useKeys();
  return (
    <Dialog title={t`Keys`} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-3">
        {keys.map(([names, does]) => (
          <div key={does} className="contents">
            <dt className="flex items-center gap-1.5">
              <Keys names={names} />
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-5 text-sm text-quiet">
        {shortcutsAreOn() ? (
          <Trans>Single-key shortcuts can be turned off in the settings.</Trans>
        ) : (
          <Trans>Single-key shortcuts are turned off in the settings.</Trans>
        )}
      </p>
    </Dialog>
  );
}

function Keys({ names }: { names: string[] }) {
  const isRange = names[0] === '1';
  return names.map((name, i) => (
    <span key={name} className="flex items-center gap-1.5">
      {i > 0 && (
        <span className="text-sm text-quiet">
          {isRange ? <Trans>to</Trans> : <Trans>or</Trans>}
        </span>
      )}
      <kbd className="min-w-8 rounded-lg border border-edge bg-sunken px-2 py-1 text-center font-sans text-sm">
        {name}
      </kbd>
    </span>
  ));
}
