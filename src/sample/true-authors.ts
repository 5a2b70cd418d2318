import type { LineEvent } from "./chronicle.ts";
import { changesOf } from "./ends.ts";
import type { HardCases } from "./hard-cases.ts";
import type { Line } from "./lines.ts";
import type { Repository } from "./repository.ts";
import { isGenerated, isTelling } from "./true-lines.ts";
import type { TruthAuthors } from "./truth.ts";

interface Author {
  readonly kind: TruthAuthors["kind"];
  readonly session: string | null;
}

/** Who wrote what each commit of a repository adds: telling lines of what is neither generated nor a notebook, counted. Merges add nothing of their own. */
export function authorsOf(repository: Repository, events: readonly LineEvent[], cases: HardCases): TruthAuthors[] {
  const writers = new Map<number, Author>();
  for (const { side, line, hand } of events) {
    if (side !== "added" || writers.has(line.id)) continue;
    writers.set(line.id, hand.witness === "person" ? { kind: "person", session: null } : { kind: "agent", session: hand.session });
  }
  const authorOf = (line: Line): Author => {
    const writer = writers.get(line.from ?? line.id);
    if (writer === undefined) throw new Error(`nobody wrote line ${line.id}`);
    return line.mended && writer.kind === "agent" ? { ...writer, kind: "mixed" } : writer;
  };
  return repository.commits.flatMap((commit) => {
    if (commit.parents.length > 1) return [];
    const rows = new Map<string, { -readonly [K in keyof TruthAuthors]: TruthAuthors[K] }>();
    for (const [path, hunk] of changesOf(commit, repository.renames)) {
      if (isGenerated(path) || path.endsWith(".ipynb")) continue;
      for (const line of hunk.added) {
        if (!isTelling(line.text)) continue;
        const { kind, session } = authorOf(line);
        const hardCase = cases.nameOf(line.from ?? line.id, session);
        const key = `${path} ${kind} ${session} ${hardCase}`;
        const row = rows.get(key);
        if (row === undefined) rows.set(key, { repository: repository.name, commit: commit.hash, path, kind, session, hardCase, lines: 1 });
        else row.lines++;
      }
    }
    return [...rows.values()];
  });
}
