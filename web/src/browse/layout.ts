/** For tests: a document that knows no layout pretends that every element has one. */
import { vi } from 'vitest';

const HEIGHT = 600;

class Observer implements ResizeObserver {
  constructor(private readonly told: ResizeObserverCallback) {}

  observe(target: Element): void {
    const contentRect = { width: 400, height: HEIGHT };
    queueMicrotask(() => this.told([{ target, contentRect } as ResizeObserverEntry], this));
  }

  unobserve(): void {}
  disconnect(): void {}
}

/** Every card, and the screen, is 600 px high. */
export function pretendLayout(): void {
  vi.stubGlobal('ResizeObserver', Observer);
  Object.assign(window, { ResizeObserver: Observer });
  const offsetParent = { configurable: true, get: () => document.body };
  Object.defineProperty(HTMLElement.prototype, 'offsetParent', offsetParent);
}
