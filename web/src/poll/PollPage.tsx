import { useLingui } from '@lingui/react/macro';
import { Page } from '~/ui/Page';

export function PollPage() {
  const { t } = useLingui();
  return <Page title={t`Poll`}>{null}</Page>;
}
