import { type LoggedCell, reconcile } from "../bills/reconcile.ts";
import { type BilledCells, billedCells, dayText } from "../bills/billed-cells.ts";
import { billFormats } from "../bills/registry.ts";
import type { BillRow, ReconcileAsked, Reconciliation } from "../contract/bills.ts";
import { toUsd } from "../prices/exchange-rates.ts";
import { createPriceBook } from "../prices/price-book.ts";
import type { BilledSum } from "../contract/bill-facts.ts";
import { readBilledSums } from "../store/bill-rows.ts";
import type { Database } from "../store/duckdb/database.ts";
import type { FactStore } from "../store/store.ts";
import type { Config } from "./config.ts";
import { listPriceOf } from "./list-price.ts";

const dayMs = 86_400_000;

/** What was billed beside what was logged; @param asOf of the usages, UTC milliseconds */
export async function reconcileStore(
  store: FactStore,
  derived: Database,
  config: Config,
  asked: ReconcileAsked & { readonly asOf: number | null },
): Promise<Reconciliation> {
  const lines = (await readBilledSums(store.database)).filter(isAsked(asked));
  return reconcile(cellsOf(lines, config), await loggedCells(derived, asked));
}

const isAsked =
  ({ provider, from, to }: ReconcileAsked) =>
  (line: { readonly provider: string | null; readonly from: number }): boolean =>
    (provider === null || line.provider === provider) &&
    (from === null || dayText(line.from) >= from) &&
    (to === null || dayText(line.from) <= to);

export function cellsOf(lines: readonly BilledSum[], { prices, organisation }: Config): BilledCells {
  const book = createPriceBook(prices);
  const rates = organisation.exchange_rates ?? [];
  return billedCells(lines, {
    reports: billFormats.map(({ id }) => id),
    toUsd: (nano, currency, day) => toUsd(rates, nano, currency, day),
    listPrice: (provider, model, instant, tokens) => listPriceOf(book, provider, model, instant, tokens),
  });
}

async function loggedCells(derived: Database, asked: ReconcileAsked & { readonly asOf: number | null }): Promise<LoggedCell[]> {
  const rows = await derived.all(
    `SELECT provider, instant_ms // ${dayMs} AS day, model, CAST(sum(coalesce(c.list_nano_usd, 0)) AS BIGINT) AS nano, CAST(sum(tokens) AS BIGINT) AS tokens,
       CAST(sum(CASE WHEN c.list_nano_usd IS NULL THEN tokens ELSE 0 END) AS BIGINT) AS unpriced,
       CAST(sum(CASE WHEN output_quality <> 'final' THEN output ELSE 0 END) AS BIGINT) AS early
     FROM (SELECT *, input + cache_read + cache_write_5m + cache_write_1h + output AS tokens FROM usage_d) u JOIN charge c USING (usage_id)
     WHERE $asOf::BIGINT IS NULL OR instant_ms <= $asOf GROUP BY ALL ORDER BY ALL`,
    { asOf: asked.asOf },
  );
  return rows
    .map(
      (row): LoggedCell => ({
        provider: row["provider"] === null ? null : String(row["provider"]),
        day: Number(row["day"]) * dayMs,
        model: String(row["model"]),
        nano: BigInt(String(row["nano"])),
        tokens: Number(row["tokens"]),
        unpricedTokens: Number(row["unpriced"]),
        earlyOutput: Number(row["early"]),
      }),
    )
    .filter((cell) => isAsked(asked)({ provider: cell.provider, from: cell.day }));
}

/** What is stored of bills, by provider, report, account and currency. */
export async function billRows(store: FactStore): Promise<BillRow[]> {
  const groups = new Map<string, BilledSum[]>();
  for (const line of await readBilledSums(store.database)) {
    const key = [line.provider, line.report, line.account, line.currency].join("\u0000");
    const group = groups.get(key);
    if (group) group.push(line);
    else groups.set(key, [line]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, lines]) => {
      const [{ provider, report, account, currency }] = lines as [BilledSum, ...BilledSum[]];
      const amounts = lines.flatMap(({ billedNano }) => billedNano ?? []);
      return {
        provider,
        report,
        account,
        currency,
        from: dayText(lines.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY)),
        to: dayText(lines.reduce((most, { to }) => Math.max(most, to), 0) - 1),
        lines: lines.reduce((count, { lines: own }) => count + own, 0),
        billedNano: amounts.length === 0 ? null : amounts.reduce((all, nano) => all + nano, 0n).toString(),
      };
    });
}
