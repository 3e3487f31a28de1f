/** When to try again: soon at first, then ever later, never all pages at the same moment. */
const FIRST_MS = 500;
const MOST_MS = 30_000;

export class Backoff {
  private failures = 0;

  constructor(private readonly random: () => number) {}

  /** Full jitter: anything from 0 up to a bound that doubles with each failure. */
  next(): number {
    const bound = Math.min(MOST_MS, FIRST_MS * 2 ** this.failures);
    this.failures++;
    return this.random() * bound;
  }

  /** The server has said when: half of it to one and a half, since it told everybody. */
  around(ms: number): number {
    return ms * (0.5 + this.random());
  }

  reset(): void {
    this.failures = 0;
  }
}
