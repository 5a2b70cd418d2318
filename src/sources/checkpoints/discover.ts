/** Finds checkpoint branches in the repositories that are known. Compares refs only; reads no object. */
import { GitError, type Git, openGit, runGit } from "../../git/git.ts";
import type { Problem } from "../../contract/problem.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "checkpoints";

/**
 * Entire keeps checkpoints on a branch of its own, pushed like any other; newer versions under refs of their own (v2:
 * `main` has the metadata, `full/*` the transcripts), the newest each checkpoint under one: `<last two letters>/<id>`.
 */
const refPatterns = [
  "refs/heads/entire/checkpoints/v1",
  "refs/remotes/*/entire/checkpoints/v1",
  "refs/entire/checkpoints/v2/main",
  "refs/entire/checkpoints/v2/full/*",
] as const;
const oneCheckpoint = /^refs\/entire\/checkpoints\/([0-9A-Z]{2}\/[0-9A-Z]{26})$/;

/** A tree of checkpoints, or of the one that stands under its own ref. */
export interface CheckpointTree {
  readonly commit: string;
  /** Folder its paths are to be read below: `<last two letters>/<id>/`; empty for a branch of checkpoints. */
  readonly under: string;
}

/** The checkpoints of one repository: trees to be read together, a path of an earlier one hiding the same path of a later. */
export interface CheckpointTrees {
  readonly gitDir: string;
  readonly git: Git;
  /** What the refs lead to, the local branch first; a commit once. */
  readonly trees: readonly CheckpointTree[];
}

export async function* findCheckpoints(env: SourceEnv): AsyncGenerator<CheckpointTrees | { readonly problem: Problem }> {
  for (const gitDir of new Set(env.gitDirs)) {
    const git = openGit(gitDir, env.variables);
    try {
      const out = (
        await runGit(git, ["for-each-ref", "--format=%(objectname) %(refname)", ...refPatterns, "refs/entire/checkpoints"])
      ).toString("utf8");
      const trees = treesOf(out.split("\n").filter((line) => line !== ""));
      if (trees.length > 0) yield { gitDir, git, trees };
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

/** @param lines commit and ref, a blank between them */
function treesOf(lines: readonly string[]): CheckpointTree[] {
  const refs = lines.map((line) => ({ commit: line.slice(0, line.indexOf(" ")), ref: line.slice(line.indexOf(" ") + 1) }));
  const branches = refPatterns.flatMap((pattern) => refs.filter(({ ref }) => matches(ref, pattern)).map(({ commit }) => commit));
  const single = refs.flatMap(({ commit, ref }) => {
    const [, folder] = oneCheckpoint.exec(ref) ?? [];
    return folder === undefined ? [] : [{ commit, under: `${folder}/` }];
  });
  return [...[...new Set(branches)].map((commit) => ({ commit, under: "" })), ...single];
}

function matches(ref: string, pattern: string): boolean {
  const [head = "", tail] = pattern.split("*");
  return tail === undefined ? ref === pattern : ref.startsWith(head) && ref.endsWith(tail);
}
