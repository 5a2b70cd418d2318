/** What each format makes of its fixture: amounts, disjoint tokens and what was refused, worked out by hand. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { anthropicClaudeCode, anthropicCost, anthropicCostReport, anthropicUsage } from "./anthropic/index.ts";
import type { BillLine, BillReading, DocumentFormat, TableFormat } from "./bill.ts";
import { CsvReader } from "./csv.ts";
import { cursorEvents, cursorExport } from "./cursor/index.ts";
import { copilotBilling, copilotReport } from "./github-copilot/index.ts";
import { langfuseObservations } from "./langfuse/index.ts";
import { litellmSpend, litellmTable } from "./litellm/index.ts";
import { openaiCosts, openaiUsage } from "./openai/index.ts";
import { openrouterActivity } from "./openrouter/index.ts";

const textOf = (name: string): string => readFileSync(new URL(`../../test/fixtures/bills/${name}`, import.meta.url), "utf8");

function documents(format: DocumentFormat, name: string): BillReading {
  const text = textOf(`${format.id}/${name}`);
  const values: unknown[] = name.endsWith(".jsonl")
    ? text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [JSON.parse(text)].flat();
  return format.read(
    values.filter((value) => format.recognises(value)),
    { name: "f", version: 1 },
  );
}

function table(format: TableFormat, name: string): BillReading {
  const reader = new CsvReader();
  const records = [...reader.push(textOf(`${format.id}/${name}`)), ...reader.end().records];
  const [head, ...rows] = records.map(({ cells }) => cells);
  const readings = rows.map((cells, r) =>
    format.readRow(Object.fromEntries((head ?? []).map((column, c) => [column.toLowerCase(), cells[c] ?? ""])), `f:${r + 2}`),
  );
  return { lines: readings.flatMap(({ lines }) => lines), problems: readings.flatMap(({ problems }) => problems) };
}

/** The tokens a line tells, as `input read 5m 1h write output`. */
const tokensOf = ({ tokens }: BillLine): string =>
  [tokens.input, tokens.cacheRead, tokens.cacheWrite5m, tokens.cacheWrite1h, tokens.cacheWrite, tokens.output]
    .map((count) => count ?? "-")
    .join(" ");
const refused = ({ problems }: BillReading): string[] => problems.map(({ code, locator }) => `${code} ${locator}`);
const day = (text: string): number => Date.parse(text);

test("Anthropic's analytics: fractional cents, the list price beside them, one view over all pages", () => {
  const told = documents(anthropicCost, "pages.jsonl");
  expect(told.lines.map(({ billedNano, listNano, model, actor, item }) => [billedNano, listNano, model, actor, item])).toEqual([
    [4_005_000_000n, 5_000_000_000n, "claude-opus-4-6", "ada@example.com", "tokens uncached_input_tokens"],
    [20_000_000_001n, 25_000_000_000n, "claude-opus-4-6", "ada@example.com", "tokens output_tokens"], // half a nano-dollar rounds away from zero
    [400_000_000n, 500_000_000n, "claude-haiku-4-5", "grace@example.com", "tokens output_tokens"],
  ]);
  expect(new Set(told.lines.map(({ view }) => view))).toEqual(new Set(["1440m:actor,cost_type,model,product,token_type"]));
  expect(told.lines[0]).toMatchObject({ from: day("2026-03-02"), to: day("2026-03-03"), provider: "anthropic", use: "usage" });
  expect(refused(told)).toEqual(["bill_line_unreadable f#3.0"]);
});

test("Anthropic's cost report: cents as text; what is no token has no model", () => {
  const { lines } = documents(anthropicCostReport, "report.json");
  expect(lines.map(({ billedNano, model, item }) => [billedNano, model, item])).toEqual([
    [1_234_500_000n, "claude-opus-4-6", "Claude Opus 4.6 Usage - Input Tokens"],
    [5_000_000n, null, "Web Search Usage"],
  ]);
});

test("Anthropic's usage, of both APIs: cached tokens are beside the input, no money is told", () => {
  expect(documents(anthropicUsage, "analytics.json").lines.map(tokensOf)).toEqual(["1000 20000 300 40 - 500"]);
  const { lines } = documents(anthropicUsage, "report.json");
  expect(lines.map(tokensOf)).toEqual(["11 22 3 4 - 5"]);
  expect(lines[0]).toMatchObject({ billedNano: null, listNano: null, view: "1440m:context_window,model,service_tier,workspace_id" });
});

test("Claude Code analytics: an estimate in cents is a list price, not a bill", () => {
  const { lines } = documents(anthropicClaudeCode, "report.json");
  expect(lines).toMatchObject([
    { billedNano: null, listNano: 1_025_000_000n, actor: "ada@example.com", account: "org-1", model: "claude-opus-4-6" },
  ]);
  expect(lines.map(tokensOf)).toEqual(["100 10 - - 5 35"]);
});

test("OpenAI's costs: dollars by line item, whose head is the model", () => {
  const { lines } = documents(openaiCosts, "costs.json");
  expect(lines.map(({ billedNano, model, currency }) => [billedNano, model, currency])).toEqual([
    [60_000_000n, "gpt-4.1-2025-04-14", "USD"],
    [15_000_000n, "gpt-4.1-2025-04-14", "USD"],
    [10_000_000n, null, "USD"],
  ]);
  expect(lines[0]).toMatchObject({ from: day("2026-03-02"), to: day("2026-03-03"), view: "1440m:line_item,project_id" });
});

