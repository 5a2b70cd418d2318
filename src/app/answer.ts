import { notDistinguishable } from "../analysis/ranking.ts";
import { rules, unlinkedSentences } from "../attribution/fates.ts";
import type { Answer, AnswerRepository, DayRange, AnswerRollUp, Range, SourceRow, SpannedFate } from "../contract/answer.ts";
import { basisSentences } from "../contract/basis.ts";
import { fateNames, isObserved, notObservedByGit, rollUp, type RollUpName } from "../contract/fates.ts";
import type { MeasureQueryInput } from "../contract/query.ts";
import { allocationNames } from "../measures/span-columns.ts";
import type { Cell } from "../store/duckdb/database.ts";
import { fateSentences, problemSentences } from "./sentences.ts";
import type { Questions } from "./questions.ts";

/** What the answer needs beside the derived tables. */
export interface AnswerContext {
  readonly isSample: boolean;
  readonly ignoreTrailers: boolean;
  readonly sources: readonly SourceRow[];
  readonly problems: readonly {
    readonly code: string;
    readonly severity: "lost" | "notice";
    readonly count: number;
    readonly message: string;
  }[];
}

type AnswerRow = Readonly<Record<string, string | number | null>>;

const topRows = 8;
/** What of a bill no usage explains, by its kind. */
const remainderSentences = {
  unlogged: "It is on a bill and in no log: another machine, person or tool, or calls that agents do not log.",
  credit: "It is a credit of a bill, which belongs to no use.",
  tax: "It is tax of a bill, which belongs to no use.",
  other: "It is on a bill of an AI service and no use of a model.",
} as const;
const span = (row: AnswerRow | undefined, of: "fate" | "bought"): Range => ({
  low: number(row?.[`${of}_low_share`]),
  high: number(row?.[`${of}_high_share`]),
});
/** Of fixing the band reaches from what certain evidence tells to what may be one at all. */
const widened = ({ low, high }: Range, total: AnswerRow, spend: string): Range => {
  const wide = spend === "0" ? null : Number(text(total["spend_repair_wide"]) ?? "0") / Number(spend);
  return { low, high: high === null || wide === null ? high : Math.max(high, wide) };
};
const unknownSpan: Range = { low: null, high: null };

/** Days, of a time zone. */
export interface AskedRange extends DayRange {
  readonly timeZone: string;
}

/** First and last instant of the days asked for, as of the asked instant: to bind, null where they are open. */
interface Instants {
  readonly from: number | null;
  readonly until: number | null;
}

async function instantsOf({ database, asOf }: Questions, range: AskedRange | null): Promise<Instants> {
  if (range === null) return { from: null, until: asOf };
  const [row] = await database.all(
    `SELECT epoch_ms(timezone($zone, CAST($from AS TIMESTAMP))) AS first,
       epoch_ms(timezone($zone, CAST($to AS TIMESTAMP) + INTERVAL 1 DAY)) - 1 AS last`,
    { zone: range.timeZone, from: range.from, to: range.to },
  );
  const last = number(row?.["last"]);
  return { from: number(row?.["first"]), until: asOf === null ? last : Math.min(asOf, last ?? asOf) };
}

const between = (column: string): string =>
  `($from::BIGINT IS NULL OR ${column} >= $from) AND ($until::BIGINT IS NULL OR ${column} <= $until)`;

