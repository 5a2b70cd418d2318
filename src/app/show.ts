import { fateSentence } from "../attribution/fates.ts";
import { UserError } from "../contract/errors.ts";
import { type FateName, fateNames, isObserved } from "../contract/fates.ts";
import type { AnswerFate } from "../contract/answer.ts";
import type { ChangeCard, CommitCard, SessionCard, StrandRow } from "../contract/show.ts";
import type { Cell } from "../store/duckdb/database.ts";
import type { Questions } from "./questions.ts";
import { fateSentences } from "./sentences.ts";

type Filter = Readonly<Record<string, Cell>>;

const instant = (cell: Cell | undefined): string | null =>
  cell === null || cell === undefined ? null : new Date(Number(cell)).toISOString();
const text = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : String(cell));

/** Strands under a condition over `t` (strand), `g` (segment), `s` (session), `k` (change), largest first. */
export async function strandRows(questions: Questions, where: string, parameters: Filter): Promise<StrandRow[]> {
  const rows = await questions.database.all(
    `SELECT t.*, s.session_key, r.name AS repository, k.change_key, sum(l.list_nano_usd)::VARCHAR AS nano
     FROM strand t JOIN segment g USING (segment_id) JOIN ledger l ON l.strand_id = t.strand_id JOIN usage_d u ON u.usage_id = l.usage_id
     LEFT JOIN session_d s ON s.session_id = g.session_id LEFT JOIN repository_d r ON r.repository_id = t.repository_id
     LEFT JOIN change k ON k.change_id = t.change_id
     WHERE (${where}) AND ($asOf::BIGINT IS NULL OR u.instant_ms <= $asOf)
     GROUP BY ALL ORDER BY sum(l.list_nano_usd) DESC NULLS LAST, t.strand_id`,
    { ...parameters, asOf: questions.asOf },
  );
  await questions.readStrands();
  return rows.map((row): StrandRow => {
    const strand = questions.strand(row["strand_id"] as number);
    return {
      strand: strand.id,
      fate: strand.fate,
      sentence: fateSentence(strand, questions.instant, questions.parameters, { change: text(row["change_key"]) }),
      nanoUsd: text(row["nano"]) ?? "0",
      flow: row["flow"] as StrandRow["flow"],
      grade: row["grade"] as StrandRow["grade"],
      lines: (row["lines"] as number | null) ?? 0,
      side: row["side"] as StrandRow["side"],
      session: text(row["session_key"]) ?? "",
      repository: text(row["repository"]),
      change: text(row["change_key"]),
      commit: text(row["commit_hash"]),
      writtenAt: instant(row["written_ms"]),
      landedAt: instant(row["landed_ms"]),
      releasedAt: instant(row["released_ms"]),
      diedAt: instant(row["died_ms"]),
    };
  });
}

/** Fates of some strands, of what they cost together. */
function fatesOf(strands: readonly StrandRow[], forgeTold: boolean): AnswerFate[] {
  const total = strands.reduce((sum, strand) => sum + BigInt(strand.nanoUsd), 0n);
  return fateNames.flatMap((fate): AnswerFate[] => {
    const nano = strands.filter((strand) => strand.fate === fate).reduce((sum, strand) => sum + BigInt(strand.nanoUsd), 0n);
    if (!isObserved(fate, nano, forgeTold)) return [{ fate, nanoUsd: null, share: null, sentence: fateSentences[fate] }];
    return [{ fate, nanoUsd: nano.toString(), share: total === 0n ? null : Number(nano) / Number(total), sentence: fateSentences[fate] }];
  });
}

const sumOf = (strands: readonly StrandRow[]): string => strands.reduce((sum, strand) => sum + BigInt(strand.nanoUsd), 0n).toString();

/** Finds the one row whose key begins with what was typed. @throws UserError `unknown_…`, `ambiguous_…` */
async function requireOne(
  questions: Questions,
  noun: string,
  sql: string,
  id: string,
  parameters: Filter = {},
): Promise<Record<string, Cell>> {
  const rows = await questions.database.all(sql, { id, ...parameters });
  const exact = rows.filter((row) => row["id"] === id);
  const found = exact.length > 0 ? exact : rows;
  if (found.length === 1) return found[0] as Record<string, Cell>;
  if (found.length === 0)
    throw new UserError(`unknown_${noun}`, `No ${noun} '${id}' is in the store.`, {
      hint: "`assay report` lists the costliest; a beginning of the id is enough.",
    });
  throw new UserError(
    `ambiguous_${noun}`,
    `'${id}' is the beginning of ${found.length} ${noun}s: ${found
      .slice(0, 5)
      .map((row) => `${row["id"]}${row["repository"] ? ` in ${row["repository"]}` : ""}`)
      .join(", ")}.`,
    {
      hint: "Give more of the id, or OWNER/NAME before a change: owner/name#12.",
    },
  );
}

