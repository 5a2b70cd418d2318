import { UserError } from "../contract/errors.ts";

/**
 * Splits one charge over the strands of its segment.
 *
 * Parts are differences of cumulative floors, so they add up to the charge exactly; order is the strands' canonical order.
 * The view `ledger` (src/store/views/ledger.sql) does the same arithmetic.
 * @param costNanoUsd the charge in nano-dollars, ≥ 0n
 * @param weights integer weights ≥ 0, not all 0
 * @returns one part in nano-dollars per weight, same order; the parts sum to costNanoUsd
 * @throws UserError `no_weight` if every weight is 0
 * @example splitCharge(10n, [2, 1]) // [6n, 4n]
 */
export function splitCharge(costNanoUsd: bigint, weights: readonly number[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (total === 0n) throw new UserError("no_weight", "A charge cannot be split over strands that all weigh nothing.");
  let reached = 0n;
  let paid = 0n;
  return weights.map((weight) => {
    reached += BigInt(weight);
    const upTo = (costNanoUsd * reached) / total;
    const part = upTo - paid;
    paid = upTo;
    return part;
  });
}
