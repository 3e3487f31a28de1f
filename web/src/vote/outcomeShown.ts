/** Tells what is around a panel whether it shows an outcome, which says the total itself. */
import { createContext, useContext, useLayoutEffect } from 'react';

export const OutcomeShown = createContext<(isShown: boolean) => void>(() => {});

export function useTellShown(): void {
  const tell = useContext(OutcomeShown);
  useLayoutEffect(() => {
    tell(true);
    return () => tell(false);
  }, [tell]);
}
