/** The whole way on the invented organisation, from its home folder to the ledger, held against what its generator did. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Assay, Audit, ImportSummary } from "../../src/app/assay.ts";
import { Questions } from "../../src/app/questions.ts";
import { defaultFateParameters } from "../../src/contract/fates.ts";
import type { TruthLine } from "../../src/sample/truth.ts";
import { Database } from "../../src/store/duckdb/database.ts";
import { type Sample, Scratch, importInto, makeSample, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const store = scratch.next();
let sample: Sample;
let summary: ImportSummary;
let assay: Assay;
let audit: Audit;
let questions: Questions;

beforeAll(async () => {
  sample = await makeSample(scratch.next("sample"));
  summary = await importInto(store, { home: sample.home });
  assay = openStore(store);
  audit = await assay.audit({ asOf: null, links: true });
  questions = await Questions.open(store, null, defaultFateParameters);
}, 120_000);
afterAll(() => {
  questions.close();
  scratch.remove();
});

const sum = (parts: Iterable<bigint>): bigint => [...parts].reduce((total, part) => total + part, 0n);

/** Dollars a million tokens at list prices, by hand: fresh input, output, read from cache, written for 5 minutes, for an hour. */
const listPrices: Readonly<Record<string, readonly [number, number, number, number, number]>> = {
  "claude-haiku-4-5-20251001": [1, 5, 0.1, 1.25, 2],
  "claude-sonnet-4-5-20250929": [3, 15, 0.3, 3.75, 6],
  "claude-opus-4-5-20251101": [5, 25, 0.5, 6.25, 10],
  "claude-opus-4-6": [5, 25, 0.5, 6.25, 10],
};

type Counts = Sample["truth"]["totals"]["counts"];

function listNanoUsd(model: string, counts: Counts): bigint {
  const [input, output, read, write5m, write1h] = (listPrices[model] ?? []).map((dollars) => BigInt(Math.round(dollars * 1_000))) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const { cacheRead, cacheWrite5m, cacheWrite1h } = counts;
  return (
    BigInt(counts.input) * input +
    BigInt(counts.output) * output +
    BigInt(cacheRead) * read +
    BigInt(cacheWrite5m) * write5m +
    BigInt(cacheWrite1h) * write1h
  );
}

describe("an import by the home folder alone", () => {
  it("loses nothing and has nothing to complain of", () => {
    expect([summary.problems, summary.lost, summary.changed]).toEqual([[], 0, true]);
  });

  it("finds the repositories by the folders that sessions ran in", () => {
    expect(summary.repositories).toBe(2);
    const { repositories } = sample.truth;
    const told = repositories.map(({ horizonAt, commits, pulls, releases }) => [
      new Date(horizonAt).toISOString(),
      commits.filter((commit) => commit.onDefault).length,
      pulls.length,
      pulls.filter((pull) => pull.landedCommit !== null).length,
      releases.length,
    ]);
    const found = audit.repositories.map((row) => [row.horizon, row.commits, row.pullRequests, row.pullRequestsLanded, row.releases]);
    expect(found.sort()).toEqual(told.sort());
  });

  it("counts each response once, however many sessions repeat it, and every token of every model", () => {
    const { sessions, usages, subagentUsages } = sample.truth.totals;
    expect(audit.sources[0]).toMatchObject({ source: "claude-code", sessions, usages, subagentUsages, absent: 0, problems: 0 });
    expect(
      audit.usage.map(({ agent: _agent, reasoning: _reasoning, costNanoUsd: _cost, model, usages: n, ...counts }) => ({
        model,
        usages: n,
        counts,
      })),
    ).toEqual(sample.truth.models);
  });

  it("prices every model as its list does", () => {
    for (const { model, costNanoUsd } of audit.usage) {
      const told = sample.truth.models.find((row) => row.model === model);
      expect([model, costNanoUsd]).toEqual([model, listNanoUsd(model, told?.counts as Counts).toString()]);
    }
    expect(audit.ledger.costNanoUsd).toBe(sum(sample.truth.models.map(({ model, counts }) => listNanoUsd(model, counts))).toString());
  });

  it("gives every dollar one fate: in the audit and in the answer, they add up to the spend", async () => {
    const answer = await assay.answer({ asOf: null });
    const { costNanoUsd, fates, residualNanoUsd } = audit.ledger;
    expect(sum(Object.values(fates).map((nano) => BigInt(nano ?? 0)))).toBe(BigInt(costNanoUsd));
    expect([residualNanoUsd, answer.residualNanoUsd]).toEqual(["0", "0"]);
    expect(answer.spendNanoUsd).toBe(costNanoUsd);
    expect(Object.fromEntries(answer.fates.map(({ fate, nanoUsd }) => [fate, nanoUsd]))).toEqual(fates);
    expect(sum(answer.rollUp.map(({ nanoUsd }) => BigInt(nanoUsd ?? 0)))).toBe(BigInt(costNanoUsd));
    expect(sum(answer.weeks.map(({ nanoUsd }) => BigInt(nanoUsd)))).toBe(BigInt(costNanoUsd));
  });
});

