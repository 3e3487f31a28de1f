/** The open polls with the most votes, in the order that they have now. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useSearch } from 'wouter';
import { sentenceOf } from '~/api/sentence';
import { ButtonLink } from '~/ui/Button';
import { Notice } from '~/ui/Notice';
import { Page, Spinner } from '~/ui/Page';
import { Announcer } from './Announcer';
import { addressOf, type Shown, shownOf } from './address';
import { Board } from './Board';
import { Filters } from './Filters';
import { useBoard } from './useBoard';

export function LeaderboardPage() {
  const { t } = useLingui();
  const shown = shownOf(useSearch());
  return (
    <Page title={t`Leaderboard`}>
      <Filters shown={shown} />
      <BoardShown key={addressOf(shown)} shown={shown} />
    </Page>
  );
}

function BoardShown({ shown }: { shown: Shown }) {
  const { t, i18n } = useLingui();
  const { query, isPushed } = useBoard(shown);
  const { data: places, error } = query;
  if (places === undefined && error === null) return <Spinner label={t`Loading…`} />;
  return (
    <>
      {error !== null && <Notice>{sentenceOf(i18n, error)}</Notice>}
      {places?.length === 0 && <Nothing />}
      {places !== undefined && places.length > 0 && (
        <Board places={places} isAllTime={shown.window === 'all'} />
      )}
      {places !== undefined && <Announcer places={places} />}
      <p className="text-sm text-quiet">
        {isPushed ? (
          <Trans>Live: the list follows every vote.</Trans>
        ) : (
          <Trans>The list is refreshed every 10 seconds.</Trans>
        )}{' '}
        <Trans>Polls whose results are not for everybody are not on it.</Trans>
      </p>
    </>
  );
}

function Nothing() {
  return (
    <div className="flex flex-col items-start gap-4 rounded-2xl bg-card p-5 shadow-card">
      <p>
        <Trans>Nobody has voted on anything here yet. The first vote leads.</Trans>
      </p>
      <div className="flex flex-wrap gap-2">
        <ButtonLink href="/" kind="primary">
          <Trans>To the polls</Trans>
        </ButtonLink>
        <ButtonLink href="/new" icon="plus">
          <Trans>New poll</Trans>
        </ButtonLink>
      </div>
    </div>
  );
}
