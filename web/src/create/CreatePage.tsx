/** A new poll: a question and two options are enough. */
import { useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { Page } from '~/ui/Page';
import { CreateForm } from './CreateForm';
import { keptDraft } from './draft';

export function CreatePage() {
  const { t } = useLingui();
  const [kept] = useState(keptDraft);
  return (
    <Page title={t`New poll`} wide>
      <CreateForm kept={kept} />
    </Page>
  );
}
