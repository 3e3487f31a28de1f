/** A poll's votes over time, in buckets as fine as they are asked for and the server has them. */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api, data, type Poll } from '~/api/client';
import { isCode } from '~/api/error';
import { type Bucket, coarserThan, type Stats } from './timeline';

/** While votes come in. */
const LOOK_AGAIN_MS = 30_000;

export interface BucketedStats {
  /** Coarser than the one asked for where there would be too many of those. */
  bucket: Bucket;
  stats: Stats;
}

async function askStats(id: number, bucket: Bucket): Promise<BucketedStats> {
  try {
    const params = { path: { id }, query: { bucket } };
    return {
      bucket,
      stats: await data(api.GET('/api/polls/{id}/stats', { params })),
    };
  } catch (error) {
    const coarser = coarserThan(bucket);
    if (coarser === undefined || !isCode(error, 'invalid')) throw error;
    return askStats(id, coarser);
  }
}

function statsQuery(id: number, bucket: Bucket) {
  return queryOptions({
    queryKey: ['stats', id, bucket],
    queryFn: () => askStats(id, bucket),
    placeholderData: keepPreviousData,
  });
}

export function useStats(id: number, bucket: Bucket, status: Poll['status']) {
  return useQuery({
    ...statsQuery(id, bucket),
    refetchInterval: status === 'open' && LOOK_AGAIN_MS,
  });
}