/** The main question, answered from the catalogue's measures. */
export async function answerQuestion(questions: Questions, context: AnswerContext, range: AskedRange | null = null): Promise<Answer> {
  const within = range === null ? {} : { range: { from: range.from, to: range.to }, timeZone: range.timeZone };
  const ask = async (input: MeasureQueryInput): Promise<AnswerRow[]> => (await questions.ask({ ...input, ...within })).rows;
  const instants = await instantsOf(questions, range);
  const one = async (measures: string[]): Promise<AnswerRow> => (await ask({ measures }))[0] ?? {};
  const total = await one([
    "spend",
    "usages",
    "sessions",
    "tokens_input",
    "tokens_cache_read",
    "tokens_cache_write_5m",
    "tokens_cache_write_1h",
    "tokens_output",
    "tokens_unpriced",
    "coverage_share",
    "changes_landed",
    "spend_landed_per_change",
    "ai_low_share",
    "ai_high_share",
    "spend_estimated",
    "final_share",
    "sub_agents_started",
    "sub_agents_not_observed",
    "sightings_per_usage",
    "spend_repair_wide",
  ]);
  const spend = text(total["spend"]) ?? "0";
  const byFate = await ask({ measures: ["spend", "fate_share", "fate_low_share", "fate_high_share"], by: ["fate"] });
  const byRollUp = await ask({
    measures: ["spend", "fate_share", "decided_fate_share", "fate_low_share", "fate_high_share"],
    by: ["roll_up"],
  });
  const byReason = await ask({ measures: ["spend"], by: ["unlinked_reason"], where: [{ dimension: "fate", values: ["unlinked"] }] });
  const byGrade = await ask({ measures: ["grade_share"], by: ["grade"] });
  const byFlow = await ask({ measures: ["spend"], by: ["flow"] });
  const byQuality = await ask({ measures: ["output_quality_share"], by: ["output_quality"] });
  const byModel = await ask({
    measures: ["spend", "usages", "bought_share", "bought_low_share", "bought_high_share", "tokens_unpriced"],
    by: ["model"],
  });
  const byWeek = await ask({ measures: ["spend"], by: ["roll_up"], grain: "week", limit: 10_000 });
  const survival = await ask({
    measures: ["line_survival_7", "line_survival_21", "lines_landed"],
    where: [{ dimension: "author_kind", values: ["agent", "mixed"] }],
  });
  const repositories = await repositoryRows(questions, ask, range === null ? null : instants);

  const forgeTold = await questions.forgeTold();
  const fates = fateNames.map((fate): SpannedFate => {
    const row = byFate.find((r) => r["fate"] === fate);
    const observed = isObserved(fate, text(row?.["spend"]), forgeTold);
    return {
      fate,
      nanoUsd: observed ? (text(row?.["spend"]) ?? "0") : null,
      share: observed ? number(row?.["fate_share"]) : null,
      span: observed ? (fate === "fixing" ? widened(span(row, "fate"), total, spend) : span(row, "fate")) : unknownSpan,
      sentence: fateSentences[fate],
    };
  });
  const finalShare = number(total["final_share"]);
  // What early counts lack is estimated at list prices; on other money it is not known.
  const isList = questions.basis === "list";
  const estimate: Answer["estimate"] = {
    shareOfUsages: finalShare === null || !isList ? null : 1 - finalShare,
    moreNanoUsd: (BigInt(text(total["spend_estimated"]) ?? "0") - BigInt(spend)).toString(),
    leaveOneOutError: await ruleError(questions),
  };
  const subAgents = {
    started: number(total["sub_agents_started"]) ?? 0,
    notObserved: number(total["sub_agents_not_observed"]) ?? 0,
  };
  const coverage = number(total["coverage_share"]);
  const period = await questions.database.all(
    `SELECT min(instant_ms) AS first, max(instant_ms) AS last FROM usage_d WHERE ${between("instant_ms")}`,
    { ...instants },
  );

  return {
    basis: questions.basis,
    basisSentence: basisSentences[questions.basis],
    asOf: questions.asOf === null ? null : new Date(questions.asOf).toISOString(),
    range: range === null ? null : { from: range.from, to: range.to },
    period: { from: dayOf(period[0]?.["first"]), to: dayOf(period[0]?.["last"]) },
    isSample: context.isSample,
    ignoreTrailers: context.ignoreTrailers,
    spendNanoUsd: spend,
    usages: number(total["usages"]) ?? 0,
    sessions: number(total["sessions"]) ?? 0,
    tokens: {
      input: number(total["tokens_input"]) ?? 0,
      cacheRead: number(total["tokens_cache_read"]) ?? 0,
      cacheWrite5m: number(total["tokens_cache_write_5m"]) ?? 0,
      cacheWrite1h: number(total["tokens_cache_write_1h"]) ?? 0,
      output: number(total["tokens_output"]) ?? 0,
      withoutPrice: number(total["tokens_unpriced"]) ?? 0,
    },
    unpriced: byModel
      .filter((row) => (number(row["tokens_unpriced"]) ?? 0) > 0)
      .map((row) => ({ model: String(row["model"]), usages: number(row["usages"]) ?? 0, tokens: number(row["tokens_unpriced"]) ?? 0 })),
    fates,
    rollUp: rollUpRows(byRollUp, forgeTold),
    residualNanoUsd: (BigInt(spend) - fates.reduce((sum, { nanoUsd }) => sum + BigInt(nanoUsd ?? 0), 0n)).toString(),
    unlinkedReasons: byReason.map((row) => {
      const reason = text(row["unlinked_reason"]) ?? "after_horizon";
      return {
        reason,
        sentence:
          unlinkedSentences[reason as keyof typeof unlinkedSentences] ??
          remainderSentences[reason as keyof typeof remainderSentences] ??
          reason,
        nanoUsd: text(row["spend"]) ?? "0",
      };
    }),
    coverage,
    byGrade: (["A", "B", "C", "none"] as const).map((grade) => ({
      grade,
      share: number(byGrade.find((row) => row["grade"] === grade)?.["grade_share"]),
    })),
    moved: { back: shareOf(byFlow, "back", spend), forward: shareOf(byFlow, "forward", spend) },
    quality: byQuality.map((row) => ({ quality: String(row["output_quality"]), share: number(row["output_quality_share"]) })),
    estimate,
    subAgents,
    sightingsPerUsage: number(total["sightings_per_usage"]),
    changesLanded: number(total["changes_landed"]) ?? 0,
    costPerLandedChangeNanoUsd: text(total["spend_landed_per_change"]),
    aiShareOfLandedLines: { low: number(total["ai_low_share"]), high: number(total["ai_high_share"]) },
    survival: [7, 21].map((days) => ({
      days,
      share: number(survival[0]?.[`line_survival_${days}`]),
      lines: number(survival[0]?.["lines_landed"]) ?? 0,
    })),
    notDistinguishable: await rankings(ask),
    repositories,
    models: byModel.map((row) => ({
      model: String(row["model"]),
      usages: number(row["usages"]) ?? 0,
      nanoUsd: text(row["spend"]),
      bought: number(row["bought_share"]),
      boughtSpan: span(row, "bought"),
    })),
    weeks: weeksOf(byWeek),
    topSessions: await topSessions(questions, ask),
    topChanges: await topChanges(questions, ask),
    sources: context.sources,
    problems: context.problems.map(({ code, severity, count, message }) => ({
      code,
      severity,
      count,
      sentence: problemSentences[code] ?? message,
    })),
    notKnown: await notKnown(questions, context, { coverage, estimate, subAgents, fates }, repositories, instants),
    ccusageSentence:
      "ccusage may print another total: it reads this computer's folders only, each file by itself, at one price table; Assay counts a response once across files, branches and forks, at the list price of its day.",
  };
}

