/** Code that nobody needs at first sight waits until there is something to be seen. */

const LONGEST_MS = 2000;

let resolve: () => void = () => {};
const seen = new Promise<void>((done) => {
  resolve = done;
});

/** What the reader came for is in the document; with the next frame it is on the screen. */
export function isInSight(): void {
  requestAnimationFrame(() => setTimeout(resolve));
}

/** Runs a dynamic import after that. */
export async function afterFirstSight<T>(load: () => Promise<T>): Promise<T> {
  await seen;
  return load();
}

/** For what belongs to every screen: not every one says when it is to be seen. */
export async function soonAfterFirstSight<T>(load: () => Promise<T>): Promise<T> {
  await Promise.race([seen, new Promise((done) => setTimeout(done, LONGEST_MS))]);
  return load();
}
