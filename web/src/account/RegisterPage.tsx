import { useLingui } from '@lingui/react/macro';
import { Page } from '~/ui/Page';

export function RegisterPage() {
  const { t } = useLingui();
  return <Page title={t`Register`}>{null}</Page>;
}