test("OpenAI's usage: input less what was read from and written to the cache; more cached than input is refused", () => {
  const told = documents(openaiUsage, "completions.json");
  expect(told.lines.map(tokensOf)).toEqual(["400 4000 - - 600 700"]); // 5,000 − 4,000 − 600
  expect(told.lines[0]?.requests).toBe(3);
  expect(refused(told)).toEqual(["bill_line_unreadable f#0.1"]);
});

test("Copilot: gross is the list price, net is billed; seats are seats, minutes of CI are no AI", () => {
  const credits = documents(copilotBilling, "credits.json");
  expect(credits.lines).toMatchObject([
    {
      billedNano: 1_228_963_000n,
      listNano: 3_511_325_000n,
      quantityNano: 351_132_420_000n,
      unit: "ai-credits",
      use: "usage",
      model: "Claude Opus 4.5",
      actor: "ada",
      from: day("2026-03-01"),
      to: day("2026-04-01"),
    },
  ]);
  expect(refused(credits)).toEqual(["bill_line_not_ai f"]);
  expect(documents(copilotBilling, "usage.json").lines).toMatchObject([
    { use: "seat", billedNano: 47_500_000_000n, from: day("2026-03-02"), account: "acme" },
  ]);
  const report = table(copilotReport, "report.csv");
  expect(report.lines.map(({ use, billedNano, listNano, actor }) => [use, billedNano, listNano, actor])).toEqual([
    ["usage", 200_000_000n, 1_200_000_000n, "ada"],
    ["seat", 19_000_000_000n, 19_000_000_000n, "grace"],
  ]);
  expect(report.lines.map(tokensOf)).toEqual(["1000 30000 - - 400 2000", "- - - - - -"]);
  expect(refused(report)).toEqual(["bill_line_not_ai f", "bill_line_unreadable f:5"]);
});

test("Cursor: cents charged, tokens disjoint; what a plan includes was charged nothing", () => {
  const events = documents(cursorEvents, "events.json");
  expect(events.lines.map(({ from, billedNano, listNano }) => [from, billedNano, listNano])).toEqual([
    [day("2026-03-02T10:00:00Z"), 135_000_000n, 125_000_000n],
    [day("2026-03-02T10:00:00Z"), 135_000_000n, 125_000_000n],
    [day("2026-03-02T11:00:00Z"), 0n, 125_000_000n],
  ]);
  expect(events.lines.map(tokensOf)).toEqual(Array(3).fill("100 1000 - - 50 200"));
  expect(refused(events)).toEqual(["bill_line_unreadable f#0.3"]);
  const exported = table(cursorExport, "usage.csv");
  expect(exported.lines.map(({ billedNano, actor }) => [billedNano, actor])).toEqual([
    [130_000_000n, "ada@example.com"],
    [0n, "ada@example.com"],
  ]);
  expect(exported.lines.map(tokensOf)).toEqual(["100 1000 - - 50 200", "100 0 - - 0 20"]);
  expect(refused(exported)).toEqual(["bill_line_unreadable f:4"]);
});

test("OpenRouter: dollars charged; a prompt of which nobody says what was cached is no count of fresh input", () => {
  const told = documents(openrouterActivity, "activity.json");
  expect(told.lines).toMatchObject([{ billedNano: 15_000_000n, quantityNano: 50_000_000_000n, unit: "prompt tokens", requests: 5 }]);
  expect(told.lines.map(tokensOf)).toEqual(["- - - - - 125"]);
  expect(refused(told)).toEqual(["bill_line_unreadable f#1"]);
});

test("LiteLLM: its own sum is a list price; cached tokens come out of the prompt; the id of the response is kept", () => {
  const logs = documents(litellmSpend, "logs.json");
  expect(logs.lines.map(({ provider, requestId, billedNano, listNano }) => [provider, requestId, billedNano, listNano])).toEqual([
    ["anthropic", "msg_1", null, 10_500_000n],
    ["aws", "chatcmpl-2", null, 10_500_000n],
  ]);
  expect(logs.lines.map(tokensOf)).toEqual(["200 1000 - - 300 200", "1500 - - - - 200"]);
  expect(refused(logs)).toEqual(["bill_line_unreadable f#2"]);
  const rows = table(litellmTable, "spend.csv");
  expect(rows.lines.map(tokensOf)).toEqual(["200 1000 - - 300 200"]);
  expect(rows.lines[0]).toMatchObject({ from: day("2026-03-02T10:00:00Z"), to: day("2026-03-02T10:00:05Z"), account: "core" });
  expect(refused(rows)).toEqual(["bill_line_unreadable f:3"]);
});

test("Langfuse: kinds of usage are disjoint, reasoning is beside output; spans without usage are no lines", () => {
  const told = documents(langfuseObservations, "observations.jsonl");
  expect(told.lines.map(({ provider, requestId, listNano }) => [provider, requestId, listNano])).toEqual([
    ["anthropic", "obs-1", 10_500_000n],
    ["openai", "obs-3", 400_000n],
  ]);
  expect(told.lines.map(tokensOf)).toEqual(["200 1000 - - 300 150", "60 40 - - - 42"]);
  expect(refused(told)).toEqual(["bill_line_unreadable f#3"]);
});
