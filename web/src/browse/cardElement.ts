/** A card as it stands in the document: for what acts on the one that is being read. */

export function slotAt(scroller: HTMLElement | null, index: number): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[data-slot="${index}"]`) ?? null;
}

function clickOn(element: HTMLElement | null | undefined): void {
  element?.click();
  element?.focus({ preventScroll: true });
}

export function chooseOption(card: HTMLElement | null, index: number): void {
  clickOn(card?.querySelectorAll<HTMLElement>('input[type=radio]').item(index));
}

export function vote(card: HTMLElement | null): void {
  card?.querySelector('form')?.requestSubmit();
}

export function skip(card: HTMLElement | null): void {
  card?.querySelector<HTMLElement>('[data-skip]')?.click();
}

/** The heading takes the focus: a screen reader reads it, and "3 of 10" with it. */
export function focusHeading(within: HTMLElement | null): boolean {
  const heading = within?.querySelector<HTMLElement>('h2') ?? null;
  heading?.focus({ preventScroll: true });
  return heading !== null;
}

/** How much of the card lies beyond the screen's lower (1) or upper (-1) edge. */
export function hiddenPart(
  scroller: HTMLElement,
  card: HTMLElement,
  direction: 1 | -1,
): number {
  const screen = scroller.getBoundingClientRect();
  const box = card.getBoundingClientRect();
  return direction === 1 ? box.bottom - screen.bottom : screen.top - box.top;
}
