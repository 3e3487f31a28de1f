/** A poll for a projector, filling the screen. */

import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import { pollQuery } from '~/api/queries';
import { useTrack } from '~/live/useTrack';
import { useIsDeleted } from '~/results/deletion';
import { Deleted } from '~/ui/Deleted';
import { Failure } from '~/ui/Failure';
import { Spinner } from '~/ui/Spinner';
import { Stage } from './Stage';
import { useStageLook } from './useStageLook';

export function PresentPage() {
  const { t } = useLingui();
  const look = useStageLook();
  const id = Number(useParams<{ id: string }>().id);
  const { data: poll, error, refetch } = useQuery(pollQuery(id));
  useTrack(id, poll !== undefined);
  const isDeleted = useIsDeleted(id);
  if (isDeleted) return <Over title={poll?.title} />;
  if (poll !== undefined) return <Stage key={id} poll={poll} look={look} />;
  return (
    <main id="main" className="grid min-h-dvh place-items-center p-4">
      {error === null ? (
        <Spinner label={t`Loading…`} />
      ) : (
        <Failure
          title={t`This poll cannot be shown`}
          error={error}
          onRetry={() => void refetch()}
        />
      )}
    </main>
  );
}

/** Instead of a code that leads nowhere. */
function Over({ title }: { title: string | undefined }) {
  return (
    <main
      id="main"
      className="flex min-h-dvh flex-col items-center justify-center gap-[4vmin] p-[6vmin] text-center"
    >
      <h1 dir="auto" className="text-[clamp(1.25rem,6vmin,5rem)] leading-tight font-bold">
        {title}
      </h1>
      <div className="text-[clamp(1rem,3vmin,2.5rem)]">
        <Deleted />
      </div>
    </main>
  );
}
