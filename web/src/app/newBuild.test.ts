import { beforeEach, expect, test, vi } from 'vitest';
import { fetchCode } from './newBuild';

const RUNNING = new URL(import.meta.url).pathname.replace('.test', '');
const gone = () => Promise.reject(new TypeError('Failed to fetch module'));

let reload: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  sessionStorage.clear();
  reload = vi.spyOn(location, 'reload').mockImplementation(() => {});
});

function serve(html: string, status = 200): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(
    async () => new Response(html, { status }),
  );
}

test('code that comes is given on', async () => {
  expect(await fetchCode(async () => 'code')).toBe('code');
});

test('where the server has another build, the page loads again; what failed never ends', async () => {
  serve('<script src="/assets/index-new.js"></script>');
  const ended = vi.fn();
  fetchCode(gone).then(ended, ended);
  await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
  expect(ended).not.toHaveBeenCalled();
});

test('not twice in a minute', async () => {
  serve('<script src="/assets/index-new.js"></script>');
  void fetchCode(gone);
  await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce());
  await expect(fetchCode(gone)).rejects.toThrow('Failed to fetch');
  expect(reload).toHaveBeenCalledOnce();
});

test.each([
  ['the build is the same', () => serve(`<script src="${RUNNING}"></script>`)],
  ['the server is in trouble', () => serve('<h1>Bad gateway</h1>', 502)],
  [
    'nobody answers',
    () => vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('offline')),
  ],
])('where %s, the failure stays one', async (_, prepare) => {
  prepare();
  await expect(fetchCode(gone)).rejects.toThrow('Failed to fetch');
  expect(reload).not.toHaveBeenCalled();
});
