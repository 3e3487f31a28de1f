import { useLingui } from '@lingui/react/macro';
import { Page } from '~/ui/Page';

export function EmbedPage() {
  const { t } = useLingui();
  return <Page title={t`Widget`}>{null}</Page>;
}
