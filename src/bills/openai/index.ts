/**
 * The reports of OpenAI's organisation API. `input_tokens` hold cached and cache-writing ones, `output_tokens` hold reasoning;
 * ours are disjoint. Amounts are dollars.
 */
import { noBilledTokens } from "../../contract/bill-facts.ts";
import { parseAmount } from "../amount.ts";
import { type BillLine, type DocumentFormat, unreadableLine } from "../bill.ts";
import { countOf, field, listOf, objectOf, textOf } from "../json-fields.ts";
import { readMeter } from "../meter.ts";
import { type ReportResult, readResults, resultsOf } from "../report-pages.ts";

const provider = "openai";

/** `GET /v1/organization/costs`: what is invoiced, by day. */
export const openaiCosts = {
  id: "openai-costs",
  title: "OpenAI costs",
  shape: "documents",
  recognises: (value) =>
    resultRows(value).some((row) => field(row, "object") === "organization.costs.result" || objectOf(field(row, "amount")) !== null),
  read: (documents, input) => readResults(resultsOf(documents, input), ["api_key_id", "line_item", "project_id"], readCost),
} as const satisfies DocumentFormat;

/** `GET /v1/organization/usage/completions`: tokens, no money. */
export const openaiUsage = {
  id: "openai-usage",
  title: "OpenAI usage of completions",
  shape: "documents",
  recognises: (value) =>
    resultRows(value).some(
      (row) => field(row, "object") === "organization.usage.completions.result" || countOf(field(row, "num_model_requests")) !== null,
    ),
  read: (documents, input) =>
    readResults(resultsOf(documents, input), ["api_key_id", "batch", "model", "project_id", "service_tier", "user_id"], readUsage),
} as const satisfies DocumentFormat;

const resultRows = (page: unknown): unknown[] => listOf(field(page, "data")).flatMap((bucket) => [...listOf(field(bucket, "results"))]);

const common = { provider, account: "", use: "usage", requestId: null, quantityNano: null, unit: null } as const;

function readCost({ result, from, to, place }: ReportResult, view: string): BillLine | ReturnType<typeof unreadableLine> {
  const amount = field(result, "amount");
  const billed = parseAmount(field(amount, "value"));
  if (billed === null) return unreadableLine(place, "its amount is no decimal");
  const item = textOf(field(result, "line_item"));
  return {
    ...common,
    view,
    from,
    to,
    model: item === null ? null : modelOf(item),
    actor: textOf(field(result, "api_key_id")),
    item,
    tokens: noBilledTokens,
    requests: null,
    currency: (textOf(field(amount, "currency")) ?? "usd").toUpperCase(),
    billedNano: billed,
    contractNano: null,
    listNano: null,
    parts: [textOf(field(result, "project_id"))],
  };
}

/** Line items are written `gpt-4.1-2025-04-14, cached input`; some name no model (`web search tool calls`). */
function modelOf(item: string): string | null {
  const [head = "", kind] = item.split(/,\s*/);
  return kind !== undefined && readMeter(kind).tokenKind !== null ? head.trim() : readMeter(item).model;
}

function readUsage({ result, from, to, place }: ReportResult, view: string): BillLine | ReturnType<typeof unreadableLine> {
  const [prompt, output] = [countOf(field(result, "input_tokens")), countOf(field(result, "output_tokens"))];
  if (prompt === null || output === null) return unreadableLine(place, "it tells no tokens");
  const [read, written] = [countOf(field(result, "input_cached_tokens")), countOf(field(result, "input_cache_write_tokens"))];
  const input = prompt - (read ?? 0) - (written ?? 0);
  if (input < 0) return unreadableLine(place, "it tells more cached tokens than input");
  const text = (name: string): string | null => textOf(field(result, name));
  return {
    ...common,
    view,
    from,
    to,
    model: text("model"),
    actor: text("user_id") ?? text("api_key_id"),
    item: null,
    tokens: { ...noBilledTokens, input, cacheRead: read, cacheWrite: written, output },
    requests: countOf(field(result, "num_model_requests")),
    currency: "USD",
    billedNano: null,
    contractNano: null,
    listNano: null,
    parts: [text("project_id"), text("api_key_id"), text("service_tier"), String(field(result, "batch") ?? "")],
  };
}