export async function showSession(questions: Questions, id: string): Promise<SessionCard> {
  const row = await requireOne(
    questions,
    "session",
    "SELECT s.*, s.session_key AS id, r.name AS repository FROM session_d s LEFT JOIN repository_d r USING (repository_id) WHERE starts_with(s.session_key, $id) ORDER BY id",
    id,
  );
  const session = row["session_id"] as number;
  const { database, asOf } = questions;
  const [totals] = await database.all(
    `SELECT count(*)::INTEGER AS usages, (count(*) FILTER (sub_agent))::INTEGER AS sub, sum(list_nano_usd)::VARCHAR AS nano,
       to_json(list_sort(list(DISTINCT model)))::VARCHAR AS models,
       to_json(list_sort(list(DISTINCT branch) FILTER (branch IS NOT NULL)))::VARCHAR AS branch_list
     FROM usage_d u JOIN charge c USING (usage_id) WHERE u.session_id = $session AND ($asOf::BIGINT IS NULL OR u.instant_ms <= $asOf)`,
    { session, asOf },
  );
  const turns = await database.all(
    `SELECT u.turn, min(u.instant_ms) AS first, max(u.instant_ms) AS last, sum(c.list_nano_usd)::VARCHAR AS nano, count(*)::INTEGER AS usages, count(DISTINCT g.segment_id) FILTER (g.kind = 'edit')::INTEGER AS edits,
       any_value(g.activity ORDER BY g.segment_id) AS activity, any_value(g.purpose ORDER BY g.segment_id) AS purpose
     FROM usage_d u JOIN charge c USING (usage_id) LEFT JOIN segment g ON g.segment_id = u.segment_id
     WHERE u.session_id = $session AND ($asOf::BIGINT IS NULL OR u.instant_ms <= $asOf) GROUP BY u.turn ORDER BY u.turn`,
    { session, asOf },
  );
  const written = await database.all(
    `SELECT g.turn, f.fate, sum(t.lines)::INTEGER AS lines FROM strand t JOIN segment g USING (segment_id) JOIN strand_fate f USING (strand_id)
     WHERE g.session_id = $session AND t.flow = 'own' AND t.lines > 0 AND ($asOf::BIGINT IS NULL OR t.written_ms <= $asOf)
     GROUP BY ALL ORDER BY g.turn, f.fate`,
    { session, asOf },
  );
  const commits = await database.all(
    `SELECT l.*, k.change_key FROM commit_link l LEFT JOIN commit_d c ON c.repository_id = l.repository_id AND c.commit_hash = l.commit_hash
     LEFT JOIN change k ON k.change_id = c.change_id WHERE l.session_id = $session ORDER BY c.commit_ms, l.commit_hash`,
    { session },
  );
  const strands = await strandRows(questions, "g.session_id = $session", { session });
  return {
    kind: "session",
    session: String(row["id"]),
    agent: String(row["agent"]),
    firstAt: instant(row["first_ms"]) as string,
    lastAt: instant(row["last_ms"]) as string,
    repository: text(row["repository"]),
    branches: JSON.parse(text(totals?.["branch_list"]) ?? "[]") as string[],
    models: JSON.parse(text(totals?.["models"]) ?? "[]") as string[],
    usages: (totals?.["usages"] as number) ?? 0,
    subagentUsages: (totals?.["sub"] as number) ?? 0,
    spendNanoUsd: text(totals?.["nano"]),
    fates: fatesOf(strands, await questions.forgeTold(strands.map(({ repository }) => repository))),
    turns: turns.map((turn) => ({
      turn: turn["turn"] as number,
      startedAt: instant(turn["first"]) as string,
      endedAt: instant(turn["last"]) as string,
      written: written
        .filter((row) => row["turn"] === turn["turn"])
        .map((row) => ({ fate: row["fate"] as FateName, lines: row["lines"] as number })),
      purpose: text(turn["purpose"]) ?? "",
      activity: text(turn["activity"]) ?? "",
      nanoUsd: text(turn["nano"]) ?? "0",
      usages: turn["usages"] as number,
      editSegments: turn["edits"] as number,
    })),
    commits: commits.map((commit) => ({
      commit: String(commit["commit_hash"]),
      grade: String(commit["grade"]),
      method: String(commit["method"]),
      lines: commit["lines"] as number,
      change: text(commit["change_key"]),
    })),
    strands,
  };
}

