import { useCallback, useSyncExternalStore } from 'react';
import { useServices } from '~/services';
import type { LiveState } from './connection';

export function useLiveState(): LiveState {
  const { live } = useServices();
  return useSyncExternalStore(
    useCallback((on: () => void) => live.subscribe(on), [live]),
    () => live.state,
  );
}
