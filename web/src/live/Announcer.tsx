/** Tells screen readers, politely, how a poll on the screen stands. Nobody sees it. */
import type { Poll, Results } from '~/api/client';
import { useAnnouncement } from './useAnnouncement';

export function Announcer({ poll, results }: { poll: Poll; results: Results | null }) {
  return (
    <p aria-live="polite" className="sr-only">
      {useAnnouncement(poll, results)}
    </p>
  );
}
