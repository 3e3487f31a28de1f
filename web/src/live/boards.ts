/** The leaderboard where no WebSocket brings it: asked for, now and then. */
import { api, data } from '~/api/client';
import type { Leaderboard } from './connection';

const EVERY_MS = 10_000;

export class BoardPolling {
  private isWanted = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly onBoard: (board: Leaderboard) => void,
    private readonly onFailure: () => void,
  ) {}

  want(isWanted: boolean): void {
    if (isWanted === this.isWanted) return;
    this.isWanted = isWanted;
    clearTimeout(this.timer);
    if (isWanted) void this.ask();
  }

  private async ask(): Promise<void> {
    const board = await data(api.GET('/api/leaderboard')).catch(() => null);
    if (!this.isWanted) return;
    this.timer = setTimeout(() => void this.ask(), EVERY_MS);
    if (board === null) this.onFailure();
    else this.onBoard(board);
  }
}
