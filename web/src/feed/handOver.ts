/**
 * The first card is drawn before the list is there, and once more by the list. Where the
 * focus was goes over from the one to the other; what was chosen is kept (vote/ballots.ts).
 */
const CONTROLS = 'h2, input[type=radio], button[type=submit]';

/** Among the card's heading and controls; -1: on none of them. */
export type Focused = number;

function controlsIn(card: Element): HTMLElement[] {
  return [...card.querySelectorAll<HTMLElement>(CONTROLS)];
}

export function whatHadFocus(card: Element): Focused {
  return controlsIn(card).findIndex((control) => control.matches(':focus'));
}

export function focusAgain(card: Element, focused: Focused): void {
  controlsIn(card)[focused]?.focus({ preventScroll: true });
}
