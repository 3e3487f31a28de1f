/**
 * How each option's line is drawn. Colours and dashes go round at different paces: twenty
 * lines differ, and neighbours differ in both, for those who do not see the colours.
 */
const COLORS = ['accent', 'warn', 'good', 'bad', 'ink', 'quiet'] as const;
const DASHES = [[], [9, 4], [2, 4], [12, 4, 2, 4], [5, 3]] as const;

export interface LineStyle {
  /** A CSS value, for what CSS colours. */
  color: string;
  dash: readonly number[];
}

export function lineStyle(option: number): LineStyle {
  const color = COLORS[option % COLORS.length];
  return { color: `var(--color-${color})`, dash: DASHES[option % DASHES.length] ?? [] };
}

/** What a CSS colour is now, under this theme, for a canvas. */
export function resolveColor(within: HTMLElement, color: string): string {
  const probe = document.createElement('span');
  probe.style.color = color;
  within.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}
