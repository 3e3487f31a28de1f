import type { Poll } from '~/api/client';
import { useKeyed } from '~/lib/KeyedStore';
import { useServices } from '~/services';
import type { Choice } from './choices';

/** What the reader has done with a poll, here or before. */
export function useChoice(poll: Poll): Choice {
  const { choices } = useServices();
  useKeyed(choices, poll.id);
  return choices.of(poll);
}
