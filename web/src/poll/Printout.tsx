/** What only a printed poll has: its result as bars, and the way to the poll. */

import { Trans, useLingui } from '@lingui/react/macro';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Poll, Results } from '~/api/client';
import { Bars } from '~/results/Bars';
import { pollUrl } from '~/share/links';
import { QrCode, qrQuery } from '~/share/QrCode';
import { useIsPrinting } from './printing';

/** Paper does not wait: the code is made ready when the browser has nothing else to do. */
const READY_AFTER_MS = 2000;

export function Printout({ poll, results }: { poll: Poll; results: Results | null }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const url = pollUrl(poll.id);
  useEffect(() => {
    const timer = setTimeout(() => client.prefetchQuery(qrQuery(url)), READY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [client, url]);

  if (!useIsPrinting()) return null;
  return (
    <div className="flex flex-col gap-6">
      {results !== null ? (
        <Bars options={poll.options} results={results} />
      ) : (
        <ul dir="auto" className="list-inside list-disc">
          {poll.options.map(({ index, text }) => (
            <li key={index}>
              <span className="mixed-text">{text}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-center gap-4">
        <QrCode text={url} label={t`QR code with the link to this poll`} />
        <p>
          <Trans>Vote here:</Trans> <strong>{url}</strong>
        </p>
      </div>
    </div>
  );
}
