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
      <ButtonLink href="/" kind="primary">
        <Trans>To the polls</Trans>
      </ButtonLink>
    </Page>
  );
}
