/**
 * The first card is drawn before the list is there, and once more by the list. What was
 * chosen in between, and where the focus was, goes over from the one to the other.
 */
const CONTROLS = 'input[type=radio], button[type=submit]';

export interface Touched {
  /** Among the card's controls; -1: none. */
  readonly chosen: number;
  readonly focused: number;
}

function controlsIn(card: Element): HTMLElement[] {
  return [...card.querySelectorAll<HTMLElement>(CONTROLS)];
}

export function whatWasTouched(card: Element): Touched {
  const controls = controlsIn(card);
  return {
    chosen: controls.findIndex((control) => control.matches(':checked')),
    focused: controls.findIndex((control) => control.matches(':focus')),
  };
}

export function touchAgain(card: Element, { chosen, focused }: Touched): void {
  const controls = controlsIn(card);
  controls[chosen]?.click();
  controls[focused]?.focus({ preventScroll: true });
}
