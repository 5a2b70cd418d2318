/** A ratio of money to a whole number, in nano-dollars: rounded to the nearest, halves up. Null where there is nothing to divide by. */
export function perUnit(nanoUsd: bigint, units: bigint | number): bigint | null {
  const by = BigInt(units);
  if (by <= 0n) return null;
  const twice = 2n * nanoUsd + by;
  const quotient = twice / (2n * by);
  return twice < 0n && quotient * 2n * by !== twice ? quotient - 1n : quotient;
}