const number = (cell: Cell | undefined): number | null => (cell === null || cell === undefined ? null : Number(cell));
const text = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : String(cell));
const dayOf = (cell: Cell | undefined): string | null =>
  cell === null || cell === undefined ? null : new Date(Number(cell)).toISOString().slice(0, 10);

function shareOf(rows: readonly AnswerRow[], flow: string, spend: string): number | null {
  if (spend === "0") return null;
  return Number(text(rows.find((row) => row["flow"] === flow)?.["spend"]) ?? "0") / Number(spend);
}

function rollUpRows(rows: readonly AnswerRow[], forgeTold: boolean): AnswerRollUp[] {
  const undecided: readonly RollUpName[] = ["ripening", "idle", "unknown"];
  return (Object.keys(rollUp) as RollUpName[]).map((name) => {
    const row = rows.find((r) => r["roll_up"] === name);
    const observed = rollUp[name].some((fate) => isObserved(fate, text(row?.["spend"]), forgeTold));
    return {
      name,
      nanoUsd: observed ? (text(row?.["spend"]) ?? "0") : null,
      shareOfSpend: observed ? (number(row?.["fate_share"]) ?? 0) : null,
      span: observed ? span(row, "fate") : unknownSpan,
      shareOfDecided: !observed || undecided.includes(name) ? null : (number(row?.["decided_fate_share"]) ?? 0),
    };
  });
}

function weeksOf(rows: readonly AnswerRow[]): Answer["weeks"] {
  const weeks = new Map<string, Record<string, string>>();
  for (const row of rows) {
    const week = String(row["time"]);
    const byGroup = weeks.get(week) ?? {};
    if (row["roll_up"] !== null) byGroup[String(row["roll_up"])] = text(row["spend"]) ?? "0";
    weeks.set(week, byGroup);
  }
  return [...weeks]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([week, byRollUp]) => ({
      week,
      byRollUp,
      nanoUsd: Object.values(byRollUp)
        .reduce((sum, nano) => sum + BigInt(nano), 0n)
        .toString(),
    }));
}

