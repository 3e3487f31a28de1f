/** A text of somebody else's, with its web addresses as links that nobody here vouches for. */
import { useMemo } from 'react';
import { piecesOf } from './links';

export function Linked({ text }: { text: string }) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  return pieces.map(({ text: words, href }, i) =>
    href === null ? (
      words
    ) : (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
        key={i}
        href={href}
        target="_blank"
        rel="nofollow noopener ugc"
        dir="ltr"
        className="text-accent underline"
      >
        {words}
      </a>
    ),
  );
}
