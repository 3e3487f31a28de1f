/**
 * Which way words run, by their first letter, like dir="auto": for what is to be turned with
 * them and is not by itself, as where a bar grows from.
 */
const LETTER = /\p{L}/u;
/** Hebrew, Arabic and their neighbours. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{1e800}-\u{1efff}]/u;

export function directionOf(options: readonly { text: string }[]): 'rtl' | 'ltr' {
  const [first = ''] = LETTER.exec(options.map(({ text }) => text).join(' ')) ?? [];
  return FROM_THE_RIGHT.test(first) ? 'rtl' : 'ltr';
}
