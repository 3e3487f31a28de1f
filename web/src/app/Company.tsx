/** On every screen but the widget: what other tabs do, and whether the session still lives. */
import { useEffect } from 'react';
import { useServices } from '~/services';
import { Ended } from '~/settings/Ended';
import { talkToOtherTabs } from './otherTabs';

export function Company() {
  const services = useServices();
  useEffect(() => talkToOtherTabs(services), [services]);
  return <Ended />;
}
