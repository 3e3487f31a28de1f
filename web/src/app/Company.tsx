/** On every screen but the widget: what other tabs do, and whether the session still lives. */
import { useEffect } from 'react';
import { useServices } from '~/services';
import { keepInUse } from '~/session/renewal';
import { Ended } from '~/settings/Ended';
import { talkToOtherTabs } from './otherTabs';

export function Company() {
  const services = useServices();
  useEffect(() => talkToOtherTabs(services), [services]);
  useEffect(() => keepInUse(services.session), [services]);
  return <Ended />;
}
