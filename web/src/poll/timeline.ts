/** A poll's votes over time: from the server's buckets to lines and rows. */
import type { Poll, Schemas } from '~/api/client';

export type Stats = Schemas['Stats'];
export type Bucket = (typeof BUCKETS)[number];

/** From fine to coarse. */
export const BUCKETS = ['minute', 'hour', 'day'] as const;

const HOUR = 3_600_000;
const LENGTH: Record<Bucket, number> = { minute: 60_000, hour: HOUR, day: 24 * HOUR };

/** A dozen points at least, where votes came in all the time. */
export function bucketFor(poll: Pick<Poll, 'createdAt' | 'opensAt'>, now: number): Bucket {
  const age = now - Date.parse(poll.opensAt ?? poll.createdAt);
  if (age < 6 * HOUR) return 'minute';
  return age < 10 * 24 * HOUR ? 'hour' : 'day';
}

export function coarserThan(bucket: Bucket): Bucket | undefined {
  return BUCKETS[BUCKETS.indexOf(bucket) + 1];
}

export interface Row {
  start: Date;
  /** Of each option, all that had come by the end of this bucket. */
  totals: number[];
}

export function rowsOf({ options, timeline }: Stats): Row[] {
  let sums = options.map(() => 0);
  return timeline.map(({ start, votes }) => {
    sums = sums.map((sum, option) => sum + (votes[option] ?? 0));
    return { start: new Date(start), totals: sums };
  });
}

/** Seconds, and the height of each option's line at them: what uPlot draws. */
export type Lines = [number[], ...number[][]];

/**
 * A line rises from the start of a bucket to its end, and is level where no votes came. It
 * ends with the last vote: what comes after that is not known yet.
 */
export function linesOf(stats: Stats, bucket: Bucket): Lines {
  const points: { at: number; totals: number[] }[] = [];
  let sums = stats.options.map(() => 0);
  const last = Date.parse(stats.lastVoteAt ?? '');
  for (const { start, totals } of rowsOf(stats)) {
    const begin = start.getTime();
    const end = begin + LENGTH[bucket];
    if (points.at(-1)?.at !== begin) points.push({ at: begin, totals: sums });
    points.push({ at: last > begin && last < end ? last : end, totals });
    sums = totals;
  }
  return [
    points.map(({ at }) => at / 1000),
    ...sums.map((_, option) => points.map(({ totals }) => totals[option] ?? 0)),
  ];
}
