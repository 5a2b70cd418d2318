/**
 * Observations exported from Langfuse (blob export in snake case, API in camel case), one an object. Costs are Langfuse's own,
 * at the prices it was told: they count as list prices. Kinds of usage are disjoint there, as ours.
 */
import { noBilledTokens } from "../../contract/bill-facts.ts";
import { parseAmount } from "../amount.ts";
import { type BillInput, type BillLine, type BillReading, type DocumentFormat, parseInstant, unreadableLine } from "../bill.ts";
import { countOf, field, listOf, objectOf, textOf } from "../json-fields.ts";

export const langfuseObservations = {
  id: "langfuse-observations",
  title: "Langfuse observations",
  shape: "documents",
  recognises: (value) =>
    rowsOf(value).some((row) => either(row, "trace_id", "traceId") !== undefined && textOf(field(row, "type")) !== null),
  read,
} as const satisfies DocumentFormat;

const either = (row: unknown, snake: string, camel: string): unknown => field(row, snake) ?? field(row, camel);
const rowsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : field(value, "data") === undefined ? [value] : listOf(field(value, "data"));

function read(documents: readonly unknown[], input: BillInput): BillReading {
  const lines: BillLine[] = [];
  const problems: ReturnType<typeof unreadableLine>[] = [];
  for (const [r, row] of documents.flatMap((value) => [...rowsOf(value)]).entries()) {
    const usage = objectOf(either(row, "usage_details", "usageDetails"));
    // Spans, events and tools are observations too; they consume nothing.
    if (usage === null || Object.keys(usage).length === 0) continue;
    const from = parseInstant(either(row, "start_time", "startTime"));
    if (from === null) problems.push(unreadableLine(`${input.name}#${r}`, "its start time is no instant"));
    else lines.push(lineOf(row, usage, from));
  }
  return { lines, problems };
}

function lineOf(row: unknown, usage: Readonly<Record<string, unknown>>, from: number): BillLine {
  const model = textOf(either(row, "provided_model_name", "providedModelName")) ?? textOf(field(row, "model"));
  const count = (...names: readonly string[]): number | null =>
    names.map((name) => countOf(field(usage, name))).find((found) => found !== null) ?? null;
  const cost = either(row, "total_cost", "totalCost") ?? field(either(row, "cost_details", "costDetails"), "total");
  return {
    provider: makerOf(model),
    account: textOf(either(row, "project_id", "projectId")) ?? "",
    view: "",
    from,
    to: Math.max(from + 1, parseInstant(either(row, "end_time", "endTime")) ?? 0),
    use: "usage",
    model,
    actor: textOf(either(row, "user_id", "userId")),
    item: textOf(field(row, "environment")),
    requestId: textOf(field(row, "id")),
    tokens: {
      ...noBilledTokens,
      input: count("input", "input_tokens"),
      cacheRead: count("cache_read_input_tokens", "input_cache_read", "input_cached_tokens"),
      cacheWrite: count("cache_creation_input_tokens", "input_cache_creation"),
      output: outputOf(usage),
    },
    requests: 1,
    quantityNano: null,
    unit: null,
    currency: "USD",
    billedNano: null,
    contractNano: null,
    listNano: parseAmount(cost),
    parts: [],
  };
}

/** Reasoning is a kind of its own there, beside the rest of the output. */
function outputOf(usage: Readonly<Record<string, unknown>>): number | null {
  const output = countOf(usage["output"]) ?? countOf(usage["output_tokens"]);
  const reasoning = countOf(usage["output_reasoning_tokens"]) ?? countOf(usage["output_reasoning"]);
  return output === null ? reasoning : output + (reasoning ?? 0);
}

/** Langfuse names no provider: the maker of the model is whose bill it is most likely in. */
function makerOf(model: string | null): string {
  if (model === null) return "unknown";
  if (/claude/i.test(model)) return "anthropic";
  if (/gemini/i.test(model)) return "google";
  return /^(?:gpt|o\d|chatgpt|codex|text-embedding)/i.test(model) ? "openai" : "unknown";
}
