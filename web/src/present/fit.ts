/**
 * Makes words as large as their box allows. Letters have no size that could be worked out
 * beforehand: the browser lays them out, a few times, and what fits is kept.
 */

/** Down to this many pixels a size is right. */
const STEP = 0.5;

/** The largest size between two for which something fits; null if there is none. */
export function largestThatFits(
  least: number,
  most: number,
  fits: (size: number) => boolean,
): number | null {
  if (fits(most)) return most;
  if (!fits(least)) return null;
  let low = least;
  let high = most;
  while (high - low > STEP) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Fewer columns are easier to compare: more have to win by this much. */
const WORTH_A_COLUMN = 1.35;

export interface Layout {
  columns: number;
  size: number;
}

/**
 * The number of columns, up to a limit, that allows for the largest words.
 * @param sizeFor a number of columns; null where they do not fit at all, or not with words
 *     as large as it takes to win
 */
export function bestLayout(
  maxColumns: number,
  sizeFor: (columns: number, toWin: number) => number | null,
): Layout | null {
  let best: Layout | null = null;
  for (let columns = 1; columns <= maxColumns; columns++) {
    const toWin = (best?.size ?? 0) * WORTH_A_COLUMN;
    const size = sizeFor(columns, toWin);
    if (size !== null && size > toWin) best = { columns, size };
  }
  return best;
}

function isWide(box: Element): boolean {
  return box.scrollWidth > box.clientWidth + 1;
}

/** In a grid what is too wide for its column may lie over the next one: each is asked. */
function isWithin(box: HTMLElement): boolean {
  return (
    box.scrollHeight <= box.clientHeight + 1 &&
    !isWide(box) &&
    ![...box.children].some(isWide)
  );
}

/**
 * How words may be divided: not at all, by the rules of their language, anywhere. Each is
 * for where the one before it does not fit; undivided words are not made so small, by a
 * part of the least size, that nobody could read them.
 */
const DIVISIONS = [
  { overflowWrap: 'normal', hyphens: 'manual', times: 1.5 },
  { overflowWrap: 'normal', hyphens: 'auto', times: 1 },
  { overflowWrap: 'anywhere', hyphens: 'auto', times: 1 },
] as const;

/** What the first division that fits gives; null: none does. */
export function firstDivision<T>(
  { style }: Pick<HTMLElement, 'style'>,
  least: number,
  tryWith: (least: number) => T | null,
): T | null {
  for (const { overflowWrap, hyphens, times } of DIVISIONS) {
    Object.assign(style, { overflowWrap, hyphens });
    const found = tryWith(times * least);
    if (found !== null) return found;
  }
  return null;
}

/** The question: within a height. All sizes are in pixels. */
export function fitText(
  box: HTMLElement,
  height: number,
  least: number,
  most: number,
): void {
  box.style.maxHeight = `${height}px`;
  const fits = (size: number) => {
    box.style.fontSize = `${size}px`;
    return isWithin(box);
  };
  fits(firstDivision(box, least, (size) => largestThatFits(size, most, fits)) ?? least);
}

/** The options: in as many columns as suit them. Gives the size that they got. */
export function fitColumns(
  box: HTMLElement,
  least: number,
  most: number,
  maxColumns: number,
): number {
  const fits = (columns: number) => (size: number) => {
    box.style.setProperty('--columns', String(columns));
    box.style.setProperty('--rows', String(Math.ceil(box.children.length / columns)));
    box.style.fontSize = `${size}px`;
    return isWithin(box);
  };
  const best = firstDivision(box, least, (smallest) =>
    bestLayout(maxColumns, (count, toWin) =>
      largestThatFits(Math.max(smallest, toWin), most, fits(count)),
    ),
  );
  box.style.overflowY = best === null ? 'auto' : 'hidden'; // nothing may be out of reach
  const { columns, size } = best ?? { columns: maxColumns, size: least };
  fits(columns)(size);
  return size;
}
