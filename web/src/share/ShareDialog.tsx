/** Ways to pass a poll on: a link, the system's own sheet, a QR code, a projector, a frame. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { Poll } from '~/api/client';
import { Button, ButtonLink } from '~/ui/Button';
import { Dialog } from '~/ui/Dialog';
import { CopyField } from './CopyField';
import { download } from './download';
import { EmbedPart } from './EmbedPart';
import { pollUrl, presentPath } from './links';
import { QrCode, qrQuery } from './QrCode';

interface ShareDialogProps {
  poll: Pick<Poll, 'id' | 'title' | 'options'>;
  onClose: () => void;
}

export function ShareDialog({ poll, onClose }: ShareDialogProps) {
  const { t } = useLingui();
  const url = pollUrl(poll.id);
  return (
    <Dialog title={t`Share this poll`} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <CopyField label={t`Link`} text={url} />
        <div className="flex flex-wrap gap-2">
          <SystemShare title={poll.title} url={url} />
          <ButtonLink href={presentPath(poll.id)} icon="screen">
            <Trans>Show on a projector</Trans>
          </ButtonLink>
        </div>
        <QrPart id={poll.id} url={url} />
        <EmbedPart poll={poll} />
      </div>
    </Dialog>
  );
}

/** Where the system has a sheet for it: mostly phones. */
function SystemShare({ title, url }: { title: string; url: string }) {
  if (!('share' in navigator)) return null;
  const share = () => navigator.share({ title, url }).catch(() => undefined); // thought better of it
  return (
    <Button icon="share" onClick={() => void share()}>
      <Trans>Share with…</Trans>
    </Button>
  );
}

function QrPart({ id, url }: { id: number; url: string }) {
  const { t } = useLingui();
  const { data: qr } = useQuery(qrQuery(url));
  const save = async () => {
    if (qr === undefined) return;
    const { qrFile } = await import('./qr');
    download(`poll-${id}.svg`, 'image/svg+xml', qrFile(qr));
  };
  return (
    <div className="flex flex-wrap items-center gap-4">
      <QrCode
        text={url}
        label={t`QR code with the link to this poll`}
        className="size-48 border border-line"
      />
      <div className="flex flex-1 basis-40 flex-col items-start gap-2">
        <p className="text-sm text-quiet">
          <Trans>Scan to open this poll.</Trans>
        </p>
        <Button icon="download" disabled={qr === undefined} onClick={() => void save()}>
          <Trans>Download as SVG</Trans>
        </Button>
      </div>
    </div>
  );
}
