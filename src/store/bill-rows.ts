/** Lines of bills among the facts. The only place that knows both their names and their columns. */
import { createHash } from "node:crypto";
import type { BillKind, BillLineFact } from "../contract/bill-facts.ts";
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

/** A line as the newest telling has it. */
export type StoredBillLine = Omit<BillLineFact, "kind" | "line" | "occurrence">;

/** Every line of every bill, each once; in an order that does not depend on who came first. */
export async function readBillLines(database: Database): Promise<StoredBillLine[]> {
  const texts = ["report", "provider", "account", "use", "model", "actor", "item", "unit", "currency"];
  const rows = await database.all(
    `SELECT b.* ${texts.map((name) => `, (SELECT text FROM dict WHERE id = b.${name}_id) AS ${name}`).join("")}
     FROM bill_line b
     QUALIFY row_number() OVER (PARTITION BY report_id, provider_id, account_id, view, line_key, occurrence ORDER BY version_ms DESC, telling DESC) = 1
     ORDER BY from_ms, to_ms, provider, report, account, view, line_key, occurrence`,
  );
  const text = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : String(cell));
  const number = (cell: Cell | undefined): number | null => (cell === null || cell === undefined ? null : Number(cell));
  const nano = (cell: Cell | undefined): bigint | null => (cell === null || cell === undefined ? null : BigInt(String(cell)));
  return rows.map((row) => ({
    report: String(row["report"]),
    provider: String(row["provider"]),
    account: String(row["account"]),
    view: String(row["view"]),
    version: Number(row["version_ms"]),
    from: Number(row["from_ms"]),
    to: Number(row["to_ms"]),
    use: String(row["use"]) as BillKind, // written by addBillLine
    model: text(row["model"]),
    actor: text(row["actor"]),
    item: text(row["item"]),
    requestId: text(row["request_key"]),
    tokens: {
      input: number(row["input"]),
      cacheRead: number(row["cache_read"]),
      cacheWrite5m: number(row["cache_write_5m"]),
      cacheWrite1h: number(row["cache_write_1h"]),
      cacheWrite: number(row["cache_write"]),
      output: number(row["output"]),
    },
    requests: number(row["requests"]),
    quantityNano: nano(row["quantity_nano"]),
    unit: text(row["unit"]),
    currency: String(row["currency"]),
    billedNano: nano(row["billed_nano"]),
    contractNano: nano(row["contract_nano"]),
    listNano: nano(row["list_nano"]),
  }));
}
