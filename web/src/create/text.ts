/** Texts as the server sees them: what it trims, and how it counts. */

/** White space to the server; U+0085 is none to JavaScript. */
const EDGES = /^[\s\u0085]+|[\s\u0085]+$/g;

/** Half of a character, which no UTF-8 can hold. */
const BROKEN = /\p{Surrogate}/gu;

export function trimmed(text: string): string {
  return text.replace(BROKEN, '\ufffd').replace(EDGES, '');
}

/** In Unicode characters: an emoji is one, or as many as it was put together from. */
export function lengthOf(text: string): number {
  return [...trimmed(text)].length;
}

function isControl(char: string): boolean {
  return char < ' ' || char === '\x7f';
}

/** Control characters have no place in a line. */
export function isLine(text: string): boolean {
  return ![...trimmed(text)].some(isControl);
}

/** A description may have line breaks and tabs. */
export function isProse(text: string): boolean {
  return isLine(text.replace(/[\n\r\t]/g, ' '));
}

/** What was pasted, a text a line, without empty ones. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(trimmed)
    .filter((line) => line !== '');
}
