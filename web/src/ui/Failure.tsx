/** In the place of what could not be fetched: why, and another try where that may help. */
import { Trans, useLingui } from '@lingui/react/macro';
import { isCode } from '~/api/error';
import { sentenceOf } from '~/api/sentence';
import { Button } from './Button';
import { Notice } from './Notice';

interface FailureProps {
  /** Of what should be there. */
  title: string;
  error: unknown;
  onRetry: () => void;
}

export function Failure({ title, error, onRetry }: FailureProps) {
  const { i18n } = useLingui();
  return (
    <div className="flex flex-col items-start gap-3">
      <h1 className="text-lg font-semibold">{title}</h1>
      <Notice>{sentenceOf(i18n, error)}</Notice>
      {!isCode(error, 'not_found', 'forbidden') && (
        <Button onClick={onRetry}>
          <Trans>Try again</Trans>
        </Button>
      )}
    </div>
  );
}
