/** QR codes as cameras see them: read from the pixels, not from what the page says. */
import type { Locator } from '@playwright/test';
import { encode } from 'uqr';
import { drawn } from './pixels';

const QUIET_ZONE = 4;

/** One line of "#" and "." for each row of squares, the quiet zone left out. */
export function codeOf(text: string): string[] {
  const { data } = encode(text, { ecc: 'M', boostEcc: true, border: 0 });
  return data.map((row) => row.map((dark) => (dark ? '#' : '.')).join(''));
}

/** Looks at the middle of each square of a code that has so many along a side. */
export async function readCode(code: Locator, size: number): Promise<string[]> {
  const picture = await drawn(code);
  return picture.evaluate(
    (context, { size, all, quiet }) => {
      const { width, height } = context.canvas;
      const isDark = (x: number, y: number) => {
        const at = (n: number, length: number) =>
          Math.floor(((n + quiet + 0.5) * length) / all);
        const [red = 0] = context.getImageData(at(x, width), at(y, height), 1, 1).data;
        return red < 128;
      };
      const along = Array.from({ length: size }, (_, n) => n);
      return along.map((y) => along.map((x) => (isDark(x, y) ? '#' : '.')).join(''));
    },
    { size, all: size + 2 * QUIET_ZONE, quiet: QUIET_ZONE },
  );
}
