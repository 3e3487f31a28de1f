import { useLingui } from '@lingui/react/macro';
import { Page } from '~/ui/Page';

export function CreatePage() {
  const { t } = useLingui();
  return <Page title={t`New poll`}>{null}</Page>;
}
