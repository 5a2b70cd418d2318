import { type ChargedUsage, type FlatFee, type Remainder, billedCharges } from "../bills/charges.ts";
import type { BilledCells } from "../bills/billed-cells.ts";
import type { Basis } from "../contract/basis.ts";
import { type Plan, contractNano, monthsOf } from "../prices/plans.ts";
import { readBilledSums } from "../store/bill-rows.ts";
import type { Database, Row } from "../store/duckdb/database.ts";
import type { FactStore } from "../store/store.ts";
import ledgerView from "../store/views/ledger.sql";
import type { Config } from "./config.ts";
import { cellsOf } from "./reconcile.ts";

type Facts = <T>(name: string, use: (store: FactStore) => Promise<T>) => Promise<T>;

interface BasisCharges {
  readonly usages: ReadonlyMap<number, bigint>;
  readonly remainders: readonly Remainder[];
}

/**
 * Puts the money of another basis into the place of list prices: temp tables `charge`, `ledger` and `usage_d` go before those of
 * the file, so that every question after it is asked of that money. Remainders are rows without a session, dated at the beginning of
 * what they were paid for, and no usages (`usage_key` is null).
 */
export async function takeBasis(database: Database, basis: Exclude<Basis, "list">, config: Config, facts: Facts): Promise<void> {
  const usages = await readUsages(database);
  const { usages: paid, remainders } = basis === "contract" ? contractCharges(config, usages) : await billed(config, usages, facts);
  const [found] = await database.all("SELECT current_database() AS name, coalesce(max(usage_id), -1)::INTEGER + 1 AS free FROM usage_d");
  const [file, free] = [`"${String(found?.["name"]).replaceAll('"', '""')}"`, Number(found?.["free"])];
  await database.run("CREATE TEMP TABLE basis_nano (usage_id INTEGER, nano BIGINT)");
  await database.append(
    "temp.basis_nano",
    ["INTEGER", "BIGINT"],
    [...paid].map(([id, nano]): Row => [id, nano]),
  );
  await database.run(
    "CREATE TEMP TABLE basis_remainder (usage_id INTEGER, kind VARCHAR, provider VARCHAR, instant_ms BIGINT, model VARCHAR, nano BIGINT)",
  );
  await database.append(
    "temp.basis_remainder",
    ["INTEGER", "VARCHAR", "VARCHAR", "BIGINT", "VARCHAR", "BIGINT"],
    remainders.map(({ kind, provider, at, model, nano }, r): Row => [free + r, kind, provider, at, model, nano]),
  );
  await database.run(
    `CREATE TEMP TABLE charge AS
     SELECT charge_id, usage_id, n.nano AS list_nano_usd, contract_nano_usd, billed_nano_usd, NULL::VARCHAR AS price_gap, NULL::VARCHAR AS remainder,
       NULL::BIGINT AS output_nano_per_million
     FROM ${file}.main.charge c LEFT JOIN basis_nano n USING (usage_id)
     UNION ALL SELECT usage_id, usage_id, nano, NULL, NULL, NULL, kind, NULL FROM basis_remainder`,
  );
  await database.run(
    `CREATE TEMP VIEW usage_d AS SELECT * FROM ${file}.main.usage_d
     UNION ALL BY NAME SELECT usage_id, provider, instant_ms, model FROM basis_remainder`,
  );
  await database.run(ledgerView.replace(/CREATE VIEW ledger AS/, "CREATE TEMP TABLE ledger AS"));
}

async function readUsages(database: Database): Promise<ChargedUsage[]> {
  const rows = await database.all(
    `SELECT u.usage_id, provider, agent, instant_ms, model, c.list_nano_usd, input + cache_read + cache_write_5m + cache_write_1h + output AS tokens
     FROM usage_d u JOIN charge c USING (usage_id) ORDER BY instant_ms, usage_key`,
  );
  return rows.map((row) => ({
    id: row["usage_id"] as number,
    provider: row["provider"] === null ? null : String(row["provider"]),
    agent: String(row["agent"]),
    instant: Number(row["instant_ms"]),
    model: String(row["model"]),
    listNano: row["list_nano_usd"] === null ? null : BigInt(String(row["list_nano_usd"])),
    tokens: Number(row["tokens"]),
  }));
}

function contractCharges({ organisation }: Config, usages: readonly ChargedUsage[]): BasisCharges {
  const plans = organisation.plans ?? [];
  const paid = usages.flatMap(({ listNano, ...usage }): [number, bigint][] => {
    const nano = listNano === null ? null : contractNano(plans, { ...usage, listNano });
    return nano === null ? [] : [[usage.id, nano]];
  });
  return { usages: new Map(paid), remainders: [] };
}

async function billed(config: Config, usages: readonly ChargedUsage[], facts: Facts): Promise<BasisCharges> {
  const lines = await facts("bill lines", (store) => readBilledSums(store.database));
  const told = cellsOf(lines, config);
  return billedCharges(told.cells, feesOf(config.organisation.plans ?? [], told, usages), usages);
}

/** Fees of plans for months that are over and of which no bill tells seats. */
function feesOf(plans: readonly Plan[], { cells }: BilledCells, usages: readonly ChargedUsage[]): FlatFee[] {
  const [first, newest] = [usages[0]?.instant, usages.at(-1)?.instant];
  if (first === undefined || newest === undefined) return [];
  const seats = cells.filter(({ use }) => use === "seat");
  return plans.flatMap((plan) =>
    monthsOf(plan, first, newest)
      .filter(({ from, to }) => !seats.some((cell) => cell.provider === plan.provider && cell.from < to && from < cell.to))
      .map((month) => ({ provider: plan.provider, agents: plan.agents ?? null, ...month })),
  );
}
