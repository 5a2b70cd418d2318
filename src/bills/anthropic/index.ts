/**
 * The reports of Anthropic's organisation API: usage and cost of the analytics API and of the one before it, and the analytics
 * of Claude Code. Amounts are in cents, as decimal text. `uncached_input_tokens` are without cached ones: disjoint as ours.
 */
import { type BilledTokens, noBilledTokens } from "../../contract/bill-facts.ts";
import { parseCents } from "../amount.ts";
import { type BillInput, type BillLine, type BillReading, type DocumentFormat, dayMs, parseInstant, unreadableLine } from "../bill.ts";
import { type Json, countOf, field, listOf, objectOf, textOf } from "../json-fields.ts";
import { type ReportResult, readResults, resultsOf } from "../report-pages.ts";

const account = "";
const provider = "anthropic";
const noQuantity = { quantityNano: null, unit: null } as const;

/** `GET /v1/organizations/analytics/cost` (beta `analytics-usage-cost-2026-08-24`): after discounts, with the list price beside it. */
export const anthropicCost = {
  id: "anthropic-cost",
  title: "Anthropic cost (analytics API)",
  shape: "documents",
  recognises: (value) =>
    rowsOf(value).some((row) => objectOf(field(row, "cost")) !== null && "amount" in (objectOf(field(row, "cost")) as Json)),
  read: (documents, input) =>
    readResults(
      resultsOf(documents, input, (row) => [row]),
      analyticsGroups,
      readAnalyticsCost,
      groupOf,
    ),
} as const satisfies DocumentFormat;

/** `GET /v1/organizations/cost_report`, the one before it. */
export const anthropicCostReport = {
  id: "anthropic-cost-report",
  title: "Anthropic cost report (legacy)",
  shape: "documents",
  recognises: (value) => resultRows(value).some((row) => typeof field(row, "amount") === "string" && "cost_type" in (objectOf(row) ?? {})),
  read: (documents, input) => readResults(resultsOf(documents, input), ["workspace_id", "description", "inference_geo"], readCost),
} as const satisfies DocumentFormat;

/** `GET /v1/organizations/analytics/usage` and `usage_report/messages`: tokens, no money. */
export const anthropicUsage = {
  id: "anthropic-usage",
  title: "Anthropic usage (analytics API and usage report)",
  shape: "documents",
  recognises: (value) =>
    [...rowsOf(value).map(usageOf), ...resultRows(value)].some((usage) => countOf(field(usage, "uncached_input_tokens")) !== null),
  read: readUsage,
} as const satisfies DocumentFormat;

/** `GET /v1/organizations/usage_report/claude_code`: a day and actor; its costs are estimates at list prices. */
export const anthropicClaudeCode = {
  id: "anthropic-claude-code",
  title: "Anthropic Claude Code analytics",
  shape: "documents",
  recognises: (value) => rowsOf(value).some((row) => Array.isArray(field(row, "model_breakdown"))),
  read: readClaudeCode,
} as const satisfies DocumentFormat;

const rowsOf = (page: unknown): readonly unknown[] => listOf(field(page, "data"));
const resultRows = (page: unknown): unknown[] => rowsOf(page).flatMap((bucket) => [...listOf(field(bucket, "results"))]);
const usageOf = (row: unknown): unknown => field(row, "usage");
const groupOf = (row: Json): unknown => field(row, "group") ?? row;

/** What the analytics API can be grouped by. */
const analyticsGroups = [
  "actor",
  "actor_type",
  "agent_id",
  "api_key_id",
  "context_window",
  "cost_type",
  "deployment_id",
  "environment_id",
  "inference_geo",
  "model",
  "organization_id",
  "product",
  "rbac_group_id",
  "service_tier",
  "session_id",
  "slack_channel_id",
  "speed",
  "token_type",
  "user_profile_id",
  "workspace_id",
] as const;

const dimension = (value: unknown): string | null =>
  textOf(value) ??
  textOf(field(value, "id")) ??
  textOf(field(value, "email_address")) ??
  textOf(field(value, "email")) ??
  textOf(field(value, "name"));

function readAnalyticsCost({ result, from, to, place }: ReportResult, view: string): BillLine | ReturnType<typeof unreadableLine> {
  const cost = field(result, "cost");
  const group = groupOf(result);
  const billed = parseCents(field(cost, "amount"));
  if (billed === null) return unreadableLine(place, "its amount is no decimal");
  return {
    provider,
    account: dimension(field(group, "organization_id")) ?? account,
    view,
    from,
    to,
    use: "usage",
    model: textOf(field(group, "model")),
    actor: dimension(field(group, "actor")) ?? textOf(field(group, "api_key_id")),
    item: [textOf(field(group, "cost_type")), textOf(field(group, "token_type"))].filter((text) => text !== null).join(" ") || null,
    requestId: null,
    tokens: noBilledTokens,
    requests: countOf(field(cost, "requests")),
    ...noQuantity,
    currency: textOf(field(cost, "currency")) ?? "USD",
    billedNano: billed,
    contractNano: billed,
    listNano: parseCents(field(cost, "list_amount")),
    parts: analyticsGroups.map((name) => dimension(field(group, name))),
  };
}

