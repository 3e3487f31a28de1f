/** How much of a text's room is used, as the server counts. */
import { Trans } from '@lingui/react/macro';
import { lengthOf } from './text';

export function Counter({ text, max }: { text: string; max: number }) {
  const n = lengthOf(text);
  return (
    <span className={`tabular-nums ${n > max ? 'font-medium text-bad' : ''}`}>
      <Trans>
        {n} of {max} characters
      </Trans>
    </span>
  );
}
