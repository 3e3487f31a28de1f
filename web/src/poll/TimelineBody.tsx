/** The chart of a poll's votes over time, with what belongs to it. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useMemo, useState } from 'react';
import type { Poll } from '~/api/client';
import { sentenceOf } from '~/api/sentence';
import { now } from '~/lib/clock';
import { Notice } from '~/ui/Notice';
import { Spinner } from '~/ui/Page';
import { BucketChoice } from './BucketChoice';
import { TimelineChart } from './TimelineChart';
import { TimelineLegend } from './TimelineLegend';
import { TimelineTable } from './TimelineTable';
import { type Bucket, bucketFor, linesOf, type Stats } from './timeline';
import { type BucketedStats, useStats } from './useStats';

interface TimelineBodyProps {
  poll: Poll;
  status: Poll['status'];
}

export function TimelineBody({ poll, status }: TimelineBodyProps) {
  const { t, i18n } = useLingui();
  const [wanted, setWanted] = useState<Bucket>(() => bucketFor(poll, now()));
  const { data, error } = useStats(poll.id, wanted, status);
  if (data === undefined)
    return error === null ? (
      <Spinner label={t`Loading the chart…`} />
    ) : (
      <Notice>{sentenceOf(i18n, error)}</Notice>
    );
  if (data.stats.timeline.length === 0)
    return (
      <p className="text-quiet">
        {status === 'closed' ? <Trans>No votes.</Trans> : <Trans>No votes yet.</Trans>}
      </p>
    );
  return (
    <div className="flex flex-col gap-4">
      <BucketChoice wanted={wanted} shown={data.bucket} onChoose={setWanted} />
      <Drawing options={poll.options} data={data} />
      <Facts stats={data.stats} />
      <TimelineTable options={poll.options} stats={data.stats} />
    </div>
  );
}

function Drawing({ options, data }: { options: Poll['options']; data: BucketedStats }) {
  const [point, setPoint] = useState<number | null>(null);
  const lines = useMemo(() => linesOf(data.stats, data.bucket), [data]);
  return (
    <>
      <TimelineChart lines={lines} onPoint={setPoint} />
      <TimelineLegend options={options} lines={lines} point={point} />
    </>
  );
}

function Facts({ stats }: { stats: Stats }) {
  const { i18n } = useLingui();
  const format = (time: string | null) =>
    time === null
      ? '–'
      : i18n.date(new Date(time), { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm *:odd:text-quiet">
      <dt>
        <Trans>First vote</Trans>
      </dt>
      <dd>{format(stats.firstVoteAt)}</dd>
      <dt>
        <Trans>Last vote</Trans>
      </dt>
      <dd>{format(stats.lastVoteAt)}</dd>
      <dt>
        <Trans>Skipped</Trans>
      </dt>
      <dd>{i18n.number(stats.skips)}</dd>
    </dl>
  );
}
