import { describe, expect, test } from 'vitest';
import { farEnough, isSideways, isSkip, mayBegin } from './swipe';
import { sightOf } from './useReading';
import { WheelSteps } from './wheel';

describe('a swipe', () => {
  const drag = (deltaX: number, deltaY = 0) => ({
    deltaX,
    absX: Math.abs(deltaX),
    absY: Math.abs(deltaY),
  });

  test('skips when it went left over a third of the card', () => {
    expect(farEnough(400)).toBe(140);
    expect(isSkip(drag(-140), 400)).toBe(true);
    expect(isSkip(drag(-139), 400)).toBe(false);
  });

  test('has a least way on a small card', () => {
    expect(isSkip(drag(-95), 200)).toBe(false);
    expect(isSkip(drag(-96), 200)).toBe(true);
  });

  test('is none to the right, and none where it is scrolling', () => {
    expect(isSkip(drag(200), 400)).toBe(false);
    expect(isSideways(drag(-100, 51))).toBe(false);
    expect(isSideways(drag(-100, 49))).toBe(true);
  });

  test('does not begin at the edges of the screen, nor on a radio button', () => {
    const label = document.createElement('label');
    label.innerHTML = '<input type="radio">';
    expect(mayBegin(label, 200)).toBe(true);
    expect(mayBegin(label.firstElementChild, 200)).toBe(false);
    expect(mayBegin(label, 23)).toBe(false);
    expect(mayBegin(label, innerWidth - 23)).toBe(false);
  });
});

describe('the wheel', () => {
  /** Turns it: [delta, ms since the last]; gives the steps. */
  const turn = (turns: [delta: number, after: number][], canScroll = false) => {
    const steps = new WheelSteps();
    let now = 0;
    return turns.map(([delta, after]) => {
      now += after;
      return steps.turn(delta, now, canScroll);
    });
  };

  test('steps once a notch', () => {
    expect(
      turn([
        [100, 0],
        [100, 500],
        [-100, 500],
      ]),
    ).toEqual([1, 1, -1]);
  });

  test('steps once while a touchpad rolls out', () => {
    const rolling: [number, number][] = [80, 70, 60, 50, 40, 30, 20, 10].map((delta) => [
      delta,
      90,
    ]);
    expect(turn([[90, 0], ...rolling])).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('goes on while it is turned on and on, not too fast', () => {
    const turns = Array.from({ length: 8 }, (): [number, number] => [100, 100]);
    expect(turn(turns)).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  });

  test('does not step by a tremble', () => {
    expect(turn([[3, 0]])).toEqual([0]);
  });

  test('scrolls within a card, and steps only by a new movement at its end', () => {
    const steps = new WheelSteps();
    expect(steps.turn(100, 0, true)).toBe(0);
    expect(steps.turn(100, 100, false)).toBe(0);
    expect(steps.turn(100, 600, false)).toBe(1);
  });
});

test('in sight is what the screen shows, but for a hair of the neighbours', () => {
  const list = (scrollOffset: number) => ({
    scrollOffset,
    viewportSize: 600,
    findItemIndex: (offset: number) => Math.floor(offset / 600),
  });
  expect(sightOf(list(600))).toEqual({ first: 1, last: 1, current: 1 });
  expect(sightOf(list(602))).toEqual({ first: 1, last: 1, current: 1 });
  expect(sightOf(list(899))).toEqual({ first: 1, last: 2, current: 1 });
  expect(sightOf(list(900))).toEqual({ first: 1, last: 2, current: 2 });
});
