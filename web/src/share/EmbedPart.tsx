/** A poll inside another page: what to paste there, and how it will look. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import type { Poll } from '~/api/client';
import { CopyField } from './CopyField';
import { embedHeight, embedSnippet, embedUrl } from './links';

export function EmbedPart({ poll }: { poll: Pick<Poll, 'id' | 'title' | 'options'> }) {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className="rounded-xl border border-line px-4"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="min-h-11 cursor-pointer py-2.5 font-medium">
        <Trans>Embed it in your own page</Trans>
      </summary>
      {isOpen && (
        <div className="flex flex-col gap-4 pb-4">
          <CopyField label={t`HTML to paste`} text={embedSnippet(poll)} rows={5} />
          <p className="font-medium">
            <Trans>This is how it looks:</Trans>
          </p>
          <iframe
            src={embedUrl(poll.id)}
            title={t`Preview of the embedded poll`}
            height={embedHeight(poll)}
            className="w-full rounded-xl border border-line bg-ground"
          />
        </div>
      )}
    </details>
  );
}
