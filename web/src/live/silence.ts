/** Notices a line that has gone quiet: one timer, put off by every sign of life. */
export class Silence {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly quietMs: number,
    private readonly onQuiet: () => void,
    private readonly onLost: () => void,
  ) {}

  /** A sign of life. */
  heard(): void {
    this.arm(this.quietMs, this.onQuiet);
  }

  /** A sign of life is due: without one, the line is lost. */
  expect(withinMs: number): void {
    this.arm(withinMs, this.onLost);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private arm(ms: number, then: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, ms);
  }
}
