/** Nobody yet: what an account is good for, and that none is needed. */
import { Trans, useLingui } from '@lingui/react/macro';
import { ButtonLink } from '~/ui/Button';
import { Notice } from '~/ui/Notice';
import { Page } from '~/ui/Page';
import { Card } from './Card';

export function Newcomer({ isDeleted }: { isDeleted: boolean }) {
  const { t } = useLingui();
  return (
    <Page title={t`You are not signed in`}>
      {isDeleted && (
        <Notice kind="good">
          <Trans>Deleted. Votes stay counted, and are no longer linked to anybody.</Trans>
        </Notice>
      )}
      <Card>
        <p>
          <Trans>
            You can vote without an account: your first vote makes a guest of you. An
            account lets you ask questions of your own, and finds your votes on every
            device.
          </Trans>
        </p>
        <div className="flex flex-wrap gap-2">
          <ButtonLink href="/register" kind="primary">
            <Trans>Create an account</Trans>
          </ButtonLink>
          <ButtonLink href="/sign-in">
            <Trans>Sign in</Trans>
          </ButtonLink>
          <ButtonLink href="/" kind="quiet">
            <Trans>To the polls</Trans>
          </ButtonLink>
        </div>
      </Card>
    </Page>
  );
}
