/** Over every screen: the settings, the help, keys that work everywhere, and other tabs. */
import { useLocation } from 'wouter';
import { useShortcuts } from '~/lib/shortcuts';
import { Help } from '~/settings/Help';
import { Settings } from '~/settings/Settings';
import { Company } from './Company';

export type DialogName = 'settings' | 'help';

interface ExtrasProps {
  dialog: DialogName | null;
  onDialog: (dialog: DialogName | null) => void;
}

export function Extras({ dialog, onDialog }: ExtrasProps) {
  const [, navigate] = useLocation();
  useShortcuts({
    '?': () => onDialog('help'),
    n: () => navigate('/new'),
  });
  const close = () => onDialog(null);
  return (
    <>
      <Company />
      {dialog === 'settings' && <Settings onClose={close} />}
      {dialog === 'help' && <Help onClose={close} />}
    </>
  );
}
