import { type Git, GitError, runGit } from "./git.ts";

export interface Ref {
  /** Full name: `refs/heads/main`. */
  readonly name: string;
  /** The commit it leads to, annotated tags peeled. */
  readonly commit: string;
  /** The ref it stands for, for symbolic refs such as `refs/remotes/origin/HEAD`. */
  readonly symbolic: string | null;
}

const format = ["objecttype", "objectname", "*objecttype", "*objectname", "symref", "refname"].map((field) => `%(${field})`).join("%00");

/**
 * All refs that lead to a commit, by name. Tags of trees and blobs are left out.
 * @param onBlob told of refs that are a blob themselves
 */
export async function readRefs(git: Git, onBlob?: (name: string, oid: string) => void): Promise<readonly Ref[]> {
  const out = (await runGit(git, ["for-each-ref", `--format=${format}`])).toString("utf8");
  const refs: Ref[] = [];
  for (const line of out.split("\n")) {
    if (line === "") continue;
    const [type, object, peeledType, peeled, symref, name] = line.split("\0") as [string, string, string, string, string, string];
    const commit = type === "commit" ? object : peeledType === "commit" ? peeled : peeledType === "tag" ? await peel(git, name) : null;
    if (type === "blob") onBlob?.(name, object);
    if (commit !== null) refs.push({ name, commit, symbolic: symref === "" ? null : symref });
  }
  return refs;
}

/** A tag of a tag: `for-each-ref` peels one layer (git 2.39). */
async function peel(git: Git, name: string): Promise<string | null> {
  try {
    return (await runGit(git, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`])).toString("latin1").trim();
  } catch (error) {
    if (error instanceof GitError && error.exitCode !== null) return null; // leads to a tree or a blob
    throw error;
  }
}

/** Where HEAD stands: the branch it names (which may not exist yet), or a commit when it is detached. */
export async function readHead(git: Git): Promise<{ readonly branch: string | null; readonly commit: string | null }> {
  const ask = async (args: readonly string[]): Promise<string | null> => {
    try {
      return (await runGit(git, args)).toString("utf8").trim() || null;
    } catch (error) {
      if (error instanceof GitError && error.exitCode !== null) return null;
      throw error;
    }
  };
  return {
    branch: await ask(["symbolic-ref", "--quiet", "HEAD"]),
    commit: await ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]),
  };
}

export interface TreeEntry {
  readonly path: string;
  readonly oid: string;
  /** Octal, as git prints it: `100644`, `120000` a symbolic link, `160000` a submodule. */
  readonly mode: string;
  /** Bytes; null if it was not asked for or the blob is absent. */
  readonly size: number | null;
}

/** All files of a tree, or of a folder in it. Sizes cost one look at each object. */
export async function readTree(
  git: Git,
  treeish: string,
  options: { readonly sizes?: boolean; readonly under?: string } = {},
): Promise<readonly TreeEntry[]> {
  const under = options.under === undefined ? [] : ["--", options.under];
  const args = ["ls-tree", "-r", "-z", "--full-tree", ...(options.sizes ? ["-l"] : []), treeish, ...under];
  const out = await runGit(git, args);
  const entries: TreeEntry[] = [];
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf(0, at);
    const tab = out.indexOf(9, at);
    const [mode, , oid, size] = out.toString("latin1", at, tab).split(/ +/) as [string, string, string, string?];
    entries.push({ mode, oid, path: pathText(out, tab + 1, end), size: size === undefined || !/^\d+$/.test(size) ? null : Number(size) });
    at = end + 1;
  }
  return entries;
}

/** A path's bytes as text: UTF-8, or byte by byte where it is not. */
export function pathText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  return text.includes("\ufffd") ? bytes.toString("latin1", start, end) : text;
}
