/** Snapshots of closed periods, among the facts: nothing can compute them again. */
import type { FateName, FateParameters } from "../contract/fates.ts";
import type { Database, Row } from "./duckdb/database.ts";

/** Half open: from ≤ instant < to, UTC milliseconds. */
export interface PeriodSpan {
  readonly period: string;
  readonly timeZone: string;
  readonly from: number;
  readonly to: number;
}

export interface StoredClose extends PeriodSpan {
  readonly closedAt: number;
  readonly knownUntil: number;
  readonly parameters: FateParameters;
  readonly rulesVersion: number;
}

/** What one usage cost and how that ended. */
export interface UsageParts {
  readonly tokens: bigint;
  /** Null without a price. */
  readonly parts: ReadonlyMap<FateName, bigint> | null;
}

export interface Snapshot {
  readonly usages: ReadonlyMap<string, UsageParts>;
  /** Newest commit of the default branch by repository name. */
  readonly tips: ReadonlyMap<string, string>;
}

/** Adds a snapshot, whole or not at all. */
export async function addClose(database: Database, close: StoredClose, { usages, tips }: Snapshot): Promise<void> {
  await database.run("BEGIN");
  try {
    const [last] = await database.all("SELECT coalesce(max(close_id), 0)::INTEGER AS id FROM closed_period");
    const id = (last?.["id"] as number) + 1;
    await database.append(
      "closed_period",
      ["INTEGER", "VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "VARCHAR", "INTEGER"],
      [
        [
          id,
          close.period,
          close.timeZone,
          close.from,
          close.to,
          close.closedAt,
          close.knownUntil,
          JSON.stringify(close.parameters),
          close.rulesVersion,
        ],
      ],
    );
    const parts = [...usages].flatMap(([key, { tokens, parts }]): Row[] =>
      parts === null ? [[id, key, tokens, null, null]] : [...parts].map(([fate, nano]): Row => [id, key, tokens, fate, nano]),
    );
    await database.append("closed_part", ["INTEGER", "VARCHAR", "BIGINT", "VARCHAR", "BIGINT"], parts);
    await database.append(
      "closed_tip",
      ["INTEGER", "VARCHAR", "VARCHAR"],
      [...tips].map(([repository, commit]): Row => [id, repository, commit]),
    );
    await database.run("COMMIT");
  } catch (error) {
    await database.run("ROLLBACK");
    throw error;
  }
}

/** The newest snapshot of each closed period, by period. */
export async function readCloses(database: Database): Promise<readonly (StoredClose & { readonly id: number })[]> {
  const rows = await database.all(
    "SELECT * FROM closed_period WHERE close_id IN (SELECT max(close_id) FROM closed_period GROUP BY period) ORDER BY period",
  );
  return rows.map((row) => ({
    id: row["close_id"] as number,
    period: row["period"] as string,
    timeZone: row["time_zone"] as string,
    from: Number(row["from_ms"]),
    to: Number(row["to_ms"]),
    closedAt: Number(row["closed_ms"]),
    knownUntil: Number(row["known_until_ms"]),
    parameters: JSON.parse(row["parameters"] as string) as FateParameters, // written by addClose
    rulesVersion: row["rules_version"] as number,
  }));
}

export async function readSnapshot(database: Database, id: number): Promise<Snapshot> {
  const parts = await database.all("SELECT usage_key, tokens, fate, list_nano_usd FROM closed_part WHERE close_id = $id", { id });
  const tips = await database.all("SELECT repository, commit_hash FROM closed_tip WHERE close_id = $id", { id });
  return {
    usages: usagePartsOf(parts),
    tips: new Map(tips.map((row) => [row["repository"] as string, row["commit_hash"] as string])),
  };
}

/** Rows of (usage_key, tokens, fate, list_nano_usd) by usage. */
export function usagePartsOf(rows: Awaited<ReturnType<Database["all"]>>): Map<string, UsageParts> {
  const usages = new Map<string, { tokens: bigint; parts: Map<FateName, bigint> | null }>();
  for (const row of rows) {
    const key = row["usage_key"] as string;
    let usage = usages.get(key);
    if (!usage) usages.set(key, (usage = { tokens: BigInt(row["tokens"] as number), parts: null }));
    if (row["list_nano_usd"] === null) continue;
    const fate = row["fate"] as FateName;
    usage.parts ??= new Map();
    usage.parts.set(fate, (usage.parts.get(fate) ?? 0n) + BigInt(row["list_nano_usd"] as number));
  }
  return usages;
}