describe("the audit", () => {
  const names = (rows: readonly object[]): string[][] =>
    [...new Set(rows.map((row) => Object.keys(row).join(" ")))].map((keys) => keys.split(" "));

  it("has the keys it promises, and no others", () => {
    expect(Object.keys(audit)).toEqual(["sources", "usage", "repositories", "ledger", "links"]);
    expect(names(audit.sources)).toEqual([
      ["source", "files", "bytes", "absent", "sessionIds", "sessions", "usages", "subagentUsages", "problems"],
    ]);
    expect(names(audit.usage)).toEqual([
      ["agent", "model", "usages", "input", "output", "reasoning", "cacheRead", "cacheWrite5m", "cacheWrite1h", "costNanoUsd"],
    ]);
    const ofCommits = "id horizon commits commitsAllRefs merges commitsWithTrailer checkpointsNamed checkpointsMissing";
    const ofChanges = "pullRequests pullRequestsLanded changes changesLanded releases linesEver linesAlive";
    expect(names(audit.repositories)).toEqual([`${ofCommits} ${ofChanges}`.split(" ")]);
    expect(names(audit.links ?? [])).toEqual([["session", "commit", "grade", "method", "confidence", "lines"]]);
  });

  it("leaves the links out where they are not asked for", async () => {
    expect(Object.keys(await assay.audit({ asOf: null, links: false }))).toEqual(["sources", "usage", "repositories", "ledger"]);
  });

  it("names every fate, those that git and logs cannot show with null", () => {
    expect(Object.keys(audit.ledger)).toEqual(["basis", "costNanoUsd", "fates", "residualNanoUsd"]);
    expect(audit.ledger.basis).toBe("list");
    const hidden = ["unused", "fixing", "review", "burn"];
    const shown = ["unlinked", "reverted", "stuck", "maturing", "rework", "removed", "superseded", "in_flight", "abandoned", "no_artefact"];
    expect(Object.keys(audit.ledger.fates).sort()).toEqual([...hidden, ...shown].sort());
    for (const [fate, nano] of Object.entries(audit.ledger.fates)) {
      if (hidden.includes(fate)) expect([fate, nano]).toEqual([fate, null]);
      else expect(BigInt(nano as string) > 0n, `${fate} ${nano}`).toBe(true);
    }
  });

  it("says nothing else next month, or when it is asked as of a day that no fact reaches", async () => {
    const later = openStore(store, () => sample.truth.endsAt + 31 * day);
    expect(await later.audit({ asOf: null, links: true })).toEqual(audit);
    expect(await later.audit({ asOf: sample.truth.endsAt + 31 * day, links: true })).toEqual(audit);
  });
});

/** Lines whose author a transcript shows. */
const isLogged = (line: TruthLine): line is TruthLine & { readonly session: string } => line.witness === "logged" && line.session !== null;

