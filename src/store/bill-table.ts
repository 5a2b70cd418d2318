import type { FactColumn } from "./fact-tables.ts";

const key = (name: string, type: FactColumn["type"] = "INTEGER"): FactColumn => ({ name, type, rule: "key" });
/** Rows of one telling are equal but for when it was told, of which the last counts. */
const told = (name: string, type: FactColumn["type"] = "BIGINT"): FactColumn => ({ name, type, rule: "max" });
const text = (name: string): FactColumn => ({ name, type: "INTEGER", rule: "text" });

/** Columns in the order of migrations/0013_bills.sql. */
export const billTable = {
  bill_line: [
    key("report_id"),
    key("provider_id"),
    key("account_id"),
    key("view", "VARCHAR"),
    key("line_key", "VARCHAR"),
    key("occurrence"),
    key("telling", "VARCHAR"),
    told("version_ms"),
    told("from_ms"),
    told("to_ms"),
    text("use_id"),
    text("model_id"),
    text("actor_id"),
    text("item_id"),
    told("request_key", "VARCHAR"),
    told("input"),
    told("cache_read"),
    told("cache_write_5m"),
    told("cache_write_1h"),
    told("cache_write"),
    told("output"),
    told("requests"),
    told("quantity_nano", "VARCHAR"),
    text("unit_id"),
    text("currency_id"),
    told("billed_nano"),
    told("contract_nano"),
    told("list_nano"),
    { name: "first_seen_ms", type: "BIGINT", rule: "min" },
  ],
} as const satisfies Record<string, readonly FactColumn[]>;
