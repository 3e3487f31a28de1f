/** How the votes came in: asked for, and its chart fetched, when somebody wants to see it. */
import { Trans, useLingui } from '@lingui/react/macro';
import { Suspense, useId, useState } from 'react';
import type { Poll } from '~/api/client';
import { onDemand } from '~/loading/onDemand';
import { Waiting } from '~/loading/Waiting';
import { Icon } from '~/ui/Icon';

const TimelineBody = onDemand('poll', () =>
  import('./TimelineBody').then((m) => m.TimelineBody),
);

interface TimelineProps {
  poll: Poll;
  status: Poll['status'];
}

export function Timeline({ poll, status }: TimelineProps) {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const body = useId();
  return (
    <section className="rounded-2xl bg-card shadow-card">
      <h2>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={body}
          onClick={() => setOpen(!isOpen)}
          className="flex min-h-12 w-full items-center gap-3 rounded-2xl px-4 py-3 font-semibold sm:px-6"
        >
          <Icon name="chart" />
          <Trans>Votes over time</Trans>
          <Icon name={isOpen ? 'up' : 'down'} className="ms-auto size-5" />
        </button>
      </h2>
      <div id={body} hidden={!isOpen} className="px-4 pb-4 sm:px-6 sm:pb-6">
        {isOpen && (
          <Suspense fallback={<Waiting label={t`Loading the chart…`} />}>
            <TimelineBody poll={poll} status={status} />
          </Suspense>
        )}
      </div>
    </section>
  );
}
