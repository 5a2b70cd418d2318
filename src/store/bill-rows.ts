/** Lines of bills among the facts. The only place that knows both their names and their columns. */
import { createHash } from "node:crypto";
import type { BillKind, BillLineFact, BilledSum } from "../contract/bill-facts.ts";
import type { Dictionary } from "./dictionary.ts";
import type { Cell, Database } from "./duckdb/database.ts";
import type { FactBatch } from "./fact-batch.ts";

export function addBillLine(batch: FactBatch, dictionary: Dictionary, fact: BillLineFact, seenAt: number): void {
  const id = (text: string): number => dictionary.id(text);
  const maybe = (text: string | null): number | null => dictionary.maybeId(text);
  const { tokens } = fact;
  const amounts: Cell[] = [
    tokens.input,
    tokens.cacheRead,
    tokens.cacheWrite5m,
    tokens.cacheWrite1h,
    tokens.cacheWrite,
    tokens.output,
    fact.requests,
    fact.quantityNano?.toString() ?? null,
    maybe(fact.unit),
    id(fact.currency),
    fact.billedNano,
    fact.contractNano,
    fact.listNano,
  ];
  const { report, provider, account, view, line, occurrence, version, from, to, use, model, actor, item, requestId } = fact;
  const key = [id(report), id(provider), id(account), view, line, occurrence, contentOf(fact)];
  batch.add("bill_line", [...key, version, from, to, id(use), maybe(model), maybe(actor), maybe(item), requestId, ...amounts, seenAt]);
}

const contentOf = ({ tokens, requests, quantityNano, billedNano, contractNano, listNano }: BillLineFact): string =>
  createHash("sha1")
    .update([...Object.values(tokens), requests, quantityNano, billedNano, contractNano, listNano].join(" "))
    .digest("hex")
    .slice(0, 16);

const told = `SELECT * FROM bill_line
  QUALIFY row_number() OVER (PARTITION BY report_id, provider_id, account_id, view, line_key, occurrence ORDER BY version_ms DESC, telling DESC) = 1`;
const tokenColumns = ["input", "cache_read", "cache_write_5m", "cache_write_1h", "cache_write", "output"] as const;
const dayMs = 86_400_000;

/** Each line once, as the telling that came last has it; in an order that does not depend on who came first. */
export async function readBilledSums(database: Database): Promise<BilledSum[]> {
  const texts = ["report", "provider", "account", "use", "model", "currency"];
  const rows = await database.all(
    `WITH sums AS (
       SELECT report_id, provider_id, account_id, view, use_id, model_id, currency_id, from_ms // ${dayMs} AS from_day, (to_ms - 1) // ${dayMs} AS to_day,
         billed_nano IS NULL AS no_money, list_nano IS NULL AS no_list, coalesce(${tokenColumns.join(", ")}) IS NULL AS no_tokens,
         max(version_ms) AS version, min(from_ms) AS begins, max(to_ms) AS ends, count(*) AS lines,
         ${tokenColumns.map((column) => `CAST(sum(${column}) AS BIGINT) AS ${column}`).join(", ")},
         CAST(sum(billed_nano) AS VARCHAR) AS billed, CAST(sum(list_nano) AS VARCHAR) AS list
       FROM (${told}) GROUP BY ALL
     )
     SELECT s.*, ${texts.map((name) => `${name}_text.text AS ${name}`).join(", ")} FROM sums s
     ${texts.map((name) => `LEFT JOIN dict ${name}_text ON ${name}_text.id = s.${name}_id`).join("\n     ")}
     ORDER BY begins, ends, provider, report, account, s.view, use, model, currency, no_money, no_list, no_tokens`,
  );
  const number = (cell: Cell | undefined): number | null => (cell === null || cell === undefined ? null : Number(cell));
  const nano = (cell: Cell | undefined): bigint | null => (cell === null || cell === undefined ? null : BigInt(String(cell)));
  return rows.map((row) => ({
    report: String(row["report"]),
    provider: String(row["provider"]),
    account: String(row["account"]),
    view: String(row["view"]),
    version: Number(row["version"]),
    from: Number(row["begins"]),
    to: Number(row["ends"]),
    use: String(row["use"]) as BillKind, // written by addBillLine
    model: row["model"] === null ? null : String(row["model"]),
    tokens: {
      input: number(row["input"]),
      cacheRead: number(row["cache_read"]),
      cacheWrite5m: number(row["cache_write_5m"]),
      cacheWrite1h: number(row["cache_write_1h"]),
      cacheWrite: number(row["cache_write"]),
      output: number(row["output"]),
    },
    currency: String(row["currency"]),
    billedNano: nano(row["billed"]),
    listNano: nano(row["list"]),
    lines: Number(row["lines"]),
  }));
}
