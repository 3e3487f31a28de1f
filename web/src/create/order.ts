/** Options that change places. */

/**
 * Where a dragged row belongs: a row changes places with it when one of its edges has come
 * over that row's middle.
 */
export function placeOf(
  from: number,
  { top, bottom }: { top: number; bottom: number },
  middlesOfOthers: readonly number[],
): number {
  return middlesOfOthers.filter((middle, i) => middle < (i < from ? top : bottom)).length;
}

export interface Pasted {
  options: string[];
  /** The last of the new ones. */
  last: number;
  /** How many found no room. */
  left: number;
}

/**
 * Lines that were pasted into an option, its own text first: they follow it, and take the
 * place of empty ones behind it.
 */
export function withPasted(
  options: readonly string[],
  index: number,
  lines: readonly string[],
  max: number,
): Pasted {
  const before = options.slice(0, index);
  const after = options.slice(index + 1).filter((text) => text !== '');
  const taken = lines.slice(0, max - before.length - after.length);
  return {
    options: [...before, ...taken, ...after],
    last: index + taken.length - 1,
    left: lines.length - taken.length,
  };
}
