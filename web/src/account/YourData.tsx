/** Taking away what is stored, leaving, and being forgotten. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { Button, buttonClass } from '~/ui/Button';
import { Icon } from '~/ui/Icon';
import { Card } from './Card';
import { DeleteDialog } from './DeleteDialog';

export function YourData({
  isGuest,
  onDeleted,
}: {
  isGuest: boolean;
  onDeleted: () => void;
}) {
  const { t } = useLingui();
  const [isAsking, setAsking] = useState(false);
  return (
    <Card title={t`Your data`}>
      <p>
        <Trans>Everything that is stored about you, as a file to keep.</Trans>
      </p>
      <div className="flex flex-wrap gap-2">
        <a
          href="/api/users/me/export"
          download="pollux-export.json"
          className={buttonClass('plain')}
        >
          <Icon name="download" />
          <Trans>Export</Trans>
        </a>
        <Button kind="danger" icon="trash" onClick={() => setAsking(true)}>
          {isGuest ? <Trans>Forget me</Trans> : <Trans>Delete account</Trans>}
        </Button>
      </div>
      {isAsking && (
        <DeleteDialog
          isGuest={isGuest}
          onDeleted={onDeleted}
          onClose={() => setAsking(false)}
        />
      )}
    </Card>
  );
}
