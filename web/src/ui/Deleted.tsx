/** In the place of a poll's vote and result: it was deleted while somebody looked at it. */
import { Trans } from '@lingui/react/macro';
import { Notice } from './Notice';

export function Deleted() {
  return (
    <Notice kind="warn">
      <Trans>This poll was deleted.</Trans>
    </Notice>
  );
}
