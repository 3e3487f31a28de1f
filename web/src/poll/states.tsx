/** What is shown where there is no poll to show: not yet, not now, or not any more. */
import { Trans, useLingui } from '@lingui/react/macro';
import { sentenceOf } from '~/api/sentence';
import { Button, ButtonLink } from '~/ui/Button';
import { Notice } from '~/ui/Notice';
import { Page, useTitle } from '~/ui/Page';

/** The poll's outline, so that nothing jumps when it comes. */
export function Loading({ label }: { label: string }) {
  useTitle('');
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 pt-4">
      <p role="status" className="sr-only">
        {label}
      </p>
      <div aria-hidden="true" className="flex animate-pulse flex-col gap-4 *:rounded-xl">
        <div className="h-8 w-4/5 bg-line" />
        <div className="h-5 w-2/5 bg-sunken" />
        <div className="mt-2 h-72 max-w-2xl bg-sunken" />
      </div>
    </main>
  );
}

/** With a title: it was there, and went while it was watched. */
export function Gone({ title }: { title?: string | undefined }) {
  const { t } = useLingui();
  return (
    <Page title={title ?? t`There is no such poll`}>
      {title === undefined ? (
        <p>
          <Trans>The link may be mistyped, or its owner has deleted the poll.</Trans>
        </p>
      ) : (
        <Notice kind="warn">
          <Trans>Its owner has deleted this poll. Nobody can vote on it any more.</Trans>
        </Notice>
      )}
      <WayOn />
    </Page>
  );
}

export function Failed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t, i18n } = useLingui();
  return (
    <Page title={t`The poll cannot be shown`}>
      <Notice>{sentenceOf(i18n, error)}</Notice>
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" onClick={onRetry}>
          <Trans>Try again</Trans>
        </Button>
        <WayOn />
      </div>
    </Page>
  );
}

function WayOn() {
  return (
    <div>
      <ButtonLink href="/">
        <Trans>To all polls</Trans>
      </ButtonLink>
    </div>
  );
}
