/**
 * Spend logs of a LiteLLM proxy (`LiteLLM_SpendLogs`), a row a request: as JSON from its API or as an export of the table. The
 * spend is LiteLLM's own, at its price list: no bill, so that it counts as a list price. Prompt tokens hold cached ones.
 */
import { noBilledTokens } from "../../contract/bill-facts.ts";
import { parseAmount } from "../amount.ts";
import {
  type BillInput,
  type BillLine,
  type BillReading,
  type DocumentFormat,
  type TableFormat,
  type TableRow,
  parseInstant,
  unreadableLine,
} from "../bill.ts";
import { countOf, field, listOf, objectOf, textOf } from "../json-fields.ts";

export const litellmSpend = {
  id: "litellm-spend",
  title: "LiteLLM spend logs (JSON)",
  shape: "documents",
  recognises: (value) => rowsOf(value).some((row) => field(row, "call_type") !== undefined && field(row, "spend") !== undefined),
  read,
} as const satisfies DocumentFormat;

export const litellmTable = {
  id: "litellm-table",
  title: "LiteLLM spend logs (CSV of the table)",
  shape: "table",
  columns: ["request_id", "call_type", "spend", "prompt_tokens", "completion_tokens", "startTime", "model"],
  readRow,
} as const satisfies TableFormat;

const rowsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value)
    ? value
    : listOf(field(value, "data")).length > 0
      ? listOf(field(value, "data"))
      : objectOf(value) === null
        ? []
        : [value];

function read(documents: readonly unknown[], input: BillInput): BillReading {
  const lines: BillLine[] = [];
  const problems: ReturnType<typeof unreadableLine>[] = [];
  for (const [r, row] of documents.flatMap((value) => [...rowsOf(value)]).entries()) {
    const line = readSpend(row, objectOf(field(row, "metadata")), `${input.name}#${r}`);
    if ("code" in line) problems.push(line);
    else lines.push(line);
  }
  return { lines, problems };
}

/** In an export of the table the metadata are JSON text. */
function readRow(row: TableRow, place: string): BillReading {
  let metadata: unknown;
  try {
    metadata = JSON.parse(row["metadata"] ?? "null");
  } catch {
    return { lines: [], problems: [unreadableLine(place, "its metadata are no JSON, and they say what was cached")] };
  }
  const named = { ...row, startTime: row["starttime"], endTime: row["endtime"] };
  const line = readSpend(named, objectOf(metadata), place);
  return "code" in line ? { lines: [], problems: [line] } : { lines: [line], problems: [] };
}

const providers: Readonly<Record<string, string>> = {
  bedrock: "aws",
  bedrock_converse: "aws",
  vertex_ai: "google",
  gemini: "google",
  azure_ai: "azure",
};

function readSpend(row: unknown, metadata: unknown, place: string): BillLine | ReturnType<typeof unreadableLine> {
  const [from, list] = [parseInstant(field(row, "startTime")), parseAmount(field(row, "spend"))];
  if (from === null) return unreadableLine(place, "its startTime is no instant");
  if (list === null) return unreadableLine(place, "its spend is no decimal");
  const text = (name: string): string | null => textOf(field(row, name));
  const [prompt, output] = [countOf(field(row, "prompt_tokens")), countOf(field(row, "completion_tokens"))];
  const usage = field(metadata, "usage_object");
  const cacheRead =
    countOf(field(usage, "cache_read_input_tokens")) ?? countOf(field(field(usage, "prompt_tokens_details"), "cached_tokens"));
  const cacheWrite = countOf(field(usage, "cache_creation_input_tokens"));
  const input = prompt === null ? null : prompt - (cacheRead ?? 0) - (cacheWrite ?? 0);
  if (input !== null && input < 0) return unreadableLine(place, "it tells more cached tokens than prompt");
  const name = text("custom_llm_provider") ?? "litellm";
  return {
    provider: Object.hasOwn(providers, name) ? (providers[name] as string) : name,
    account: text("team_id") ?? "",
    view: "",
    from,
    to: Math.max(from + 1, parseInstant(field(row, "endTime")) ?? 0),
    use: "usage",
    model: text("model"),
    actor: text("user") ?? text("end_user"),
    item: text("call_type"),
    requestId: text("request_id"),
    tokens: { ...noBilledTokens, input, cacheRead, cacheWrite, output },
    requests: 1,
    quantityNano: null,
    unit: null,
    currency: "USD",
    billedNano: null,
    contractNano: null,
    listNano: list,
    parts: [text("api_key")],
  };
}
