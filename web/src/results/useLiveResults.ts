import { useKeyed } from '~/lib/KeyedStore';
import { useServices } from '~/services';
import { type Live, NOTHING } from './store';

/** The newest of one poll; only who shows this poll is drawn anew when it changes. */
export function useLiveResults(pollId: number): Live {
  return useKeyed(useServices().results, pollId) ?? NOTHING;
}
