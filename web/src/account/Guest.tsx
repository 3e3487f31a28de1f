/** A guest's account: it lives in this browser alone, and nothing in it is personal. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Me } from '~/api/client';
import { ButtonLink } from '~/ui/Button';
import { Card } from './Card';
import { VotesToday } from './VotesToday';
import { YourData } from './YourData';

export function Guest({ me, onDeleted }: { me: Me; onDeleted: () => void }) {
  const { t } = useLingui();
  return (
    <>
      <Card>
        <p>
          <Trans>
            Your votes count like everybody’s. Only this browser knows you, and only as long
            as it keeps its cookies.
          </Trans>
        </p>
        <VotesToday me={me} />
      </Card>
      <Card title={t`With an account`}>
        <p>
          <Trans>
            You ask questions of your own, and find your votes on every device. Your votes
            as a guest stay counted, but do not move to the account.
          </Trans>
        </p>
        <div className="flex flex-wrap gap-2">
          <ButtonLink href="/register?next=/account" kind="primary">
            <Trans>Create an account</Trans>
          </ButtonLink>
          <ButtonLink href="/sign-in?next=/account">
            <Trans>Sign in</Trans>
          </ButtonLink>
        </div>
      </Card>
      <YourData isGuest onDeleted={onDeleted} />
    </>
  );
}
