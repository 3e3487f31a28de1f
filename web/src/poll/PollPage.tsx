/** One poll on its own page, `/p/{id}`: what a link or a QR code leads to. */

import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useParams } from 'wouter';
import { isCode } from '~/api/error';
import { pollQuery } from '~/api/queries';
import { isInSight } from '~/loading/firstSight';
import { useIsDeleted } from '~/results/deletion';
import { PollView } from './PollView';
import { Failed, Gone, Loading } from './states';

/** Counts are live, and that it is deleted; that its words or times have changed is not. */
const LOOK_AGAIN_MS = 90_000;

/** Different for everybody, so that a full lecture hall does not ask at once. */
function lookAgainAfter(): number {
  return LOOK_AGAIN_MS * (1 + Math.random() / 3);
}

export function PollPage() {
  const { id = '' } = useParams();
  if (!/^[1-9]\d{0,14}$/.test(id)) return <Gone />;
  return <PollOfId key={id} id={Number(id)} />;
}

function PollOfId({ id }: { id: number }) {
  const { t } = useLingui();
  const [refetchInterval] = useState(lookAgainAfter);
  const isDeleted = useIsDeleted(id);
  const query = useQuery({
    ...pollQuery(id),
    refetchInterval: isDeleted ? false : refetchInterval,
    refetchOnWindowFocus: !isDeleted,
  });
  const { data: poll, error, refetch } = query;
  const hasAnswer = poll !== undefined || error !== null;
  useEffect(() => {
    if (hasAnswer) isInSight();
  }, [hasAnswer]);
  if (isDeleted || isCode(error, 'not_found')) return <Gone title={poll?.title} />;
  if (poll !== undefined) return <PollView poll={poll} />;
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />;
  return <Loading label={t`Loading the poll…`} />;
}
