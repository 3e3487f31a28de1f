import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { QrCode } from './QrCode';
import { qrOutline } from './qr';

/** Draws an outline on squared paper, as a browser would. */
function squaresOf(path: string, size: number): boolean[][] {
  const squares = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    squares[Number(y)]?.fill(true, Number(x), Number(x) + Number(width));
  return squares;
}

test('the outline has every dark square, and a quiet zone around', () => {
  const text = 'https://pollux.example/p/123456';
  const { size, path } = qrOutline(text);
  const bare = encode(text, { ecc: 'M', boostEcc: true, border: 0 });
  expect(size).toBe(bare.size + 8);
  const squares = squaresOf(path, size);
  expect(squares.slice(4, -4).map((row) => row.slice(4, -4))).toEqual(bare.data);
  expect(squares.flat().filter(Boolean)).toHaveLength(
    bare.data.flat().filter(Boolean).length,
  );
});

test('a code has a name, and is black on white', async () => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <QrCode text="https://pollux.example/p/1" label="QR code of the poll" />
    </QueryClientProvider>,
  );
  const code = screen.getByRole('img', { name: 'QR code of the poll' });
  const expected = qrOutline('https://pollux.example/p/1');
  await waitFor(() =>
    expect(code.querySelector('path')?.getAttribute('d')).toBe(expected.path),
  );
  expect(code.getAttribute('viewBox')).toBe(`0 0 ${expected.size} ${expected.size}`);
  expect(code.querySelector('rect')?.getAttribute('fill')).toBe('#fff');
  expect(code.querySelector('path')?.getAttribute('fill')).toBe('#000');
});