export async function showChange(questions: Questions, id: string): Promise<ChangeCard> {
  const [, repository = "", number] = /^(?:(.*)#|#?)(\d{1,9})$/.exec(id) ?? [];
  const wanted = number === undefined ? id : `#${number}`;
  const row = await requireOne(
    questions,
    "change",
    `SELECT k.*, k.change_key AS id, r.name AS repository FROM change k JOIN repository_d r USING (repository_id)
     WHERE (k.change_key = $id OR ($number = '' AND starts_with(k.landed_commit, $id))) AND contains(r.name, $repository) ORDER BY k.change_key = $id DESC, id`,
    wanted,
    { repository, number: number ?? "" },
  );
  const change = row["change_id"] as number;
  const strands = await strandRows(questions, "t.change_id = $change", { change });
  const { database } = questions;
  const commits = await database.all("SELECT commit_hash FROM commit_d WHERE change_id = $change ORDER BY commit_ms, commit_hash", {
    change,
  });
  const kinds = await database.all(
    "SELECT author_kind, sum(lines)::INTEGER AS lines, (sum(lines) FILTER (died_ms IS NULL))::INTEGER AS alive FROM run WHERE landed_change_id = $change GROUP BY author_kind ORDER BY author_kind",
    { change },
  );
  const sessions = new Map<string, { nano: bigint; lines: number }>();
  for (const strand of strands) {
    const entry = sessions.get(strand.session) ?? { nano: 0n, lines: 0 };
    sessions.set(strand.session, {
      nano: entry.nano + BigInt(strand.nanoUsd),
      lines: entry.lines + (strand.flow === "own" ? strand.lines : 0),
    });
  }
  return {
    kind: "change",
    change: String(row["id"]),
    repository: String(row["repository"]),
    changeKind: String(row["kind"]),
    evidence: String(row["evidence"]),
    landedAt: instant(row["landed_ms"]),
    releasedAt: instant(row["released_ms"]),
    review: reviewOf(row),
    commits: commits.map((commit) => String(commit["commit_hash"])),
    spendNanoUsd: sumOf(strands),
    fates: fatesOf(strands, await questions.forgeTold(strands.map(({ repository }) => repository))),
    sessions: [...sessions].map(([session, { nano, lines }]) => ({ session, nanoUsd: nano.toString(), lines })),
    linesByAuthorKind: Object.fromEntries(kinds.map((kind) => [String(kind["author_kind"]), kind["lines"] as number])),
    linesAlive: kinds.reduce((sum, kind) => sum + Number(kind["alive"] ?? 0), 0),
    strands,
  };
}

/** A forge that told of a change told how often it was looked at, be it never. */
function reviewOf(row: Readonly<Record<string, Cell>>): ChangeCard["review"] {
  if (row["review_rounds"] === null) return null;
  return {
    path: text(row["review_path"]),
    readyAt: instant(row["ready_ms"]),
    firstReviewAt: instant(row["first_review_ms"]),
    approvedAt: instant(row["approved_ms"]),
    rounds: row["review_rounds"] as number,
    requests: row["review_requests"] as number,
  };
}

export async function showCommit(questions: Questions, id: string): Promise<CommitCard> {
  const row = await requireOne(
    questions,
    "commit",
    `SELECT c.*, c.commit_hash AS id, r.name AS repository, k.change_key FROM commit_d c JOIN repository_d r USING (repository_id) LEFT JOIN change k ON k.change_id = c.change_id
     WHERE starts_with(c.commit_hash, $id) ORDER BY id`,
    id,
  );
  const hash = String(row["id"]);
  const { database } = questions;
  const sessions = await database.all(
    "SELECT l.*, s.session_key FROM commit_link l JOIN session_d s USING (session_id) WHERE l.commit_hash = $hash ORDER BY l.lines DESC, s.session_key",
    { hash },
  );
  const kinds = await database.all(
    "SELECT author_kind, sum(lines)::INTEGER AS lines FROM run WHERE born_commit = $hash GROUP BY author_kind ORDER BY author_kind",
    { hash },
  );
  const strands = await strandRows(questions, "t.commit_hash = $hash", { hash });
  return {
    kind: "commit",
    commit: hash,
    repository: String(row["repository"]),
    committedAt: instant(row["commit_ms"]) as string,
    change: text(row["change_key"]),
    onDefault: row["on_default"] as boolean,
    releasedAt: instant(row["released_ms"]),
    linesAdded: row["lines_added"] as number,
    linesRemoved: row["lines_removed"] as number,
    spendNanoUsd: sumOf(strands),
    sessions: sessions.map((link) => ({
      session: String(link["session_key"]),
      grade: String(link["grade"]),
      method: String(link["method"]),
      confidence: link["confidence"] as number,
      lines: link["lines"] as number,
    })),
    linesByAuthorKind: Object.fromEntries(kinds.map((kind) => [String(kind["author_kind"]), kind["lines"] as number])),
    strands,
  };
}