describe("links", () => {
  it("find 95 % of the commits that hold lines a session wrote, and are right nine times in ten", () => {
    const wanted = new Set<string>();
    const right = new Set<string>();
    for (const line of sample.truth.lines) {
      if (line.session === null || line.author !== "agent") continue;
      if (isLogged(line) && line.commit !== null) wanted.add(`${line.session} ${line.commit}`);
      for (const commit of [line.commit, line.landedCommit]) if (commit !== null) right.add(`${line.session} ${commit}`);
    }
    const found = new Set((audit.links ?? []).map(({ session, commit }) => `${session} ${commit}`));
    expect(wanted.size).toBeGreaterThan(100);
    expect([...wanted].filter((pair) => found.has(pair)).length / wanted.size).toBeGreaterThanOrEqual(0.95);
    expect([...found].filter((pair) => right.has(pair)).length / found.size).toBeGreaterThanOrEqual(0.9);
  });

  it("reach the squash commits that carry a session's lines to the default branch", () => {
    const squashing = new Set(sample.truth.repositories.filter(({ habit }) => habit === "squash").map(({ name }) => name));
    const wanted = new Set(
      sample.truth.lines
        .filter((line) => isLogged(line) && line.landedCommit !== null && squashing.has(line.repository))
        .map((line) => `${line.session} ${line.landedCommit}`),
    );
    const found = new Set((audit.links ?? []).map(({ session, commit }) => `${session} ${commit}`));
    expect(wanted.size).toBeGreaterThan(30);
    expect([...wanted].filter((pair) => found.has(pair)).length / wanted.size).toBeGreaterThanOrEqual(0.95);
  });

  it("call no line of a commit an agent's that only persons worked on", async () => {
    const touched = new Set<string>();
    const byAgents = new Set<string>();
    for (const line of sample.truth.lines) {
      for (const commit of [line.commit, line.landedCommit, line.diedCommit]) {
        if (commit === null) continue;
        touched.add(commit);
        if (line.author === "agent") byAgents.add(commit);
      }
    }
    // A re-land brings back an agent's lines with their author, whoever lands it (RULINGS 26).
    const commits = sample.truth.repositories.flatMap((repository) => repository.commits);
    const reverts = new Set(commits.filter((commit) => commit.reverts !== null).map((commit) => commit.hash));
    const relands = new Set(
      commits.filter((commit) => commit.reverts !== null && reverts.has(commit.reverts)).map((commit) => commit.hash),
    );
    const byPersons = [...touched].filter((commit) => !byAgents.has(commit) && !relands.has(commit));
    expect(byPersons.length).toBeGreaterThan(20);
    const runs = await questions.database.all("SELECT born_commit, author_kind, sum(lines)::INTEGER AS lines FROM run GROUP BY ALL");
    const theirs = runs.filter((run) => byPersons.includes(String(run["born_commit"])));
    expect(theirs.length).toBeGreaterThan(20);
    expect(theirs.filter((run) => run["author_kind"] === "agent" || run["author_kind"] === "mixed")).toEqual([]);
    expect((audit.links ?? []).filter(({ commit }) => byPersons.includes(commit))).toEqual([]);
  });
});

interface FateScore {
  /** Dollars the truth gives the fate, of all dollars compared. */
  readonly share: number;
  readonly recall: number;
  readonly precision: number;
}

/**
 * The dollars of each segment that wrote lines by the fates of these lines as the truth tells them, against its strands.
 * Lines count alike, generated ones nothing; what a turn spent on drafts alone is left out.
 */
async function scoreFates(): Promise<{ scores: Map<string, FateScore>; comparedNanoUsd: number }> {
  const linesOf = new Map<string, TruthLine[]>();
  for (const line of sample.truth.lines) {
    if (!isLogged(line) || line.messageId === null || line.fate === null || line.draft || /(package-lock\.json|go\.sum)$/.test(line.path))
      continue;
    linesOf.set(line.messageId, [...(linesOf.get(line.messageId) ?? []), line]);
  }
  const usages = await questions.database.all(
    "SELECT u.usage_key, u.segment_id, c.list_nano_usd::DOUBLE AS nano FROM usage_d u JOIN charge c USING (usage_id)",
  );
  const segments = new Map<number, { nano: number; lines: TruthLine[] }>();
  for (const usage of usages) {
    const segment = segments.get(usage["segment_id"] as number) ?? { nano: 0, lines: [] };
    segment.nano += usage["nano"] as number;
    segment.lines.push(...(linesOf.get(String(usage["usage_key"]).replace(/^.*:/, "")) ?? []));
    segments.set(usage["segment_id"] as number, segment);
  }
  const strands = await questions.database.all(
    `SELECT segment_id, fate, sum(weight_to - weight_from)::DOUBLE / any_value(weight_total) AS share
     FROM strand JOIN strand_fate USING (strand_id) JOIN segment USING (segment_id) WHERE kind = 'edit' AND flow = 'own' GROUP BY segment_id, fate`,
  );
  const told = new Map<string, number>();
  const found = new Map<string, number>();
  const both = new Map<string, number>();
  const add = (counts: Map<string, number>, fate: string, nano: number): void => void counts.set(fate, (counts.get(fate) ?? 0) + nano);
  const shareOf = (lines: readonly TruthLine[], fate: string): number => lines.filter((line) => line.fate === fate).length / lines.length;
  let comparedNanoUsd = 0;
  const compared = new Set<number>();
  for (const strand of strands) {
    const id = strand["segment_id"] as number;
    const segment = segments.get(id);
    if (!segment || segment.lines.length === 0) continue;
    const fate = String(strand["fate"]);
    const nano = segment.nano * (strand["share"] as number);
    add(found, fate, nano);
    add(both, fate, Math.min(nano, segment.nano * shareOf(segment.lines, fate)));
    if (compared.has(id)) continue;
    compared.add(id);
    comparedNanoUsd += segment.nano;
    for (const line of segment.lines) add(told, line.fate as string, segment.nano / segment.lines.length);
  }
  const scores = new Map<string, FateScore>();
  for (const fate of new Set([...told.keys(), ...found.keys()])) {
    const [ofTruth, ofLedger, shared] = [told.get(fate) ?? 0, found.get(fate) ?? 0, both.get(fate) ?? 0];
    scores.set(fate, { share: ofTruth / comparedNanoUsd, recall: shared / ofTruth, precision: shared / ofLedger });
  }
  return { scores, comparedNanoUsd };
}