function readCost({ result, from, to, place }: ReportResult, view: string): BillLine | ReturnType<typeof unreadableLine> {
  const billed = parseCents(field(result, "amount"));
  if (billed === null) return unreadableLine(place, "its amount is no decimal");
  const text = (name: string): string | null => textOf(field(result, name));
  return {
    provider,
    account,
    view,
    from,
    to,
    use: "usage",
    model: text("model"),
    actor: null,
    item: text("description") ?? text("cost_type"),
    requestId: null,
    tokens: noBilledTokens,
    requests: null,
    ...noQuantity,
    currency: text("currency") ?? "USD",
    billedNano: billed,
    contractNano: null,
    listNano: null,
    parts: ["workspace_id", "cost_type", "token_type", "context_window", "service_tier", "inference_geo"].map(text),
  };
}

function readUsage(documents: readonly unknown[], input: BillInput): BillReading {
  const isAnalytics = documents.some((page) => rowsOf(page).some((row) => objectOf(usageOf(row)) !== null));
  return isAnalytics
    ? readResults(
        resultsOf(documents, input, (row) => [row]),
        analyticsGroups,
        (told, view) => usageLine(told, view, usageOf(told.result)),
        groupOf,
      )
    : readResults(
        resultsOf(documents, input),
        [
          "account_id",
          "api_key_id",
          "context_window",
          "inference_geo",
          "model",
          "service_account_id",
          "service_tier",
          "speed",
          "workspace_id",
        ],
        (told, view) => usageLine(told, view, told.result),
      );
}

function usageLine({ result, from, to, place }: ReportResult, view: string, usage: unknown): BillLine | ReturnType<typeof unreadableLine> {
  const tokens = tokensOf(usage);
  if (tokens.input === null && tokens.output === null) return unreadableLine(place, "it tells no tokens");
  const group = groupOf(result);
  const dimensions = [...analyticsGroups, "account_id", "service_account_id"];
  return {
    provider,
    account: dimension(field(group, "organization_id")) ?? account,
    view,
    from,
    to,
    use: "usage",
    model: textOf(field(group, "model")),
    actor: dimension(field(group, "actor")) ?? textOf(field(group, "api_key_id")) ?? textOf(field(group, "account_id")),
    item: null,
    requestId: null,
    tokens,
    requests: countOf(field(usage, "requests")),
    ...noQuantity,
    currency: "USD",
    billedNano: null,
    contractNano: null,
    listNano: null,
    parts: dimensions.map((name) => dimension(field(group, name))),
  };
}

function tokensOf(usage: unknown): BilledTokens {
  const written = field(usage, "cache_creation");
  return {
    ...noBilledTokens,
    input: countOf(field(usage, "uncached_input_tokens")),
    cacheRead: countOf(field(usage, "cache_read_input_tokens")),
    cacheWrite5m: countOf(field(written, "ephemeral_5m_input_tokens")),
    cacheWrite1h: countOf(field(written, "ephemeral_1h_input_tokens")),
    output: countOf(field(usage, "output_tokens")),
  };
}

function readClaudeCode(documents: readonly unknown[], input: BillInput): BillReading {
  const lines: BillLine[] = [];
  const problems: ReturnType<typeof unreadableLine>[] = [];
  for (const [r, row] of documents.flatMap((page) => [...rowsOf(page)]).entries()) {
    const day = parseInstant(field(row, "date"));
    if (day === null) {
      problems.push(unreadableLine(`${input.name}#${r}`, "its date is no day"));
      continue;
    }
    const from = Math.floor(day / dayMs) * dayMs;
    const actor = field(row, "actor");
    const who = textOf(field(actor, "email_address")) ?? textOf(field(actor, "api_key_name"));
    for (const model of listOf(field(row, "model_breakdown"))) lines.push(claudeCodeLine(row, model, from, who));
  }
  return { lines, problems };
}

function claudeCodeLine(row: unknown, model: unknown, from: number, actor: string | null): BillLine {
  const tokens = field(model, "tokens");
  const cost = field(model, "estimated_cost");
  return {
    provider,
    account: textOf(field(row, "organization_id")) ?? account,
    view: "1440m:actor,model",
    from,
    to: from + dayMs,
    use: "usage",
    model: textOf(field(model, "model")),
    actor,
    item: "claude_code",
    requestId: null,
    tokens: {
      ...noBilledTokens,
      input: countOf(field(tokens, "input")),
      cacheRead: countOf(field(tokens, "cache_read")),
      cacheWrite: countOf(field(tokens, "cache_creation")),
      output: countOf(field(tokens, "output")),
    },
    requests: null,
    ...noQuantity,
    currency: textOf(field(cost, "currency")) ?? "USD",
    billedNano: null,
    contractNano: null,
    listNano: parseCents(field(cost, "amount")),
    parts: [textOf(field(row, "terminal_type")), textOf(field(row, "customer_type"))],
  };
}
