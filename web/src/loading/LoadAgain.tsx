import { Trans } from '@lingui/react/macro';
import { Button } from '~/ui/Button';

export function LoadAgain() {
  return (
    <Button kind="primary" onClick={() => location.reload()}>
      <Trans>Load again</Trans>
    </Button>
  );
}
