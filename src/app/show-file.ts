import { type LifeTime, survivalAt } from "../analysis/survival.ts";
import type { FileCard } from "../contract/show.ts";
import { runGit } from "../git/git.ts";
import type { Cell } from "../store/duckdb/database.ts";
import type { AskedFile } from "./assay.ts";
import { type KnownFile, findFile } from "./blame.ts";
import { bornLines } from "./group-money.ts";
import type { Variables } from "./import-repositories.ts";
import type { Questions } from "./questions.ts";

const dayMs = 86_400_000;
/** A line is fresh for a week, sticks after three, and is old after three months. */
const ageBounds = [0, 7, 21, 90] as const;

/** A run of lines of the file, of one author and one life, as far as it is known at the asked instant. */
interface Run {
  readonly lines: number;
  readonly authorKind: string;
  readonly isGenerated: boolean;
  readonly landedMs: number | null;
  readonly diedMs: number | null;
}

/**
 * What a file of HEAD cost and what is left of it. Names come from git, which follows the file backwards; lives, authors and
 * money are the store's, of the default branch. @throws UserError as `findFile`
 */
export async function showFile(questions: Questions, asked: AskedFile, variables: Variables): Promise<FileCard> {
  const file = await findFile(questions, asked, variables);
  const paths = await namesOf(file);
  const scope = { repository: file.repositoryId, paths: JSON.stringify(paths), until: questions.instant };
  const runs = await runsOf(questions, scope);
  const seenUntil = await seenUntilOf(questions, file.repositoryId);
  const alive = runs.filter(({ landedMs, diedMs }) => landedMs !== null && diedMs === null);
  const landed = runs.filter(({ landedMs }) => landedMs !== null);
  const lives = landed.filter(({ isGenerated }) => !isGenerated).map((run) => lifeOf(run, seenUntil));
  const { spend, sessions } = await moneyOf(questions, scope, paths);
  return {
    kind: "file",
    path: file.path,
    earlierPaths: paths.filter((path) => path !== file.path),
    repository: file.repositoryName,
    spendNanoUsd: spend.toString(),
    linesWritten: linesIn(runs),
    linesLanded: linesIn(landed),
    linesAlive: linesIn(alive),
    aiShare: aiShareOf(alive.filter(({ isGenerated }) => !isGenerated)),
    survival: { days7: survivalAt(lives, 7), days21: survivalAt(lives, 21) },
    ages: agesOf(alive, seenUntil),
    sessions,
    changes: await changesOf(questions, scope),
    notes: [...file.notes, ...(await reusedNames(file, paths))],
  };
}

/** The path and the names before it, newest first. */
async function namesOf({ git, head, path }: KnownFile): Promise<string[]> {
  const out = await runGit(git, ["log", "--follow", "--format=", "--name-only", "-z", head, "--", path]);
  const names = out
    .toString("utf8")
    .split("\0")
    .map((name) => name.replace(/^\n+/, ""))
    .filter((name) => name !== "");
  return [...new Set([path, ...names])];
}

/** An earlier name may be another file today: its lines cannot be told apart by name. */
async function reusedNames({ git, head, path }: KnownFile, paths: readonly string[]): Promise<string[]> {
  const earlier = paths.filter((name) => name !== path);
  if (earlier.length === 0) return [];
  const tree = (await runGit(git, ["ls-tree", "-r", "-z", "--name-only", "--full-tree", head])).toString("utf8").split("\0");
  const there = new Set(tree);
  return earlier
    .filter((name) => there.has(name))
    .map((name) => `${name}, an earlier name of it, is another file today: the lines of both are counted here.`);
}

type Scope = Readonly<Record<"repository" | "paths" | "until", Cell>>;
const ofFile = "n.repository_id = $repository AND list_contains(CAST(CAST($paths AS JSON) AS VARCHAR[]), n.path) AND n.born_ms <= $until";

async function runsOf({ database }: Questions, scope: Scope): Promise<Run[]> {
  const rows = await database.all(
    `SELECT n.lines, n.author_kind, n.line_kind,
       CASE WHEN n.landed_ms <= $until THEN n.landed_ms END AS landed_ms, CASE WHEN n.died_ms <= $until THEN n.died_ms END AS died_ms
     FROM run n WHERE ${ofFile}`,
    scope,
  );
  const ms = (cell: Cell | undefined): number | null => (cell === null || cell === undefined ? null : Number(cell));
  return rows.map(
    (row): Run => ({
      lines: row["lines"] as number,
      authorKind: String(row["author_kind"]),
      isGenerated: row["line_kind"] === "generated",
      landedMs: ms(row["landed_ms"]),
      diedMs: ms(row["died_ms"]),
    }),
  );
}

