/** An Idempotency-Key. crypto.randomUUID would need https, which a local network has not. */
export function newKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