type Ask = (input: MeasureQueryInput) => Promise<AnswerRow[]>;

async function repositoryRows(questions: Questions, ask: Ask, within: Instants | null): Promise<AnswerRepository[]> {
  const known = await questions.database.all("SELECT * FROM repository_d ORDER BY repository_id");
  const commits = within === null ? null : await commitsWithin(questions, within);
  const money = await ask({ measures: ["spend", "bought_share", "bought_low_share", "bought_high_share"], by: ["repository"] });
  const changes = await ask({ measures: ["changes_landed"], by: ["repository"] });
  const lines = await ask({ measures: ["lines_landed"], by: ["repository", "author_kind"] });
  return known.map((row) => {
    const name = String(row["name"]);
    const spent = money.find((r) => r["repository"] === name);
    const landed = (kind: string): number =>
      number(lines.find((r) => r["repository"] === name && r["author_kind"] === kind)?.["lines_landed"]) ?? 0;
    return {
      id: row["repository_id"] as number,
      name,
      horizon: dayOf(row["horizon_ms"]),
      defaultBranch: text(row["default_branch"]),
      releaseRule: String(row["release_rule"]),
      spendNanoUsd: text(spent?.["spend"]) ?? "0",
      bought: number(spent?.["bought_share"]),
      boughtSpan: span(spent, "bought"),
      commits: commits === null ? (row["commits"] as number) : (commits.get(row["repository_id"]) ?? 0),
      changesLanded: number(changes.find((r) => r["repository"] === name)?.["changes_landed"]) ?? 0,
      linesLandedAgent: landed("agent"),
      linesLandedMixed: landed("mixed"),
      linesLandedPerson: landed("person"),
      linesLandedUnknown: landed("unknown"),
    };
  });
}

/** Commits of each repository's default branch. */
async function commitsWithin({ database }: Questions, within: Instants): Promise<ReadonlyMap<unknown, number>> {
  const rows = await database.all(
    `SELECT repository_id, count(*)::INTEGER AS commits FROM commit_d WHERE on_default AND ${between("commit_ms")} GROUP BY repository_id`,
    { ...within },
  );
  return new Map(rows.map((row) => [row["repository_id"], row["commits"] as number]));
}

/** Which ranks the choice of allocation makes, by share of the group's spend. */
async function rankings(ask: Ask): Promise<Answer["notDistinguishable"]> {
  const rank = async (by: "roll_up" | "model" | "repository"): Promise<(readonly [string, string])[]> => {
    const bought = { dimension: "roll_up", values: ["bought"] };
    const parts = await ask({
      measures: ["spend_allocated"],
      by: [by, "allocation"],
      where: by === "roll_up" ? [] : [bought],
      limit: 100_000,
    });
    const wholes = by === "roll_up" ? [] : await ask({ measures: ["spend"], by: [by], limit: 100_000 });
    const spendOf = new Map(wholes.map((row) => [row[by], Number(row["spend"] ?? 0)]));
    const groups = new Map<string, number[]>();
    for (const row of parts) {
      const whole = by === "roll_up" ? 1 : (spendOf.get(row[by] ?? null) ?? 0);
      const [id, place] = [text(row[by]), allocationNames.indexOf(String(row["allocation"]))];
      if (id === null || whole === 0) continue; // what has no name or no spend has no rank
      const values = groups.get(id) ?? allocationNames.map(() => 0);
      values[place] = Number(row["spend_allocated"] ?? 0) / whole;
      groups.set(id, values);
    }
    return notDistinguishable([...groups].map(([id, values]) => ({ id, values })));
  };
  return {
    rollUp: (await rank("roll_up")) as [RollUpName, RollUpName][],
    models: await rank("model"),
    repositories: await rank("repository"),
  };
}

