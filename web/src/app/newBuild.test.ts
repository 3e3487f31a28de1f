import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fetchCode } from './newBuild';

/** The server's page names this build, as it should, or another one. */
function serverHas(build: 'this' | 'another' | 'nothing' | 'trouble'): void {
  const running = new URL(import.meta.url.replace('.test', '')).pathname;
  vi.stubGlobal('fetch', async () => {
    if (build === 'nothing') throw new TypeError('Failed to fetch');
    if (build === 'trouble') return new Response('<h1>Bad gateway</h1>', { status: 502 });
    return new Response(build === 'this' ? `<script src="${running}">` : '<script>');
  });
}

const broken = () => Promise.reject(new TypeError('Failed to fetch'));

describe('code that is fetched when it is needed', () => {
  const reload = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('location', { ...location, reload });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    sessionStorage.clear();
    reload.mockReset();
  });

  test('is there at once where nothing is wrong', async () => {
    await expect(fetchCode(async () => 'code')).resolves.toBe('code');
  });

  test('is asked for again while the server is away', async () => {
    serverHas('nothing');
    const load = vi
      .fn(broken)
      .mockRejectedValueOnce(new TypeError())
      .mockResolvedValue('code' as never);
    const code = fetchCode(load);
    await vi.advanceTimersByTimeAsync(5000);
    await expect(code).resolves.toBe('code');
    expect(load).toHaveBeenCalledTimes(2);
    expect(reload).not.toHaveBeenCalled();
  });

  test('is asked for at once when there is a network again', async () => {
    serverHas('nothing');
    const load = vi
      .fn(broken)
      .mockRejectedValueOnce(new TypeError())
      .mockResolvedValue('code' as never);
    const code = fetchCode(load);
    await vi.advanceTimersByTimeAsync(1);
    dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(1);
    await expect(code).resolves.toBe('code');
  });

  test('is given up after some tries, and never where it is to be waited for', async () => {
    serverHas('nothing');
    const forScreen = vi.fn(broken);
    const gaveUp = expect(fetchCode(forScreen)).rejects.toThrow();
    const forLater = vi.fn(broken);
    void fetchCode(forLater, Number.POSITIVE_INFINITY);
    await vi.advanceTimersByTimeAsync(300_000);
    await gaveUp;
    expect(forScreen).toHaveBeenCalledTimes(4);
    expect(forLater.mock.calls.length).toBeGreaterThan(8);
  });

  test('is waited for as long as there is no network', async () => {
    serverHas('nothing');
    const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    const load = vi.fn(broken);
    const code = fetchCode(load);
    await vi.advanceTimersByTimeAsync(300_000);
    onLine.mockReturnValue(true);
    load.mockResolvedValue('code' as never);
    dispatchEvent(new Event('online'));
    await expect(code).resolves.toBe('code');
  });

  test('of an older build loads the page again, once a minute at most', async () => {
    serverHas('another');
    void fetchCode(broken);
    await vi.advanceTimersByTimeAsync(10);
    expect(reload).toHaveBeenCalledTimes(1);
    const again = expect(fetchCode(broken, 1)).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(10);
    await again;
    expect(reload).toHaveBeenCalledTimes(1);
  });

  test.each(['this', 'trouble'] as const)(
    'is no reason to load the page again: %s',
    async (has) => {
      serverHas(has);
      const failed = expect(fetchCode(broken, 1)).rejects.toThrow();
      await vi.advanceTimersByTimeAsync(10);
      await failed;
      expect(reload).not.toHaveBeenCalled();
    },
  );
});
