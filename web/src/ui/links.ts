/** The web addresses in a text. Only what begins with http:// or https:// is one. */
export interface Piece {
  text: string;
  /** null: plain text. */
  href: string | null;
}

const ADDRESS = /https?:\/\/[^\s<>"'`]+/giu;

/** What ends a sentence, or the brackets around an address, is no part of it. */
function withoutEnd(address: string): string {
  const cut = address.replace(/[.,;:!?…'"»”]+$/u, '');
  const isUnopened = cut.endsWith(')') && !cut.includes('(');
  return isUnopened ? withoutEnd(cut.slice(0, -1)) : cut;
}

function hrefOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.username === '' && url.password === '' ? url.href : null; // nobody else's name
}

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutEnd(found);
    const href = hrefOf(address);
    if (href === null) continue;
    pieces.push({ text: text.slice(from, index), href: null }, { text: address, href });
    from = index + address.length;
  }
  pieces.push({ text: text.slice(from), href: null });
  return pieces.filter((piece) => piece.text !== '');
}
