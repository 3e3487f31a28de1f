import { useLingui } from '@lingui/react/macro';
import { Page } from '~/ui/Page';

export function SignInPage() {
  const { t } = useLingui();
  return <Page title={t`Sign in`}>{null}</Page>;
}
