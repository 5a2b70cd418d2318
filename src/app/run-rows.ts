/** Rows of table `run`. */
import type { LineAuthors } from "../attribution/lives.ts";
import { type NotedAuthors, notedKind } from "../attribution/noted-lines.ts";
import { lineKinds } from "../lines/line-kind.ts";
import type { Row } from "../store/duckdb/database.ts";
import type { ComputedRepository } from "./compute.ts";
import { LineRanges, newLineNumbers } from "./line-ranges.ts";
import { type RowIds, changeId } from "./row-ids.ts";

const agentGrades = ["A", "B", "C"] as const;

/** Lines of one file born in one commit, with one life, one kind and one author, are one run. */
export function* runRows(repositories: readonly ComputedRepository[], ids: RowIds): Generator<Row> {
  let id = ids.free.run;
  for (const repository of repositories) {
    const { authors, byNote: noted, history } = repository;
    const lifeOf = lifeNumbers(repository, authors, noted);
    for (const [c, commit] of history.commits.entries()) {
      for (const [f, file] of commit.files.entries()) {
        const lineIds = history.changed[c]?.[f]?.ids;
        if (!lineIds || lineIds.length === 0) continue;
        const { hunks, lines } = file.diff;
        const added = additions(hunks, lineIds.length);
        const numbers = newLineNumbers(hunks, lineIds.length);
        const runs = new Map<string, { readonly row: (string | number | null)[]; readonly places: LineRanges }>();
        /** Of the line before: most lines are of the run of the one above. */
        let run: { readonly row: (string | number | null)[]; readonly places: LineRanges } | undefined;
        let life: readonly number[] = [];
        for (let place = 0; place < lineIds.length; place++) {
          const line = lineIds[place] as number;
          if (added[place] !== 1 || history.born[line] !== c) continue;
          const kind = lines.kind[place] as number;
          const now = lifeOf(line, kind);
          if (run === undefined || now.some((value, i) => value !== life[i])) {
            const key = now.join(" ");
            run = runs.get(key);
            if (run === undefined) {
              const life = lifeCells(repository, line, ids);
              const author = authorCells(repository, authors, noted, line, ids);
              const row = [
                id++,
                repository.repository,
                file.path,
                commit.hash,
                commit.commitAt,
                ...life,
                lineKinds[kind] as string,
                0,
                0,
                ...author,
              ];
              run = { row, places: new LineRanges() };
              runs.set(key, run);
            }
          }
          life = now;
          const { row, places } = run;
          places.add(numbers[place] as number);
          row[runColumn.lines] = (row[runColumn.lines] as number) + 1;
          if ((history.origin[line] as number) >= 0) row[runColumn.movedLines] = (row[runColumn.movedLines] as number) + 1;
        }
        for (const { row, places } of runs.values()) yield [...row, places.text];
      }
    }
  }
}

/** Places of the two counts in a row of table `run`. */
const runColumn = { lines: 12, movedLines: 13 } as const;

/** What the lines of one run have in common. */
function lifeNumbers({ history, ends }: ComputedRepository, authors: LineAuthors, noted: ComputedRepository["byNote"]) {
  return (line: number, kind: number): readonly number[] => {
    const last = ends.latest(line);
    return [
      kind,
      authors.grade[line] as number,
      authors.mixed[line] as number,
      authors.session[line] as number,
      history.landed[line] as number,
      history.died[last] as number,
      history.killer[last] as number,
      history.killer[line] as number,
      ends.replaced[last] as number,
      noted?.kind[line] ?? 0,
      noted?.agent[line] ?? -1,
    ];
  };
}

/** landed_ms, landed_change_id, released_ms, died_ms, death, killer_commit. */
function lifeCells(
  { repository, history, changes, releases, ends }: ComputedRepository,
  line: number,
  ids: RowIds,
): (string | number | null)[] {
  const landed = history.landed[line] as number;
  const killer = history.commits[history.killer[line] as number]?.hash ?? null;
  if (landed < 0) return [null, null, null, null, null, killer];
  const change = changes.changeOf[landed] as number;
  const { diedAt, death } = ends.deathOf(line);
  return [
    history.commits[landed]?.commitAt ?? null,
    change < 0 ? null : changeId(ids, repository, change),
    releases.releases[releases.releaseOf[landed] as number]?.releasedAt ?? null,
    diedAt,
    death,
    killer,
  ];
}

/** author_kind, grade, session_id, noted_agent. A note outranks content; what it says of no line, it leaves as it was. */
function authorCells(
  { linked, noted: notes }: ComputedRepository,
  authors: LineAuthors,
  noted: NotedAuthors | null,
  line: number,
  ids: RowIds,
): (string | number | null)[] {
  const grade = authors.grade[line] as number;
  const session = grade === 0 ? null : (ids.sessions.get(linked.sessions[authors.session[line] as number] as string) ?? null);
  const kind = noted?.kind[line] ?? notedKind.none;
  if (kind === notedKind.none && grade === 0) return ["unknown", null, null, null];
  if (kind === notedKind.none) return [authors.mixed[line] === 1 ? "mixed" : "agent", agentGrades[grade - 1] as string, session, null];
  if (kind === notedKind.person) return ["person", "A", null, null];
  return [kind === notedKind.mixed ? "mixed" : "agent", "A", session, notes?.agents[noted?.agent[line] ?? -1] ?? null];
}

/** 1 at the places of a difference that are added lines: each hunk's removed lines come first. */
function additions(hunks: Int32Array, count: number): Uint8Array {
  const added = new Uint8Array(count);
  let at = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    at += hunks[h + 1] as number;
    added.fill(1, at, at + (hunks[h + 3] as number));
    at += hunks[h + 3] as number;
  }
  return added;
}
