import { useEffect } from 'react';
import { useServices } from '~/services';

/** Follows a poll while its picture is on the screen. */
export function useTrack(pollId: number, onScreen = true): void {
  const { live } = useServices();
  useEffect(() => (onScreen ? live.track(pollId) : undefined), [live, pollId, onScreen]);
}
