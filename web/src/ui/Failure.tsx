/** In the place of what could not be fetched: why, and another try where that may help. */
import { Trans } from '@lingui/react/macro';
import { isCode } from '~/api/error';
import { Button } from './Button';
import { Refusal } from './Refusal';

interface FailureProps {
  /** Of what should be there. */
  title: string;
  error: unknown;
  onRetry: () => void;
}

export function Failure({ title, error, onRetry }: FailureProps) {
  return (
    <div className="flex flex-col items-start gap-3">
      <h1 className="text-lg font-semibold">{title}</h1>
      <Refusal error={error} />
      {!isCode(error, 'not_found', 'forbidden') && (
        <Button onClick={onRetry}>
          <Trans>Try again</Trans>
        </Button>
      )}
    </div>
  );
}
