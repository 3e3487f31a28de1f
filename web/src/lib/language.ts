/**
 * In which language a text is, guessed: so that browsers hyphenate it as its readers would.
 * A script says it, or letters and short words that others do not have.
 */

/** Of scripts that one language has nearly for itself. Kana goes before Han. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/\p{sc=Hiragana}|\p{sc=Katakana}/u, 'ja'],
  [/\p{sc=Han}/u, 'zh'],
  [/\p{sc=Hangul}/u, 'ko'],
  [/\p{sc=Greek}/u, 'el'],
  [/\p{sc=Hebrew}/u, 'he'],
  [/\p{sc=Arabic}/u, 'ar'],
  [/\p{sc=Thai}/u, 'th'],
  [/\p{sc=Devanagari}/u, 'hi'],
  [/[іїєґ]/iu, 'uk'],
  [/\p{sc=Cyrillic}/u, 'ru'],
];

/** Whole words, of letters of any alphabet; or letters anywhere. */
function signOf(words: string, ...letters: string[]): RegExp {
  const whole = `(?<!\\p{L})(?:${words})(?!\\p{L})`;
  return new RegExp([whole, ...letters].join('|'), 'giu');
}

/** What occurs often in a language, and seldom in its neighbours; no plain letter alone. */
const SIGNS: readonly (readonly [string, RegExp])[] = [
  ['de', signOf('der|die|das|und|ist|wer|wie|welche[rs]?|nicht|wir|ein|eine', '[ßäöü]')],
  ['en', signOf('the|and|is|are|what|which|who|how|your|you|of|to|should')],
  ['fr', signOf('le|la|les|des|et|est|quel(?:le)?s?|qui|vous|nous|une?', '[çêèœ]')],
  ['es', signOf('el|los|las|es|qué|cuál|quién|cómo|una?|para', '[ñ¿¡]')],
  ['it', signOf('il|gli|che|è|di|qual[ei]?|chi|come|una?|per', '[ìò]')],
  ['pt', signOf('os|as|é|qual|quem|como|uma?|não|para', '[ãõ]')],
  ['nl', signOf('de|het|een|en|is|wat|welke|wie|hoe|niet|van', 'ij')],
  ['pl', signOf('jest|co|kto|jak|nie|który|która|się', '[ąęłńśźż]')],
];

function countOf(text: string, sign: RegExp): number {
  return text.match(sign)?.length ?? 0;
}

/** A code for `lang`; undefined: it does not say, and the page's own language holds. */
export function languageOf(text: string): string | undefined {
  const script = SCRIPTS.find(([sign]) => sign.test(text));
  if (script !== undefined) return script[1];
  const counts = SIGNS.map(([language, sign]) => ({ language, n: countOf(text, sign) }));
  const [first, second] = counts.sort((a, b) => b.n - a.n);
  return first !== undefined && first.n > (second?.n ?? 0) ? first.language : undefined;
}