describe("fates", () => {
  it("are those of the lines the dollars bought, at least nine times in ten", async () => {
    const { scores, comparedNanoUsd } = await scoreFates();
    expect(comparedNanoUsd / Number(audit.ledger.costNanoUsd)).toBeGreaterThan(0.6);
    const large = [...scores].filter(([, { share }]) => share >= 0.02);
    const print = ([fate, { share, recall, precision }]: readonly [string, FateScore]): string =>
      `${fate}: ${(share * 100).toFixed(1)} % of the dollars, recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}`;
    process.stdout.write(`${[...scores].map(print).join("\n")}\n`);
    expect(large.map(([fate]) => fate).sort()).toEqual(
      ["abandoned", "in_flight", "maturing", "removed", "reverted", "rework", "stuck", "superseded"].sort(),
    );
    expect(large.filter(([, { recall }]) => recall < 0.9).map(print)).toEqual([]);
    expect(large.filter(([, { precision }]) => precision < 0.85).map(print)).toEqual([]);
  });

  it("call a session without lines thinking, and one of a repository that is nowhere unlinked", async () => {
    const rows = await questions.database.all(
      `SELECT s.session_key, f.fate, sum(l.list_nano_usd)::DOUBLE AS nano FROM ledger l JOIN strand_fate f USING (strand_id) JOIN usage_d u USING (usage_id)
       JOIN session_d s ON s.session_id = u.session_id GROUP BY ALL`,
    );
    const ends = new Map(sample.truth.sessions.map(({ session, end }) => [session, end]));
    const fatesOf = (end: string): string[] => [
      ...new Set(rows.filter((row) => ends.get(String(row["session_key"])) === end).map((row) => String(row["fate"]))),
    ];
    expect(fatesOf("no_artefact")).toEqual(["no_artefact"]);
    expect(fatesOf("unlinked")).toEqual(["unlinked"]);
  });
});

const day = 86_400_000;

describe("an answer as of an earlier day", () => {
  it("spends what was spent until then, and lands what had landed", async () => {
    const byModel = (asOf: number): bigint =>
      sum(sample.truth.responses.filter(({ instant }) => instant <= asOf).map(({ model, counts }) => listNanoUsd(model, counts)));
    for (const days of [60, 7]) {
      const asOf = sample.truth.endsAt - days * day;
      const { ledger, links } = await assay.audit({ asOf, links: true });
      expect(ledger.costNanoUsd).toBe(byModel(asOf).toString());
      expect(ledger.residualNanoUsd).toBe("0");
      const made = new Map(sample.truth.repositories.flatMap(({ commits }) => commits.map((commit) => [commit.hash, commit.commitAt])));
      expect((links ?? []).filter(({ commit }) => (made.get(commit) ?? 0) > asOf)).toEqual([]);
      const answer = await assay.answer({ asOf });
      expect(answer.changesLanded).toBe(landedBy(asOf));
      const then = await Questions.open(store, asOf, defaultFateParameters);
      const early = await then.database.all(
        `SELECT count(*)::INTEGER AS n FROM strand JOIN strand_fate USING (strand_id)
         WHERE fate IN ('stuck', 'maturing', 'rework', 'removed', 'reverted') AND landed_ms > $asOf`,
        { asOf },
      );
      then.close();
      expect(early).toEqual([{ n: 0 }]);
    }
  });

  /** Pull requests and pushes to the default branch that had landed by then. */
  function landedBy(asOf: number): number {
    return sample.truth.repositories.reduce(
      (count, { commits }) => count + commits.filter((commit) => commit.onChain && commit.commitAt <= asOf).length,
      0,
    );
  }
});

