/**
 * A QR code: black on white in both themes, since many cameras cannot read the reverse. Its
 * code generator comes when the first one is shown; without it the place stays white.
 */
import { queryOptions, useQuery } from '@tanstack/react-query';

export function qrQuery(text: string) {
  return queryOptions({
    queryKey: ['qr', text],
    queryFn: async () => (await import('./qr')).qrOutline(text),
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
  });
}

interface QrCodeProps {
  /** What it says to cameras. */
  text: string;
  /** What it says to those who cannot see it. */
  label: string;
  className?: string;
}

export function QrCode({ text, label, className = 'size-48' }: QrCodeProps) {
  const { data: qr } = useQuery(qrQuery(text));
  const size = qr?.size ?? 1;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className={`rounded-xl forced-color-adjust-none ${className}`}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={qr?.path} fill="#000" />
    </svg>
  );
}
