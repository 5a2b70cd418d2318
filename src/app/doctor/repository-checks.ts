/** The copies of repositories: whether they are there, whole, and as new as the work that was done in them. */
import { existsSync } from "node:fs";
import { GitError, openGit, runGit } from "../../git/git.ts";
import type { FactStore } from "../../store/store.ts";
import { type Check, dayMs, dayOf, ok, warning } from "./check.ts";

/** Work of this many days past the newest commit known is seen as in flight only because nobody fetched. */
const horizonDays = 7;

export const repositoryChecks: readonly Check[] = [
  {
    id: "clones_there",
    theme: "repositories",
    needs: "facts",
    async run(_, facts) {
      const clones = await clonesOf(facts);
      const gone = clones.filter((clone) => !existsSync(clone));
      return gone.length === 0
        ? ok(`${clones.length} copies of repositories were read, and all are where they were.`)
        : warning(
            `${gone.length} of ${clones.length} copies are no longer there (${gone[0]}): what became of their lines since is not seen.`,
            "Clone them again and import with --repo; a copy with the same remote goes on where the old one ended.",
          );
    },
  },
  {
    id: "horizon",
    theme: "repositories",
    needs: "derived",
    async run(_, derived) {
      const behind = await derived.all(
        `SELECT r.name, r.horizon_ms, max(u.instant_ms) AS used_ms FROM repository_d r JOIN usage_d u USING (repository_id)
         GROUP BY r.repository_id, r.name, r.horizon_ms HAVING max(u.instant_ms) - r.horizon_ms > ${horizonDays * dayMs} ORDER BY max(u.instant_ms) - r.horizon_ms DESC, r.name`,
      );
      const [worst] = behind;
      return worst === undefined
        ? ok("Every repository is known until its newest usage, or a week before it.")
        : warning(
            `The default branch of ${behind.length === 1 ? worst["name"] : `${worst["name"]} and ${behind.length - 1} more`} is known until ${dayOf(Number(worst["horizon_ms"]))}, its usage until ${dayOf(Number(worst["used_ms"]))}: fates between are not decided.`,
            "Run git fetch in the copy and import again, if work landed since.",
          );
    },
  },
  {
    id: "clones_whole",
    theme: "repositories",
    needs: "facts",
    async run({ options }, facts) {
      const shallow = await facts.database.all("SELECT clone FROM clone_state WHERE name = 'shallow' AND value = 'yes' ORDER BY clone");
      if (shallow.length > 0)
        return warning(
          `${copies(shallow.length)} cut off at the beginning of the history (${shallow[0]?.["clone"]}): older lines have no birth.`,
          "Run git fetch --unshallow in it, then import again.",
        );
      const partial: string[] = [];
      for (const clone of await clonesOf(facts)) if (existsSync(clone) && (await isPartial(clone, options.variables))) partial.push(clone);
      return partial.length === 0
        ? ok("No copy is shallow or partial.")
        : warning(
            `${copies(partial.length)} partial (${partial[0]}): file contents that were not fetched cannot be read.`,
            "Run git fetch --refetch --no-filter in it, then import again.",
          );
    },
  },
];

async function clonesOf({ database }: FactStore): Promise<string[]> {
  return (await database.all("SELECT DISTINCT clone FROM clone_state ORDER BY clone")).map((row) => String(row["clone"]));
}

const copies = (count: number): string => (count === 1 ? "1 copy is" : `${count} copies are`);

/** Whether a copy was cloned with `--filter`: git notes the remote that promises the rest. */
async function isPartial(clone: string, variables: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  try {
    await runGit(openGit(clone, variables), ["config", "--get-regexp", "^(remote\\..*\\.promisor|extensions\\.partialclone)$"]);
    return true;
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return false; // none configured
    throw error;
  }
}
