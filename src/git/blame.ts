import { type Git, runGit } from "./git.ts";

/** One line of a file as git dates it. */
export interface BlamedLine {
  /** From 1, in the file as blamed. */
  readonly line: number;
  readonly commit: string;
  /** Path and line number of it in that commit. */
  readonly path: string;
  readonly bornLine: number;
  /** For the screen only: nothing stores it. */
  readonly text: string;
}

/**
 * What `git blame <commit> -- <path>` says, line by line; no `blame.ignoreRevsFile` of a configuration changes it.
 * @throws GitError where the path is not in the commit
 */
export async function blameFile(git: Git, commit: string, path: string): Promise<BlamedLine[]> {
  const out = await runGit(git, ["-c", "blame.ignoreRevsFile=", "blame", "--porcelain", commit, "--", path]);
  const lines: BlamedLine[] = [];
  const pathOf = new Map<string, string>();
  let head: { commit: string; bornLine: number; line: number } | null = null;
  for (const row of out.toString("utf8").split("\n")) {
    if (row.startsWith("\t")) {
      if (head !== null) lines.push({ ...head, path: pathOf.get(head.commit) ?? path, text: row.slice(1) });
      head = null;
    } else if (row.startsWith("filename ")) {
      if (head !== null) pathOf.set(head.commit, unquoted(row.slice("filename ".length)));
    } else {
      const [, hash, bornLine, line] = /^([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)/.exec(row) ?? [];
      if (hash !== undefined) head = { commit: hash, bornLine: Number(bornLine), line: Number(line) };
    }
  }
  return lines;
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  '"': '"',
  "\\": "\\",
  a: "\u0007",
  b: "\b",
  f: "\f",
  v: "\v",
};

/** Git puts names with quotes or control characters in quotes, as C does. */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes = name
    .slice(1, -1)
    .replaceAll(/\\([0-7]{3}|.)/g, (_, escape: string) => escapes[escape] ?? String.fromCodePoint(Number.parseInt(escape, 8)));
  return bytes;
}
