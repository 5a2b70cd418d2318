import { OutputEstimator, type OutputRecord } from "../attribution/estimate.ts";
import type { Database, Row } from "../store/duckdb/database.ts";

/**
 * The rule of each model and agent version that has usages without a final count, as rows of table `output_rule`. Fitted on the
 * final counts of usages up to the instant, in an order that does not depend on when they were stored.
 */
export async function outputRuleRows(database: Database, asOf: number | null): Promise<Row[]> {
  const rows = await database.all(
    `SELECT model, agent_version, visible_chars::DOUBLE AS chars, output::DOUBLE AS output FROM usage_d
     WHERE output_quality = 'final' AND ($asOf::BIGINT IS NULL OR instant_ms <= $asOf) ORDER BY ALL`,
    { asOf },
  );
  const estimator = new OutputEstimator(
    rows.map(
      (row): OutputRecord => ({
        model: String(row["model"]),
        agentVersion: row["agent_version"] as string | null,
        outputQuality: "final",
        visibleChars: row["chars"] as number | null,
        counts: { output: row["output"] as number },
      }),
    ),
  );
  const needed = await database.all(
    `SELECT model, agent_version, count(*)::INTEGER AS usages FROM usage_d
     WHERE output_quality <> 'final' AND ($asOf::BIGINT IS NULL OR instant_ms <= $asOf) GROUP BY ALL ORDER BY ALL`,
    { asOf },
  );
  return needed.map((row): Row => {
    const [model, agentVersion] = [String(row["model"]), row["agent_version"] as string | null];
    const { tokensPerChar, constant, leaveOneOutError } = estimator.ruleFor({ model, agentVersion });
    return [model, agentVersion, tokensPerChar, constant, leaveOneOutError, row["usages"] as number];
  });
}
