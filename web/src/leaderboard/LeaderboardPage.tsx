import { useLingui } from '@lingui/react/macro';
import { Page } from '~/ui/Page';

export function LeaderboardPage() {
  const { t } = useLingui();
  return <Page title={t`Leaderboard`}>{null}</Page>;
}
