/** A user's account: who they are here, and what they may change about it. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Me } from '~/api/client';
import { useServices } from '~/services';
import { Button } from '~/ui/Button';
import { Card } from './Card';
import { Detail } from './Detail';
import { EmailForm, PasswordForm, UsernameForm } from './DetailForms';
import { VotesToday } from './VotesToday';
import { YourData } from './YourData';

export function Profile({ me, onDeleted }: { me: Me; onDeleted: () => void }) {
  const { t, i18n } = useLingui();
  const since = i18n.date(me.createdAt, { dateStyle: 'long' });
  const { username, email } = me;
  const { session } = useServices();
  return (
    <>
      <Card>
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p className="text-quiet">
            <Trans>Member since {since}</Trans>
          </p>
          <Button onClick={() => void session.signOut()}>
            <Trans>Sign out</Trans>
          </Button>
        </div>
        <VotesToday me={me} />
      </Card>
      <Card>
        <Detail label={t`Username`} value={username}>
          {(end) => <UsernameForm username={username ?? ''} {...end} />}
        </Detail>
        <Detail label={t`E-mail address`} value={email}>
          {(end) => <EmailForm {...end} />}
        </Detail>
        <Detail label={t`Password`} value="••••••••">
          {(end) => <PasswordForm email={email ?? ''} {...end} />}
        </Detail>
      </Card>
      <YourData isGuest={false} onDeleted={onDeleted} />
    </>
  );
}
