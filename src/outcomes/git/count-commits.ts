import { type Git, runGit } from "../../git/git.ts";

/** How many commits the given ones lead to, themselves included, each once. Reads no diff. */
export async function countCommits(git: Git, tips: readonly string[]): Promise<number> {
  if (tips.length === 0) return 0;
  const out = await runGit(git, ["rev-list", "--count", "--ignore-missing", "--stdin"], [...tips, ""].join("\n"));
  return Number(out.toString("latin1").trim());
}
