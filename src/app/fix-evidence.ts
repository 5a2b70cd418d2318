import type { CommitFact } from "../contract/facts.ts";
import type { FactStore } from "../store/store.ts";

/** Commits known to be fixes, by their hashes, and what told it. */
export interface FixEvidence {
  readonly isFix: (commit: string) => boolean;
  readonly toldBy: "trailers" | "none";
}

/** `Fixes: 0a1b2c3d4e5f ("subject")`: the commit that is mended is named. A number alone names an issue, which need not be a bug. */
const namesCommit = /^[0-9a-f]{7,40}\b/i;

/** Fixes that exact evidence tells: a `Fixes:` trailer that names a commit (reference: the kernel's submitting-patches). */
export async function readFixEvidence(store: FactStore): Promise<FixEvidence> {
  const none: FixEvidence = { isFix: () => false, toldBy: "none" };
  if ((await store.setting("ignore_trailers")) === "true") return none;
  const rows = await store.database.all("SELECT DISTINCT commit_hash, trailers FROM commit WHERE trailers LIKE '%ixes%'");
  const fixes = new Set(
    rows
      .filter(({ trailers }) =>
        (JSON.parse(String(trailers)) as CommitFact["trailers"]).some(({ key, value }) => /^fixes$/i.test(key) && namesCommit.test(value)),
      )
      .map(({ commit_hash: hash }) => String(hash)),
  );
  return fixes.size === 0 ? none : { isFix: (commit) => fixes.has(commit), toldBy: "trailers" };
}
