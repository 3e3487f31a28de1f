// Repeatable randomness: fault tests draw from FAULT_SEED, which they print at the start.

export const FAULT_SEED = Number(process.env.FAULT_SEED ?? 1);

/** Draws whole numbers below n from a seed (mulberry32). */
export function seeded(seed) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return (n) => next() % n;
}
