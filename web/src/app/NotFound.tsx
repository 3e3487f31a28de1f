/** A path that leads to no screen. */
import { Trans, useLingui } from '@lingui/react/macro';
import { ButtonLink } from '~/ui/Button';
import { Page } from '~/ui/Page';

export function NotFound() {
  const { t } = useLingui();
  return (
    <Page title={t`There is nothing here`}>
      <p>
        <Trans>The link may be mistyped, or what it led to is gone.</Trans>
      </p>
      <p className="flex flex-wrap gap-2">
        <ButtonLink href="/" kind="primary">
          <Trans>To the polls</Trans>
        </ButtonLink>
        <ButtonLink href="/new">
          <Trans>New poll</Trans>
        </ButtonLink>
      </p>
    </Page>
  );
}
