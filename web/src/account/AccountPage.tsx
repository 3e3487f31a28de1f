import { useLingui } from '@lingui/react/macro';
import { Page } from '~/ui/Page';

export function AccountPage() {
  const { t } = useLingui();
  return <Page title={t`Your account`}>{null}</Page>;
}