/** Texts the generator wrote into transcripts and commits, long enough to be found nowhere by chance. */
function privateTexts(): Map<string, string[]> {
  const texts = new Map<string, string[]>([
    ["prompt", []],
    ["answer", []],
    ["output", []],
    ["code", []],
    ["commit subject", []],
  ]);
  const add = (kind: string, text: unknown): void => {
    const line = typeof text === "string" ? text.split("\n").find((part) => part.trim().length >= 40) : undefined;
    if (line !== undefined)
      texts.get(kind)?.push(
        line
          .replace(/^[-+ ]/, "")
          .trim()
          .slice(0, 60),
      );
  };
  const files = readdirSync(sample.projects, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl"));
  for (const name of files.sort().filter((_, place) => place % 10 === 0)) {
    for (const row of readFileSync(join(sample.projects, name), "utf8").trim().split("\n")) {
      const { type, message, toolUseResult } = JSON.parse(row) as LoggedRow;
      const content = message?.content;
      if (type === "user") add("prompt", content);
      for (const part of Array.isArray(content) ? content : []) {
        if (part.type === "text") add("answer", part.text);
        if (part.type === "tool_result") add("output", part.content);
        add("code", part.input?.content ?? part.input?.new_string);
      }
      for (const hunk of (typeof toolUseResult === "object" && toolUseResult?.structuredPatch) || []) add("code", hunk.lines.at(-1));
    }
  }
  for (const folder of Object.values(sample.repositories)) {
    for (const subject of execFileSync("git", ["-C", folder, "log", "--all", "--format=%s"], { encoding: "utf8" }).split("\n"))
      add("commit subject", subject);
  }
  return texts;
}

interface LoggedRow {
  readonly type: string;
  readonly message?: { readonly content?: string | readonly LoggedPart[] };
  readonly toolUseResult?: string | { readonly structuredPatch?: readonly { readonly lines: readonly string[] }[] };
}

interface LoggedPart {
  readonly type: string;
  readonly text?: string;
  readonly content?: unknown;
  readonly input?: { readonly content?: string; readonly new_string?: string };
}

/** Every text and every byte string of every table, and the bytes of the file. */
async function contentsOf(file: string): Promise<Buffer> {
  const database = await Database.open(join(store, file), { readOnly: true });
  const tables = await database.all("SELECT table_name FROM information_schema.tables");
  const parts: Buffer[] = [readFileSync(join(store, file))];
  for (const { table_name: table } of tables) {
    const { columns } = await database.columns(`SELECT * FROM "${String(table)}"`);
    for (const cell of columns.flat()) {
      if (typeof cell === "string") parts.push(Buffer.from(`${cell}\n`));
      else if (cell instanceof Uint8Array) parts.push(Buffer.from(cell));
    }
  }
  database.close();
  return Buffer.concat(parts);
}

describe("the store", () => {
  it("holds no text of a prompt, an answer, a tool's output, of code or of a commit's message", async () => {
    const texts = privateTexts();
    const [facts, derived] = [await contentsOf("facts.duckdb"), await contentsOf("derived.duckdb")];
    const path = sample.truth.lines.find(({ landedCommit }) => landedCommit !== null)?.path as string;
    expect([facts.includes(path), derived.includes(path)], "a path is found where it is").toEqual([true, true]);
    for (const [kind, found] of texts) {
      const chosen = [...new Set(found)].filter((_, place, all) => place % Math.ceil(all.length / 20) === 0);
      expect(chosen.length, kind).toBeGreaterThan(5);
      expect(
        chosen.filter((text) => facts.includes(text) || derived.includes(text)),
        kind,
      ).toEqual([]);
    }
  });
});
