/** A QR code as the outline of its dark squares, for SVG; loaded when one is shown. */
import { encode } from 'uqr';

export interface QrOutline {
  /** Squares along a side, the quiet zone among them. */
  size: number;
  /** For the `d` of a path. */
  path: string;
}

/** What the standard asks for around a code, so that cameras find it. */
const QUIET_ZONE = 4;

export function qrOutline(text: string): QrOutline {
  const { data, size } = encode(text, { ecc: 'M', boostEcc: true, border: QUIET_ZONE });
  return { size, path: data.flatMap(rowPaths).join('') };
}

/** A rectangle for each run of dark squares: few, and without seams between them. */
function rowPaths(row: boolean[], y: number): string[] {
  const paths: string[] = [];
  let start = 0;
  for (let x = 0; x <= row.length; x++) {
    if (row[x]) continue;
    if (x > start) paths.push(`M${start} ${y}h${x - start}v1h${start - x}z`);
    start = x + 1;
  }
  return paths;
}

/** The same as a file of its own. */
export function qrFile({ size, path }: QrOutline): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}" fill="#000"/></svg>\n`;
}
