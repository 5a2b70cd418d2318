import { readFile } from "node:fs/promises";
import { type OwnCell, type OwnTokens, compareWithTool } from "../bills/tool-comparison.ts";
import { type ToolReport, type ToolRow, readToolReport } from "../bills/tool-report.ts";
import type { ToolComparison } from "../contract/bills.ts";
import { UserError } from "../contract/errors.ts";
import { createPriceBook } from "../prices/price-book.ts";
import type { Database } from "../store/duckdb/database.ts";
import type { Config } from "./config.ts";
import { listPriceOf } from "./list-price.ts";

export interface CompareAsked {
  /** What the tool is called. */
  readonly tool: string;
  /** Its report as JSON; absolute. */
  readonly file: string;
  /** Whose days the report has. */
  readonly timeZone: string;
}

/** Names tools have for agents. */
const agentNames: Readonly<Record<string, string>> = {
  claude: "claude-code",
  gemini: "gemini-cli",
  copilot: "copilot-cli",
  qwen: "qwen-code",
};

/**
 * Explains why a tool's total is not the list price of what is stored.
 * @throws UserError `no_such_file`, `tool_report_unknown`
 */
export async function compareTool(derived: Database, config: Config, asked: CompareAsked): Promise<ToolComparison> {
  const report = await readReport(asked.file);
  const days = report.rows.flatMap(({ day }) => day ?? []).sort();
  const lastDays = report.rows.flatMap(({ lastDay }) => lastDay ?? []).sort();
  const span = { from: days[0] ?? null, to: lastDays.at(-1) ?? null, timeZone: asked.timeZone };
  const book = createPriceBook(config.prices);
  const cells = await ownCells(derived, report, span);
  const instant = span.to === null ? await newestUsage(derived) : Date.parse(span.to);
  const told = compareWithTool(report, cells, (model, tokens) => listPriceOf(book, null, model, instant, { ...tokens, cacheWrite: null }));
  return { tool: asked.tool, ...told, days: await dayAgreement(derived, report, span) };
}

async function readReport(file: string): Promise<ToolReport> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new UserError("no_such_file", `${file} cannot be read.`, { hint: "Give a file with the tool's JSON.", cause });
  }
  let report: ToolReport | null = null;
  try {
    report = readToolReport(JSON.parse(text));
  } catch (cause) {
    throw new UserError("tool_report_unknown", `${file} is no JSON.`, { hint: "Write it with the tool's --json.", cause });
  }
  if (report === null)
    throw new UserError("tool_report_unknown", `${file} is no report of a tool that is known.`, {
      hint: "It takes JSON as `ccusage daily --json` prints it.",
    });
  return report;
}

interface Span {
  readonly from: string | null;
  readonly to: string | null;
  readonly timeZone: string;
}

const dayOf = "CAST(CAST(timezone($zone, timezone('UTC', epoch_ms(instant_ms))) AS DATE) AS VARCHAR)";
const tokenColumns = "input, cache_read, cache_write_5m, cache_write_1h, output";

async function ownCells(derived: Database, { agents }: ToolReport, { from, to, timeZone }: Span): Promise<OwnCell[]> {
  const read = agents.map((agent) => (Object.hasOwn(agentNames, agent) ? (agentNames[agent] as string) : agent));
  const rows = await derived.all(
    `SELECT model, coalesce(sub_agent, false) AS sub_agent,
       CASE WHEN $agents <> '' AND NOT list_contains(string_split($agents, ' '), agent) THEN 'other_agent'
         WHEN source = 'checkpoints' THEN 'checkpoint_only'
         WHEN $from::VARCHAR IS NOT NULL AND (${dayOf} < $from OR ${dayOf} > $to) THEN 'outside_period' ELSE 'in' END AS scope,
       ${tokenColumns
         .split(", ")
         .map((column) => `CAST(sum(${column}) AS BIGINT) AS ${column}`)
         .join(", ")},
       CAST(sum(sighted_tokens) AS BIGINT) AS sighted, CAST(sum(coalesce(c.list_nano_usd, 0)) AS BIGINT) AS nano,
       CAST(sum(CASE WHEN c.list_nano_usd IS NULL THEN input + cache_read + cache_write_5m + cache_write_1h + output ELSE 0 END) AS BIGINT) AS unpriced
     FROM usage_d JOIN charge c USING (usage_id) GROUP BY ALL ORDER BY ALL`,
    { agents: read.join(" "), from, to, zone: timeZone },
  );
  return rows.map((row) => ({
    model: String(row["model"]),
    scope: row["scope"] as OwnCell["scope"], // one of the four words of the statement
    subAgent: row["sub_agent"] === true,
    nano: BigInt(String(row["nano"])),
    unpricedTokens: Number(row["unpriced"]),
    sightedTokens: Number(row["sighted"]),
    tokens: {
      input: Number(row["input"]),
      cacheRead: Number(row["cache_read"]),
      cacheWrite5m: Number(row["cache_write_5m"]),
      cacheWrite1h: Number(row["cache_write_1h"]),
      output: Number(row["output"]),
    } satisfies OwnTokens,
  }));
}

async function newestUsage(derived: Database): Promise<number> {
  const [row] = await derived.all("SELECT coalesce(max(instant_ms), 0) AS newest FROM usage_d");
  return Number(row?.["newest"]);
}

/** Whether the days are the same days: tokens of each, and what stands on another day here. Only reports by day can be compared so. */
async function dayAgreement(derived: Database, { rows, agents }: ToolReport, span: Span): Promise<ToolComparison["days"]> {
  const { from, to, timeZone } = span;
  if (from === null || to === null || rows.some(({ day, lastDay }) => day !== lastDay)) return null;
  const theirs = new Map<string, { tokens: number; cost: bigint }>();
  for (const row of rows) {
    const known = theirs.get(row.day ?? "") ?? { tokens: 0, cost: 0n };
    theirs.set(row.day ?? "", { tokens: known.tokens + tokensOf(row), cost: known.cost + row.costNanoUsd });
  }
  const named = agents.map((agent) => (Object.hasOwn(agentNames, agent) ? (agentNames[agent] as string) : agent)).join(" ");
  const own = await derived.all(
    `SELECT ${dayOf} AS day, CAST(sum(input + cache_read + cache_write_5m + cache_write_1h + output) AS BIGINT) AS tokens,
       CAST(sum(coalesce(c.list_nano_usd, 0)) AS BIGINT) AS nano
     FROM usage_d JOIN charge c USING (usage_id)
     WHERE source <> 'checkpoints' AND ($agents = '' OR list_contains(string_split($agents, ' '), agent)) GROUP BY ALL ORDER BY ALL`,
    { zone: timeZone, agents: named },
  );
  const ours = new Map(own.map((row) => [String(row["day"]), { tokens: Number(row["tokens"]), nano: BigInt(String(row["nano"])) }]));
  let [more, less] = [0n, 0n];
  for (const [day, { cost }] of theirs) {
    const gap = (ours.get(day)?.nano ?? 0n) - cost;
    if (gap > 0n) more += gap;
    else less -= gap;
  }
  const equal = [...theirs].filter(([day, { tokens }]) => ours.get(day)?.tokens === tokens).length;
  return { from, to, timeZone, reported: theirs.size, equal, movedNanoUsd: (more < less ? more : less).toString() };
}

const tokensOf = ({ input, output, cacheRead, cacheWrite }: ToolRow): number => input + output + cacheRead + cacheWrite;