async function topSessions(questions: Questions, ask: Ask): Promise<Answer["topSessions"]> {
  const rows = await ask({ measures: ["spend", "bought_share"], by: ["session"], limit: topRows });
  const cards = await questions.database.all(
    "SELECT s.*, r.name AS repository FROM session_d s LEFT JOIN repository_d r USING (repository_id)",
  );
  const byKey = new Map(cards.map((card) => [String(card["session_key"]), card]));
  return rows
    .filter((row) => row["session"] !== null)
    .map((row) => {
      const card = byKey.get(String(row["session"]));
      return {
        session: String(row["session"]),
        agent: String(card?.["agent"] ?? ""),
        startedAt: new Date(Number(card?.["first_ms"] ?? 0)).toISOString(),
        repository: text(card?.["repository"]),
        nanoUsd: text(row["spend"]) ?? "0",
        bought: number(row["bought_share"]),
      };
    });
}

async function topChanges(questions: Questions, ask: Ask): Promise<Answer["topChanges"]> {
  const rows = await ask({ measures: ["spend", "bought_share"], by: ["change", "changed_repository"], limit: topRows + 1 });
  const lines = new Map(
    (await ask({ measures: ["lines_landed"], by: ["change", "repository"], limit: 100_000 })).map((row) => [
      `${row["change"]}\u0000${row["repository"]}`,
      number(row["lines_landed"]) ?? 0,
    ]),
  );
  const landed = new Map(
    (await questions.database.all("SELECT k.change_key, k.landed_ms, r.name FROM change k JOIN repository_d r USING (repository_id)")).map(
      (row) => [`${row["change_key"]}\u0000${row["name"]}`, row["landed_ms"]],
    ),
  );
  return rows
    .filter((row) => row["change"] !== null)
    .slice(0, topRows)
    .map((row) => {
      const key = `${row["change"]}\u0000${row["changed_repository"]}`;
      return {
        change: String(row["change"]),
        repository: String(row["changed_repository"]),
        landedAt: dayOf(landed.get(key)),
        nanoUsd: text(row["spend"]) ?? "0",
        bought: number(row["bought_share"]),
        lines: lines.get(key) ?? 0,
      };
    });
}

/** What this answer cannot see, a sentence each, most telling first. */
async function notKnown(
  questions: Questions,
  context: AnswerContext,
  { coverage, estimate, subAgents, fates }: Pick<Answer, "coverage" | "estimate" | "subAgents" | "fates">,
  repositories: readonly AnswerRepository[],
  instants: Instants,
): Promise<string[]> {
  const sentences: string[] = [];
  if (coverage !== null && coverage < 1) sentences.push(`${percent(1 - coverage)} of the spend has no observable end (group "unknown").`);
  const found = new Set(fates.filter(({ nanoUsd }) => nanoUsd !== null).map(({ fate }) => fate));
  const names = rules.filter((rule) => notObservedByGit.includes(rule.name) && !found.has(rule.name)).map((rule) => rule.name);
  sentences.push(`Not observed from agent logs and git alone: ${names.join(", ")}. They are shown as "not observed", never as 0.`);
  sentences.push(...(await fixSentences(questions, instants)));
  const absent = context.sources.reduce((sum, source) => sum + source.absent, 0);
  if (absent > 0) sentences.push(`${absent} transcripts are listed but absent from this copy: their spend is in no total.`);
  const unread = context.problems
    .filter((problem) => problem.code === "format_not_supported")
    .reduce((sum, problem) => sum + problem.count, 0);
  if (unread > 0) sentences.push(`${unread} transcripts are of agents that are not read yet: their spend is in no total.`);
  if ((estimate.shareOfUsages ?? 0) >= 0.01) sentences.push(estimateSentence(estimate));
  if (subAgents.notObserved > 0)
    sentences.push(
      `${subAgents.notObserved} of ${subAgents.started} sub-agents are not observed: only their start is logged, their tokens are in no total.`,
    );
  if (context.sources.some((source) => source.source === "checkpoints" && source.files > 0)) {
    sentences.push(
      "Checkpoint branches hold only sessions that reached a commit: shares of thinking and abandoned work from them are too low, not to be quoted.",
    );
  }
  if (repositories.some((repository) => repository.releaseRule === "landing")) {
    sentences.push(
      `Landing counts as release in ${repositories
        .filter((r) => r.releaseRule === "landing")
        .map((r) => r.name)
        .join(", ")}: no release there within 90 days of the horizon.`,
    );
  }
  for (const { name, releaseRule } of repositories)
    if (releaseRule in releasedByForge) sentences.push(`${name}: ${releasedByForge[releaseRule]}`);
  sentences.push(...(await changesSentences(questions)));
  const [seen] = await questions.database.all(
    `SELECT count(*)::INTEGER AS n FROM session_d WHERE repository_id IS NULL AND ($from::BIGINT IS NULL OR last_ms >= $from)
       AND ($until::BIGINT IS NULL OR first_ms <= $until)`,
    { ...instants },
  );
  const unseen = number(seen?.["n"]) ?? 0;
  if (unseen > 0) sentences.push(`${unseen} sessions ran where no known repository is: give it with \`assay import --repo PATH\`.`);
  if (context.ignoreTrailers) sentences.push("Trailers and linking facts of checkpoints are ignored, as asked at import.");
  sentences.push("No line is called a person's: without positive evidence an author is unknown, so the AI share is a range.");
  return sentences;
}

