/**
 * A generator of random numbers that gives the same ones for the same seed on every machine: xoshiro128** (Blackman and Vigna
 * 2021, doi:10.1145/3460772), its state filled from the seed by a mixing of multiplications and shifts (splitmix32).
 */

/** Gives a whole number of 0 … below − 1, each as likely as the other; `below` ≤ 2³². */
export type Draw = (below: number) => number;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** @param seed any whole number; its lowest 32 bits count */
export function seededDraw(seed: number): Draw {
  let mixed = seed | 0;
  const filling = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let [a, b, c, d] = [filling(), filling(), filling(), filling()];
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  return (below) => Math.floor((next() / 0x1_0000_0000) * below);
}
