/** Seeded chance, so that a failing case can be run again. @param {number} seed */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (/** @type {number} */ n) => Math.floor(next() * n);
  return { below, happens: (/** @type {number} */ p) => next() < p, oneOf: (/** @type {any[]} */ list) => list[below(list.length)] };
}

/** @param {number} cases @param {(random: ReturnType<typeof chance>, seed: number) => void} law */
export function forMany(cases, law) {
  for (let seed = 1; seed <= cases; seed++) {
    try {
      law(chance(seed), seed);
    } catch (error) {
      if (error instanceof Error) error.message = `seed ${seed}: ${error.message}`;
      throw error;
    }
  }
}

const LETTERS = ["a", "é", "e\u0301", "日", "ب", "💊", "👩‍🔬", "𝒜", " ", "\n", "\t", ".", "<"];

/** @param {ReturnType<typeof chance>} random */
export const randomText = (random) => Array.from({ length: random.below(30) }, () => random.oneOf(LETTERS)).join("");
