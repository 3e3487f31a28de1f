/** A poll for a projector, filling the screen. */

import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import { pollQuery } from '~/api/queries';
import { useTrack } from '~/services';
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
