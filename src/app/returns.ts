import { concentration, type GroupReturn, zeroReturn } from "../analysis/zero-return.ts";
import { type FateName, rollUp } from "../contract/fates.ts";
import type { MeasureQueryInput, MeasureResult } from "../contract/query.ts";
import type { GroupOfReturns, ReturnGroup, Returns } from "../contract/returns.ts";

/** Of a group with more of its spend undecided than this it is not known that nothing stuck (MEASURES 3, as for cohorts). */
const mostUndecided = 0.3;
const undecided: ReadonlySet<string> = new Set<FateName>([...rollUp.ripening, ...rollUp.unknown]);
const dimensionOf = { product: "product", team: "team", repository: "repository" } as const satisfies Record<ReturnGroup, string>;
const allRows = 100_000;

/**
 * Zero-return spend and concentration of outcomes; an outcome is a change of which some money stuck. Groups are those the money
 * was spent in (`ran_in`). Never of persons.
 * @param ask answers a query of measures
 */
export async function returnsOf(
  ask: (query: MeasureQueryInput) => Promise<MeasureResult>,
  by: ReturnGroup,
): Promise<Omit<Returns, "publishedSplit">> {
  const dimension = dimensionOf[by];
  const byFate = await ask({ measures: ["spend"], by: [dimension, "fate"], limit: allRows });
  const stuck = await ask({
    measures: ["spend"],
    by: [dimension, "change"],
    where: [
      { dimension: "fate", values: ["stuck"] },
      { dimension: "change", is: "not_in", values: [null] },
    ],
    limit: allRows,
  });
  const groups = new Map<string, { spend: bigint; open: bigint; stuckNano: bigint; changes: number }>();
  let ofNoGroup = 0n;
  for (const row of byFate.rows) {
    const [name, nano] = [row[dimension], BigInt(row["spend"] ?? 0)];
    if (name === null || name === undefined) {
      ofNoGroup += nano;
      continue;
    }
    const group = groups.get(String(name)) ?? { spend: 0n, open: 0n, stuckNano: 0n, changes: 0 };
    group.spend += nano;
    if (undecided.has(String(row["fate"]))) group.open += nano;
    if (row["fate"] === "stuck") group.stuckNano += nano;
    groups.set(String(name), group);
  }
  for (const row of stuck.rows) {
    const group = groups.get(String(row[dimension]));
    if (group !== undefined && BigInt(row["spend"] ?? 0) > 0n) group.changes++;
  }
  const told = [...groups].map(([group, { spend, open, stuckNano, changes }]): GroupOfReturns => {
    const undecidedShare = spend === 0n ? 0 : Number(open) / Number(spend);
    const isKnown = stuckNano > 0n || undecidedShare <= mostUndecided;
    return { group, spendNanoUsd: spend.toString(), changesStuck: isKnown ? changes : null, undecidedShare };
  });
  return { by, mostUndecided, ...sharesOf(told), groups: inOrder(told), ofNoGroupNanoUsd: ofNoGroup.toString() };
}

function sharesOf(groups: readonly GroupOfReturns[]): Pick<Returns, "zeroReturnShare" | "zeroReturnOfAll" | "concentration"> {
  const rows = groups.map(
    ({ group, spendNanoUsd, changesStuck }): GroupReturn => ({ id: group, spendNanoUsd: BigInt(spendNanoUsd), outcomes: changesStuck }),
  );
  const { share, ofAll } = zeroReturn(rows);
  const spread = concentration(rows);
  return {
    zeroReturnShare: share,
    zeroReturnOfAll: ofAll,
    concentration: spread === null ? null : { herfindahl: spread.herfindahl, effectiveGroups: spread.effectiveGroups, half: spread.half },
  };
}

const inOrder = (groups: readonly GroupOfReturns[]): GroupOfReturns[] =>
  [...groups].sort((a, b) => Number(BigInt(b.spendNanoUsd) - BigInt(a.spendNanoUsd)) || (a.group < b.group ? -1 : 1));
