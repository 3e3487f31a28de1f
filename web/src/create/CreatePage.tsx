/** A new poll: a question and two options are enough. Or another's words, to begin with. */
import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearch } from 'wouter';
import { pollQuery } from '~/api/queries';
import { now } from '~/lib/clock';
import { Failure } from '~/ui/Failure';
import { Page, Spinner } from '~/ui/Page';
import { CreateForm } from './CreateForm';
import { copyOf } from './copy';
import { keptDraft } from './draft';

export function CreatePage() {
  const { t } = useLingui();
  const copied = Number(new URLSearchParams(useSearch()).get('copy'));
  return (
    <Page title={t`New poll`} wide>
      {copied > 0 ? <Copy key={copied} id={copied} /> : <Kept />}
    </Page>
  );
}

function Kept() {
  const [kept] = useState(keptDraft);
  return <CreateForm kept={kept} />;
}

/** A second run is a poll of its own: never with the votes of the first. */
function Copy({ id }: { id: number }) {
  const { t } = useLingui();
  const { data: poll, error, refetch } = useQuery(pollQuery(id));
  if (poll !== undefined) return <CreateForm kept={copyOf(poll, now())} isCopy />;
  if (error === null) return <Spinner label={t`Loading…`} />;
  return (
    <Failure
      title={t`This poll cannot be copied`}
      error={error}
      onRetry={() => void refetch()}
    />
  );
}
