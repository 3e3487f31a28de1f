import { expect, test } from 'vitest';
import { piecesOf } from './links';

const linksOf = (text: string) =>
  piecesOf(text).flatMap(({ text, href }) => (href === null ? [] : [[text, href]]));

test.each([
  ['see https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
  ['(https://example.org/x).', 'https://example.org/x'],
  ['https://example.org/a_(b), then', 'https://example.org/a_(b)'],
  ['HTTP://example.org!', 'HTTP://example.org'],
  ['“https://example.org/”', 'https://example.org/'],
])('in %s', (text, address) => {
  expect(linksOf(text)).toEqual([[address, new URL(address).href]]);
});

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'example.org',
  'https://',
  'https://ada:secret@example.org/',
  'ftp://example.org/',
  'no address at all',
  '',
])('%j has none', (text) => {
  expect(linksOf(text)).toEqual([]);
});

test('nothing of the text is lost', () => {
  const text = 'One: https://a.example/1, two: https://b.example/2.\nEnd';
  expect(
    piecesOf(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
  expect(linksOf(text)).toHaveLength(2);
});
