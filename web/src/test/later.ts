/** A promise that is kept when the test says so. */
export function later<T = void>() {
  let keep: (value: T | PromiseLike<T>) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}
