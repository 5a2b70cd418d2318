import { fate } from "../attribution/fates.ts";
import type { Sensitivity } from "../contract/close.ts";
import type { FateName } from "../contract/fates.ts";
import type { Questions } from "./questions.ts";

/** What every fate would get if a line had to live another number of days to stick. Nothing stored depends on that number. */
export async function stickDaysSensitivity(questions: Questions, days: readonly number[]): Promise<Sensitivity> {
  const rows = await questions.database.all(
    `SELECT l.strand_id, CAST(sum(CASE WHEN l.strand_id IS NULL THEN c.list_nano_usd ELSE l.list_nano_usd END) AS BIGINT) AS nano
     FROM charge c JOIN usage_d u USING (usage_id) LEFT JOIN ledger l USING (charge_id)
     WHERE $asOf::BIGINT IS NULL OR u.instant_ms <= $asOf GROUP BY l.strand_id`,
    { asOf: questions.asOf },
  );
  await questions.readStrands();
  const asked = questions.parameters.stickDays;
  const all = [...new Set([...days, asked])].sort((a, b) => a - b);
  const money = rows.flatMap(({ strand_id: id, nano }): [number | null, bigint][] =>
    nano === null ? [] : [[id as number | null, BigInt(nano as bigint)]],
  );
  return {
    parameter: "stick_days",
    asked,
    spendNanoUsd: money.reduce((sum, [, nano]) => sum + nano, 0n).toString(),
    rows: all.map((stickDays) => {
      const fates = new Map<FateName, bigint>();
      for (const [id, nano] of money) {
        const name = id === null ? "unlinked" : fate(questions.strand(id), questions.instant, { ...questions.parameters, stickDays });
        fates.set(name, (fates.get(name) ?? 0n) + nano);
      }
      return { days: stickDays, fates: Object.fromEntries([...fates].map(([name, nano]) => [name, nano.toString()])) };
    }),
  };
}
