/**
 * A wheel's notch is far less than a screen, and snapping would take it back; a touchpad
 * goes on rolling when the fingers are gone. Both mean one card: this tells which turn of
 * the wheel is a step, and which is only the rest of one.
 */

/** Quiet for so long, what comes next is a new movement. */
const SILENCE_MS = 180;
/** A wheel that is turned on and on steps this often; rolling out never does. */
const REPEAT_MS = 350;
/** Of a touchpad less than this may be a tremble. */
const LEAST = 4;

export type Step = -1 | 0 | 1;

export class WheelSteps {
  private lastTurn = Number.NEGATIVE_INFINITY;
  private lastStep = Number.NEGATIVE_INFINITY;
  private lastSize = 0;
  /** This movement began as scrolling within a card: it ends at the card's end. */
  private isScrolling = false;

  /** @param canScroll whether the card itself has more to show in that direction. */
  turn(delta: number, now: number, canScroll: boolean): Step {
    const size = Math.abs(delta);
    const isNew = now - this.lastTurn > SILENCE_MS;
    const isRepeat = now - this.lastStep > REPEAT_MS && size >= this.lastSize;
    this.isScrolling = canScroll || (this.isScrolling && !isNew);
    this.lastTurn = now;
    this.lastSize = size;
    if (this.isScrolling || size < LEAST || !(isNew || isRepeat)) return 0;
    this.lastStep = now;
    return delta > 0 ? 1 : -1;
  }
}
