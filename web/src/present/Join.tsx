/** How to join: a code for cameras, and what to type. */
import { Trans, useLingui } from '@lingui/react/macro';
import { QrCode } from '~/share/QrCode';

/** A letter's width by its height, about: the link has to fit on one line. */
const LETTER_WIDTH = 0.62;

/** What is typed: browsers add the rest. */
function shortLink(pollId: number): string {
  return `${location.host}/p/${pollId}`;
}

interface JoinProps {
  pollId: number;
  className?: string;
}

export function JoinCode({ pollId, className = '' }: JoinProps) {
  const { t } = useLingui();
  const link = shortLink(pollId);
  return (
    <QrCode
      text={`${location.origin}/p/${pollId}`}
      label={t`QR code to join: ${link}`}
      className={`aspect-square min-h-0 ${className}`}
    />
  );
}

export function JoinLink({ pollId, className = '' }: JoinProps) {
  const link = shortLink(pollId);
  const widest = `${100 / (link.length * LETTER_WIDTH)}cqw`;
  return (
    <p className={`@container w-full text-center leading-tight ${className}`}>
      <span className="block text-lg text-quiet">
        <Trans>Join at</Trans>
      </span>
      <span
        className="block font-bold break-all"
        style={{ fontSize: `clamp(0.6rem, ${widest}, 6vmin)` }}
      >
        {link}
      </span>
    </p>
  );
}