const releasedByForge: Readonly<Record<string, string>> = {
  deployments:
    "lines are released by the deployments to production its forge tells of; what the first of these had, by a release or tag where that is earlier.",
  releases: "lines are released by the releases its forge tells of; what the first of these had, by a tag where that is earlier.",
};

/** On whose word changes stand as open, landed or closed. */
async function changesSentences(questions: Questions): Promise<string[]> {
  const rows = await questions.database.all("SELECT name, forge, forge_until_ms FROM repository_d ORDER BY name");
  const told = rows.filter((row) => row["forge"] !== null);
  const names = rows.filter((row) => row["forge"] === null).map((row) => String(row["name"]));
  const sentences = told.map(
    (row) =>
      `Changes of ${String(row["name"])} are as its forge tells (until ${String(dayOf(row["forge_until_ms"]))}), its commits as git tells.`,
  );
  if (names.length > 0)
    sentences.push(
      `Changes of ${names.join(", ")} are as git alone lets guess: landed by the subjects of merges and squashes and by pull heads; closed ones are not told from idle ones. \`assay import --forge FILE\` reads what the forge knows.`,
    );
  return sentences;
}

/** Fixes by whose lines they repair; a bare "fix" is a candidate, counted and not charged. */
async function fixSentences(questions: Questions, instants: Instants): Promise<string[]> {
  const [row] = await questions.database.all(
    `SELECT count(*)::INTEGER AS fixes, count(*) FILTER (WHERE strength = 'candidate')::INTEGER AS candidates,
       count(*) FILTER (WHERE narrow = 'agent')::INTEGER AS narrow, count(*) FILTER (WHERE wide = 'agent')::INTEGER AS wide,
       count(*) FILTER (WHERE wide = 'person')::INTEGER AS persons, count(*) FILTER (WHERE wide = 'unknown')::INTEGER AS unknown,
       count(*) FILTER (WHERE wide = 'untraced')::INTEGER AS untraced
     FROM fix_d WHERE ${between("fixed_ms")}`,
    { ...instants },
  );
  const of = (name: string): number => number(row?.[name]) ?? 0;
  if (of("fixes") === 0) return [];
  return [
    `Of ${of("fixes")} fixes ${of("candidates")} only say so: candidates, not charged. Traced to agents' lines: ${of("narrow")} … ${of("wide")} (narrow … wide); of the rest, at the widest, ${of("persons")} to persons, ${of("unknown")} to unknown authors, ${of("untraced")} to none.`,
  ];
}

/** Error of the rules, each weighed by the responses it estimates. */
async function ruleError(questions: Questions): Promise<number | null> {
  // The measure that was asked first has filled the table.
  const [row] = await questions.database.all(
    "SELECT sum(leave_one_out_error * usages) / sum(usages) AS error FROM output_rule WHERE leave_one_out_error IS NOT NULL",
  );
  return number(row?.["error"]);
}

function estimateSentence({ shareOfUsages, moreNanoUsd, leaveOneOutError }: Answer["estimate"]): string {
  const dollars = (Number(moreNanoUsd) / 1e9).toFixed(2);
  const error =
    leaveOneOutError === null ? "by a stated default" : `by the final counts; off by ${percent(leaveOneOutError)} for one response`;
  return `${percent(shareOfUsages ?? 0)} of the responses log their output count before they end: output tokens are a lower bound; estimated +$${dollars} (${error}), which no other number here contains.`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
