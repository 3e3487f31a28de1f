/** Who is here, and what is theirs. For nobody, a guest and a user it is another screen. */
import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Redirect, useSearch } from 'wouter';
import type { Me } from '~/api/client';
import { sentenceOf } from '~/api/sentence';
import { useServices } from '~/services';
import { meQuery } from '~/session/session';
import { Notice } from '~/ui/Notice';
import { Page, Spinner } from '~/ui/Page';
import { Guest } from './Guest';
import { MyPolls } from './MyPolls';
import { MySkips } from './MySkips';
import { MyVotes } from './MyVotes';
import { Newcomer } from './Newcomer';
import { Profile } from './Profile';
import { Tabs, tabOf } from './Tabs';

export function AccountPage() {
  const { t, i18n } = useLingui();
  const { data: me, error } = useQuery({
    ...meQuery,
    refetchOnMount: 'always',
    refetchOnWindowFocus: 'always', // it may have ended elsewhere
  });
  const [isDeleted, setDeleted] = useState(false);
  const { session } = useServices();
  const next = `/account?${useSearch()}`;
  if (me === undefined && error === null) return <Spinner label={t`Loading…`} />;
  if (me === undefined)
    return (
      <Page title={t`Your account`}>
        <Notice>{sentenceOf(i18n, error)}</Notice>
      </Page>
    );
  if (me === null && session.hasExpired)
    return <Redirect to={`/sign-in?${new URLSearchParams({ next })}`} replace />;
  if (me === null) return <Newcomer isDeleted={isDeleted} />;
  return <Account me={me} onDeleted={() => setDeleted(true)} />;
}

function Account({ me, onDeleted }: { me: Me; onDeleted: () => void }) {
  const { t } = useLingui();
  const isGuest = me.kind === 'guest';
  const tab = tabOf(useSearch(), isGuest);
  return (
    <Page title={isGuest ? t`You are here as a guest` : t`Your account`}>
      <Tabs current={tab} isGuest={isGuest} />
      {tab === 'votes' && <MyVotes />}
      {tab === 'skips' && <MySkips />}
      {tab === 'polls' && <MyPolls />}
      {tab === 'profile' && isGuest && <Guest me={me} onDeleted={onDeleted} />}
      {tab === 'profile' && !isGuest && <Profile me={me} onDeleted={onDeleted} />}
    </Page>
  );
}
