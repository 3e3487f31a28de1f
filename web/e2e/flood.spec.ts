/**
 * More than 1,000 snapshots a minute, for a while: the page changes at most once for each,
 * and once for each frame of an animation, and ends with what the server counted.
 *
 * How many frames a browser draws and how long its tasks take depends on who else uses the
 * machine, so both are told and not judged; what is judged is counted.
 */
import type { Browser, Page } from '@playwright/test';
import { expect, report, type Server, test } from './lib/test';

const SECONDS = Number(process.env.FLOOD_SECONDS ?? 15);
const SNAPSHOTS_A_SECOND = 18; // 1,080 a minute; the server merges above 20
const FRAME_MS = 1000 / 60;
/** Clocks, and the number of those who watch. */
const OTHER_CHANGES = 3 * SECONDS;
/** All that a frame has to pass through. */
const THREADS = ['CrRendererMain', 'Compositor', 'VizCompositorThread'];

interface Drawn {
  /** When the page drew, in ms. */
  frames: number[];
  /** Tasks in which the page changed. */
  changes: number;
}

function watchFrames(page: Page, seconds: number): Promise<Drawn> {
  return page.evaluate(
    (limit) =>
      new Promise<Drawn>((resolve) => {
        const drawn: Drawn = { frames: [], changes: 0 };
        const observer = new MutationObserver(() => {
          drawn.changes += 1;
        });
        const frame = (now: number) => {
          drawn.frames.push(now);
          if (now - (drawn.frames[0] ?? now) < limit * 1000) {
            requestAnimationFrame(frame);
            return;
          }
          observer.disconnect();
          resolve(drawn);
        };
        observer.observe(document.body, {
          attributes: true,
          characterData: true,
          childList: true,
          subtree: true,
        });
        requestAnimationFrame(frame);
      }),
    seconds,
  );
}

/**
 * Votes at a steady rate, one after the other. What a busy machine has kept back is not made
 * up for: votes that come in one burst are merged into few snapshots.
 */
async function flood(server: Server, poll: number, tokens: string[]): Promise<void> {
  let due = Date.now();
  for (const [i, token] of tokens.entries()) {
    const wait = due - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    due = Math.max(due, Date.now()) + 1000 / SNAPSHOTS_A_SECOND;
    await server.api.vote(token, poll, (i * 7) % 20, { expect: 201 });
  }
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of the processor. */
  tdur?: number;
  args: { name?: string };
}

/** What each task cost that a frame had to wait for, in ms of the processor. */
async function tasksDuring(
  browser: Browser,
  page: Page,
  what: () => Promise<void>,
): Promise<number[]> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await what();
  const trace: { traceEvents: TraceEvent[] } = JSON.parse(
    (await browser.stopTracing()).toString(),
  );
  const key = ({ pid, tid }: TraceEvent) => `${pid}.${tid}`;
  const threads = new Set(
    trace.traceEvents
      .filter(
        ({ name, args }) => name === 'thread_name' && THREADS.includes(args.name ?? ''),
      )
      .map(key),
  );
  return trace.traceEvents
    .filter((event) => event.name.endsWith('::RunTask') && threads.has(key(event)))
    .flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]));
}

test('1,000 snapshots a minute change the page no oftener than it is drawn', async ({
  server,
  ada,
  browser,
  page,
}) => {
  test.setTimeout(SECONDS * 3000 + 120_000);
  const poll = await server.api.create_poll(ada.token, {
    options: Array.from({ length: 20 }, (_, i) => `Option ${i + 1}`),
  });
  const votes = SECONDS * SNAPSHOTS_A_SECOND;
  const tokens = await server.api.crowd(votes);
  let snapshots = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (String(payload).includes('"type":"results"')) snapshots += 1;
    }),
  );
  await page.goto(`/p/${poll.id}`);
  await page.getByRole('button', { name: /show results/i }).click();
  await expect(page.getByTestId('bar')).toHaveCount(20);
  await expect(page.getByRole('status').filter({ hasText: /^live/i })).toBeVisible();

  snapshots = 0;
  let drawn: Drawn = { frames: [], changes: 0 };
  const tasks = await tasksDuring(browser, page, async () => {
    [drawn] = await Promise.all([
      watchFrames(page, SECONDS),
      flood(server, poll.id, tokens),
    ]);
  });
  const total = new RegExp(`\\b${votes.toLocaleString('en-US')} votes`);
  await expect(page.getByText(total).first()).toBeVisible();

  const { frames, changes } = drawn;
  const dropped = frames.filter((at, i) => at - (frames[i - 1] ?? at) > 3 * FRAME_MS);
  report(
    `${snapshots} snapshots in ${SECONDS} s: ${changes} changes, ${frames.length} frames, ` +
      `${dropped.length} dropped; ` +
      `${tasks.length} tasks, the longest ${Math.max(...tasks).toFixed(1)} ms, ` +
      `${(tasks.reduce((sum, ms) => sum + ms, 0) / snapshots).toFixed(1)} ms a snapshot`,
  );
  expect(snapshots).toBeGreaterThan(votes / 2); // where the machine is busy, some are merged
  expect(changes).toBeGreaterThan(0);
  expect(changes).toBeLessThanOrEqual(snapshots + frames.length + OTHER_CHANGES);
});
