/** At the end of the walk: asks quietly for new polls, while anybody looks. */
import { useEffect } from 'react';
import type { Filter } from '~/feed/filter';
import { useServices } from '~/services';
import { lookAgain } from './onTheWay';

const EVERY_MS = 30_000;

export function useLookAgain(filter: Filter, atEnd: boolean): void {
  const services = useServices();
  useEffect(() => {
    if (!atEnd) return;
    const look = () => {
      if (document.visibilityState === 'hidden') return;
      lookAgain(services, filter).catch(() => undefined); // the next look may do
    };
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [atEnd, services, filter]);
}
