import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { setHidden } from '~/live/fakes';
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
    vi.stubGlobal('location', { ...location, pathname: '/', reload });
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

  test('is asked for for ever, ever later, by chance', async () => {
    serverHas('nothing');
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const load = vi.fn(broken);
    void fetchCode(load);
    for (const wait of [500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
      const before = load.mock.calls.length;
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(load).toHaveBeenCalledTimes(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(load).toHaveBeenCalledTimes(before + 1);
    }
    vi.mocked(Math.random).mockReturnValue(1);
    await vi.advanceTimersByTimeAsync(10_000);
    const before = load.mock.calls.length;
    await vi.advanceTimersByTimeAsync(29_999);
    expect(load).toHaveBeenCalledTimes(before);
  });

  test('is not asked for while nobody looks, and at once when somebody does', async () => {
    serverHas('nothing');
    const load = vi.fn(broken);
    void fetchCode(load);
    setHidden(true);
    await vi.advanceTimersByTimeAsync(300_000);
    dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(1);
    expect(load).toHaveBeenCalledTimes(1);
    setHidden(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(2);
  });

  test('of an older build loads the page again, once a minute at most', async () => {
    serverHas('another');
    void fetchCode(broken);
    await vi.advanceTimersByTimeAsync(10);
    expect(reload).toHaveBeenCalledTimes(1);
    const again = vi.fn(broken);
    void fetchCode(again);
    await vi.advanceTimersByTimeAsync(50_000);
    expect(again.mock.calls.length).toBeGreaterThan(3);
    expect(reload).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['/embed/7', '/embed/7'],
    ['/p/7', '/'],
  ])('at %s, what names its build is %s', async (pathname, named) => {
    vi.stubGlobal('location', { ...location, pathname, reload });
    serverHas('another');
    const asked = vi.spyOn(globalThis, 'fetch');
    void fetchCode(broken);
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toHaveBeenCalledWith(named, { cache: 'no-store' });
  });

  test('never loads the page again where it cannot note that it did', async () => {
    serverHas('another');
    vi.stubGlobal('sessionStorage', {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('forbidden', 'SecurityError');
      },
      clear: () => {},
    });
    const load = vi.fn(broken);
    void fetchCode(load);
    await vi.advanceTimersByTimeAsync(50_000);
    expect(load.mock.calls.length).toBeGreaterThan(3);
    expect(reload).not.toHaveBeenCalled();
  });

  test.each(['this', 'trouble'] as const)(
    'is no reason to load the page again: %s',
    async (has) => {
      serverHas(has);
      const load = vi.fn(broken);
      void fetchCode(load);
      await vi.advanceTimersByTimeAsync(50_000);
      expect(load.mock.calls.length).toBeGreaterThan(3);
      expect(reload).not.toHaveBeenCalled();
    },
  );
});
