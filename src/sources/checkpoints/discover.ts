/** Finds checkpoint branches in the repositories that are known. Compares refs only; reads no object. */
import { GitError, type Git, openGit, runGit } from "../../git/git.ts";
import type { Problem } from "../../contract/problem.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "checkpoints";

/**
 * Entire keeps checkpoints on a branch of its own, pushed like any other; newer versions under refs of their own (v2:
 * `main` has the metadata, `full/*` the transcripts).
 */
const refPatterns = [
  "refs/heads/entire/checkpoints/v1",
  "refs/remotes/*/entire/checkpoints/v1",
  "refs/entire/checkpoints/v2/main",
  "refs/entire/checkpoints/v2/full/*",
] as const;

/** The checkpoints of one repository: trees to be read together, a path of an earlier one hiding the same path of a later. */
export interface CheckpointTrees {
  readonly gitDir: string;
  readonly git: Git;
  /** Distinct commits the refs lead to, the local branch first. */
  readonly commits: readonly string[];
}

export async function* findCheckpoints(env: SourceEnv): AsyncGenerator<CheckpointTrees | { readonly problem: Problem }> {
  for (const gitDir of new Set(env.gitDirs)) {
    const git = openGit(gitDir, env.variables);
    try {
      const out = (await runGit(git, ["for-each-ref", "--format=%(objectname) %(refname)", ...refPatterns])).toString("utf8");
      const refs = out.split("\n").filter((line) => line !== "");
      const ordered = refPatterns.flatMap((pattern) => refs.filter((line) => matches(line.slice(line.indexOf(" ") + 1), pattern)));
      const commits = [...new Set(ordered.map((line) => line.slice(0, line.indexOf(" "))))];
      if (commits.length > 0) yield { gitDir, git, commits };
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      yield {
        problem: {
          code: "unreadable",
          severity: "notice",
          source: sourceId,
          locator: gitDir,
          message: `its refs cannot be read: ${error.message}`,
          hint: "check that git is installed and the folder is a git repository",
        },
      };
    }
  }
}

function matches(ref: string, pattern: string): boolean {
  const [head = "", tail] = pattern.split("*");
  return tail === undefined ? ref === pattern : ref.startsWith(head) && ref.endsWith(tail);
}
