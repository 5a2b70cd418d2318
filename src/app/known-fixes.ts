import type { Questions } from "./questions.ts";

/**
 * Commits that are evidence of a fix of the product, by their hashes (table `fix_d`). Certain: exact or strong evidence. A
 * commit that only says "fix" is a candidate.
 */
export interface KnownFixes {
  strengthOf(commit: string): "certain" | "candidate" | null;
  /** Of the default branch. */
  readonly certain: number;
  readonly candidates: number;
}

/**
 * Fixes as far as they were known at the asked instant. The commits of a pull request that stayed on its branch, since it was
 * squashed, are fixes where what landed it is.
 */
export async function readKnownFixes({ database, asOf }: Questions): Promise<KnownFixes> {
  const rows = await database.all(
    `WITH fix AS (SELECT repository_id, commit_hash, strength = 'candidate' AS is_candidate FROM fix_d WHERE $asOf::BIGINT IS NULL OR fixed_ms <= $asOf)
     SELECT commit_hash, is_candidate, TRUE AS on_default FROM fix
     UNION ALL
     SELECT c.commit_hash, f.is_candidate, FALSE FROM fix f
     JOIN change k ON k.repository_id = f.repository_id AND k.landed_commit = f.commit_hash AND k.kind = 'pull_request'
     JOIN commit_d c ON c.change_id = k.change_id AND NOT c.on_default`,
    { asOf },
  );
  const of = (candidate: boolean) => rows.filter((row) => row["is_candidate"] === candidate);
  const hashes = (candidate: boolean) => new Set(of(candidate).map((row) => String(row["commit_hash"])));
  const count = (candidate: boolean) => of(candidate).filter((row) => row["on_default"] === true).length;
  const [certain, candidates] = [hashes(false), hashes(true)];
  return {
    strengthOf: (commit) => (certain.has(commit) ? "certain" : candidates.has(commit) ? "candidate" : null),
    certain: count(false),
    candidates: count(true),
  };
}
