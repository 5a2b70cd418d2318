import { OutputEstimator, type OutputRecord, fewestRecords } from "../attribution/estimate.ts";
import type { Database, Row } from "../store/duckdb/database.ts";

/**
 * The rule of each model and agent version that has usages without a final count, as rows of table `output_rule`. Fitted on the
 * final counts of usages up to the instant, in an order that does not depend on when they were stored.
 */
export async function outputRuleRows(database: Database, asOf: number | null): Promise<Row[]> {
  const needed = await database.all(
    `SELECT model, agent_version, count(*)::INTEGER AS usages FROM usage_d
     WHERE output_quality <> 'final' AND ($asOf::BIGINT IS NULL OR instant_ms <= $asOf) GROUP BY ALL ORDER BY ALL`,
    { asOf },
  );
  if (needed.length === 0) return [];
  const estimator = new OutputEstimator(await finalCounts(database, asOf, [...new Set(needed.map((row) => String(row["model"])))]));
  return needed.map((row): Row => {
    const [model, agentVersion] = [String(row["model"]), row["agent_version"] as string | null];
    const { tokensPerChar, constant, leaveOneOutError } = estimator.ruleFor({ model, agentVersion });
    return [model, agentVersion, tokensPerChar, constant, leaveOneOutError, row["usages"] as number];
  });
}

/** Of the models that need a rule; of all where one of them has too few for a rule of its own. */
async function finalCounts(database: Database, asOf: number | null, models: readonly string[]): Promise<OutputRecord[]> {
  const isFinal = "output_quality = 'final' AND visible_chars IS NOT NULL AND ($asOf::BIGINT IS NULL OR instant_ms <= $asOf)";
  const counted = await database.all(`SELECT model, count(*)::INTEGER AS n FROM usage_d WHERE ${isFinal} GROUP BY model`, { asOf });
  const has = new Map(counted.map((row) => [row["model"], row["n"] as number]));
  const alone = models.every((model) => (has.get(model) ?? 0) >= fewestRecords);
  const named = Object.fromEntries(models.map((model, m) => [`m${m}`, model]));
  const { columns } = await database.columns(
    `SELECT model, agent_version, visible_chars::DOUBLE, output::DOUBLE FROM usage_d WHERE ${isFinal}
     ${alone ? `AND model IN (${models.map((_, m) => `$m${m}`).join(", ")})` : ""} ORDER BY ALL`,
    { asOf, ...(alone ? named : {}) },
  );
  const [model = [], agentVersion = [], chars = [], output = []] = columns;
  return model.map(
    (_, r): OutputRecord => ({
      model: String(model[r]),
      agentVersion: agentVersion[r] as string | null,
      outputQuality: "final",
      visibleChars: chars[r] as number,
      counts: { output: output[r] as number },
    }),
  );
}
