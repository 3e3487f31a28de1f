/** How fine the time line is. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useId } from 'react';
import { BUCKETS, type Bucket } from './timeline';

interface BucketChoiceProps {
  wanted: Bucket;
  /** Coarser where there would be too many. */
  shown: Bucket;
  onChoose: (bucket: Bucket) => void;
}

export function BucketChoice({ wanted, shown, onChoose }: BucketChoiceProps) {
  const { t } = useLingui();
  const name = useId();
  const words = { minute: t`By minute`, hour: t`By hour`, day: t`By day` };
  return (
    <fieldset>
      <legend className="sr-only">
        <Trans>Interval</Trans>
      </legend>
      <div className="flex flex-wrap gap-2">
        {BUCKETS.map((bucket) => (
          <label
            key={bucket}
            className="flex min-h-11 cursor-pointer items-center gap-2 rounded-xl bg-sunken px-3 text-sm has-checked:outline-2 has-checked:outline-accent"
          >
            <input
              type="radio"
              name={name}
              checked={bucket === wanted}
              onChange={() => onChoose(bucket)}
              className="accent-accent"
            />
            {words[bucket]}
          </label>
        ))}
      </div>
      <p role="status" className="mt-2 text-sm text-quiet empty:hidden">
        {BUCKETS.indexOf(shown) > BUCKETS.indexOf(wanted) && (
          <Trans>That would be too many points: the chart is coarser.</Trans>
        )}
      </p>
    </fieldset>
  );
}
