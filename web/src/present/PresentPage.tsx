import { useLingui } from '@lingui/react/macro';
import { Page } from '~/ui/Page';

export function PresentPage() {
  const { t } = useLingui();
  return <Page title={t`Present`}>{null}</Page>;
}
