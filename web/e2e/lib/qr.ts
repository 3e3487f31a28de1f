/** QR codes as cameras see them: read from the pixels, not from what the page says. */
import type { Locator } from '@playwright/test';
import { encode } from 'uqr';

const QUIET_ZONE = 4;

/** One line of "#" and "." for each row of squares, the quiet zone left out. */
export function codeOf(text: string): string[] {
  const { data } = encode(text, { ecc: 'M', boostEcc: true, border: 0 });
  return data.map((row) => row.map((dark) => (dark ? '#' : '.')).join(''));
}

/** Looks at the middle of each square of a code that has so many along a side. */
export async function readCode(code: Locator, size: number): Promise<string[]> {
  const picture = (await code.screenshot()).toString('base64');
  return code.evaluate(
    async (_, { picture, size, all, quiet }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${picture}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      context.drawImage(image, 0, 0);
      const isDark = (x: number, y: number) => {
        const at = (n: number, length: number) =>
          Math.floor(((n + quiet + 0.5) * length) / all);
        const [red = 0] = context.getImageData(
          at(x, image.width),
          at(y, image.height),
          1,
          1,
        ).data;
        return red < 128;
      };
      const along = Array.from({ length: size }, (_, n) => n);
      return along.map((y) => along.map((x) => (isDark(x, y) ? '#' : '.')).join(''));
    },
    { picture, size, all: size + 2 * QUIET_ZONE, quiet: QUIET_ZONE },
  );
}