/** The asked instant, or the newest commit known of the default branch where that is earlier. */
async function seenUntilOf({ database, instant }: Questions, repository: number): Promise<number> {
  const [row] = await database.all("SELECT horizon_ms FROM repository_d WHERE repository_id = $repository", { repository });
  const horizon = row?.["horizon_ms"];
  return horizon === null || horizon === undefined ? instant : Math.min(instant, Number(horizon));
}

/** As the measures of survival count it. */
function lifeOf({ landedMs, diedMs, lines }: Run, seenUntil: number): LifeTime {
  const end = Math.min(diedMs ?? seenUntil, seenUntil);
  return { days: Math.floor(Math.max(end - (landedMs ?? end), 0) / dayMs), ended: diedMs !== null && diedMs <= seenUntil, n: lines };
}

const linesIn = (runs: readonly Run[]): number => runs.reduce((sum, { lines }) => sum + lines, 0);

/** Agents' lines, to all but those of persons. */
function aiShareOf(alive: readonly Run[]): FileCard["aiShare"] {
  const all = linesIn(alive);
  if (all === 0) return null;
  const of = (matches: (kind: string) => boolean): number => linesIn(alive.filter(({ authorKind }) => matches(authorKind))) / all;
  return { low: of((kind) => kind === "agent"), high: of((kind) => kind !== "person") };
}

function agesOf(alive: readonly Run[], seenUntil: number): FileCard["ages"] {
  return ageBounds.map((fromDays, i) => {
    const toDays = ageBounds[i + 1] ?? null;
    const lines: Record<string, number> = {};
    for (const run of alive) {
      const days = Math.floor(Math.max(seenUntil - (run.landedMs ?? seenUntil), 0) / dayMs);
      if (days >= fromDays && (toDays === null || days < toDays)) lines[run.authorKind] = (lines[run.authorKind] ?? 0) + run.lines;
    }
    return { fromDays, toDays, lines };
  });
}

/** Each line's part of the money of its artefact group, as `blame` tells it; sessions by what they cost here. */
async function moneyOf(
  questions: Questions,
  scope: Scope,
  paths: readonly string[],
): Promise<{ spend: bigint; sessions: FileCard["sessions"] }> {
  const commits = await questions.database.all(`SELECT DISTINCT n.born_commit FROM run n WHERE ${ofFile}`, scope);
  const lines = await bornLines(
    questions,
    Number(scope.repository),
    commits.map((row) => String(row["born_commit"])),
  );
  const sessions = new Map<string, { nano: bigint; lines: number }>();
  for (const { path, session, costNanoUsd } of lines) {
    if (session === null || !paths.includes(path)) continue;
    const known = sessions.get(session) ?? { nano: 0n, lines: 0 };
    sessions.set(session, { nano: known.nano + (costNanoUsd ?? 0n), lines: known.lines + 1 });
  }
  const rows = [...sessions].sort(([a, x], [b, y]) => (x.nano === y.nano ? (a < b ? -1 : 1) : x.nano > y.nano ? -1 : 1));
  return {
    spend: rows.reduce((sum, [, { nano }]) => sum + nano, 0n),
    sessions: rows.map(([session, { nano, lines: count }]) => ({ session, nanoUsd: nano.toString(), lines: count })),
  };
}

/** Changes that landed lines of the file or took some away, newest first. */
async function changesOf({ database }: Questions, scope: Scope): Promise<FileCard["changes"]> {
  const rows = await database.all(
    `SELECT k.change_key, k.landed_ms, sum(t.added)::INTEGER AS added, sum(t.removed)::INTEGER AS removed FROM (
       SELECT n.landed_change_id AS change_id, n.lines AS added, 0 AS removed FROM run n WHERE ${ofFile} AND n.landed_ms IS NOT NULL
       UNION ALL
       SELECT c.change_id, 0, n.lines FROM run n JOIN commit_d c ON c.repository_id = n.repository_id AND c.commit_hash = n.killer_commit
       WHERE ${ofFile} AND n.landed_ms IS NOT NULL AND n.died_ms IS NOT NULL
     ) t JOIN change k USING (change_id) WHERE k.landed_ms <= $until
     GROUP BY k.change_key, k.landed_ms ORDER BY k.landed_ms DESC, k.change_key`,
    scope,
  );
  return rows.map((row) => ({
    change: String(row["change_key"]),
    landedAt: new Date(Number(row["landed_ms"])).toISOString(),
    linesAdded: row["added"] as number,
    linesRemoved: row["removed"] as number,
  }));
}
