/** What a store says, read from its tables: the fates of every usage, and who wrote the lines of each commit. */
import { Questions } from "../../src/app/questions.ts";
import { defaultFateParameters } from "../../src/contract/fates.ts";
import type { AuthoredLines } from "./score.ts";

export interface Told {
  /** Dollars of each usage by fate; the key is the response's message id. */
  readonly fates: ReadonlyMap<string, readonly { readonly fate: string; readonly nanoUsd: number }[]>;
  /** The same with all that may repair an agent's lines as `fixing`: the widest. */
  readonly widest: Told["fates"];
  readonly authors: readonly AuthoredLines[];
  readonly spendNanoUsd: number;
}

export async function readTold(store: string): Promise<Told> {
  const questions = await Questions.open(store, null, defaultFateParameters);
  try {
    const rows = await questions.database.all(
      `SELECT u.usage_key, f.fate,
         CASE WHEN t.repair IS NOT NULL AND f.fate IN ('stuck', 'maturing', 'rework', 'removed') THEN 'fixing' ELSE f.fate END AS widest,
         sum(l.list_nano_usd)::DOUBLE AS nano
       FROM ledger l JOIN usage_d u USING (usage_id) JOIN strand_fate f USING (strand_id) JOIN strand t USING (strand_id) GROUP BY ALL`,
    );
    const fates = new Map<string, { fate: string; nanoUsd: number }[]>();
    const widest = new Map<string, { fate: string; nanoUsd: number }[]>();
    let spendNanoUsd = 0;
    for (const row of rows) {
      const key = String(row["usage_key"]).replace(/^.*:/, "");
      const nanoUsd = Number(row["nano"]);
      spendNanoUsd += nanoUsd;
      for (const [ends, name] of [
        [fates, row["fate"]],
        [widest, row["widest"]],
      ] as const)
        ends.set(key, [...(ends.get(key) ?? []), { fate: String(name), nanoUsd }]);
    }
    const runs = await questions.database.all(
      `SELECT p.name AS repository, r.born_commit, r.path, r.author_kind, s.session_key, sum(r.lines)::INTEGER AS lines
       FROM run r JOIN repository_d p USING (repository_id) LEFT JOIN session_d s ON s.session_id = r.session_id
       WHERE r.line_kind NOT IN ('trivial', 'generated') AND NOT ends_with(r.path, '.ipynb') GROUP BY ALL`,
    );
    const authors = runs.map(
      (row): AuthoredLines => ({
        repository: String(row["repository"]).replace(/^.*\//, ""),
        commit: String(row["born_commit"]),
        path: String(row["path"]),
        kind: String(row["author_kind"]),
        session: row["session_key"] === null ? null : String(row["session_key"]),
        lines: Number(row["lines"]),
      }),
    );
    return { fates, widest, authors, spendNanoUsd };
  } finally {
    questions.close();
  }
}
