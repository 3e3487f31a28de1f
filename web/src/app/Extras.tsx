/** Over every screen: the settings, the help, keys that work everywhere, and other tabs. */
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { useShortcuts } from '~/lib/shortcuts';
import { useServices } from '~/services';
import { Help } from '~/settings/Help';
import { Settings } from '~/settings/Settings';
import { talkToOtherTabs } from './otherTabs';

export type DialogName = 'settings' | 'help';

interface ExtrasProps {
  dialog: DialogName | null;
  onDialog: (dialog: DialogName | null) => void;
}

export function Extras({ dialog, onDialog }: ExtrasProps) {
  const [, navigate] = useLocation();
  const services = useServices();
  useEffect(() => talkToOtherTabs(services), [services]);
  useShortcuts({
    '?': () => onDialog('help'),
    n: () => navigate('/new'),
  });
  const close = () => onDialog(null);
  if (dialog === 'settings') return <Settings onClose={close} />;
  return dialog === 'help' ? <Help onClose={close} /> : null;
}
