/**
 * One draft, one poll, however often it is sent. Its key stays with it, over reloads too,
 * until an answer came. So do the moments when it was sent: a poll that closes "after an
 * hour" asks for another time at each, and which of them arrived only the server knows.
 */
import * as z from 'zod/mini';
import type { Schemas } from '~/api/client';
import { newKey } from '~/api/key';
import { remember, remembered } from '~/lib/remember';
import type { Draft } from './draft';
import { ATTEMPT_KEY } from './draftKey';
import { toInput } from './input';

const attemptShape = z.object({
  key: z.string(),
  /** What was sent last, as JSON. */
  draft: z.string(),
  /** The newest first. */
  times: z.array(z.number()),
});

type Attempt = z.infer<typeof attemptShape>;

const MAX_TIMES = 5;

function kept(): Attempt | null {
  try {
    return z.parse(attemptShape, JSON.parse(remembered(ATTEMPT_KEY) ?? ''));
  } catch {
    return null;
  }
}

export class Attempts {
  private last = kept();

  /**
   * The key to send a draft under, and what to send: as it is now, then, each where the one
   * before it is a conflict, as it was sent before.
   */
  next(draft: Draft, now: number): { key: string; inputs: Schemas['PollInput'][] } {
    const text = JSON.stringify(draft);
    const before = this.last?.draft === text ? this.last.times : [];
    const times = [now, ...before].slice(0, MAX_TIMES);
    const key = this.last?.key ?? newKey();
    this.last = { key, draft: text, times };
    remember(ATTEMPT_KEY, JSON.stringify(this.last));
    const inputs = times.map((at) => toInput(draft, at));
    const byText = new Map(inputs.map((input) => [JSON.stringify(input), input]));
    return { key, inputs: [...byText.values()] };
  }

  /** The next draft is another poll. */
  forget(): void {
    this.last = null;
    remember(ATTEMPT_KEY, null);
  }
}
