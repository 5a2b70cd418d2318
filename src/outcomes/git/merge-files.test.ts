import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitFact, FileChange } from "../../contract/facts.ts";
import { openGit, streamGit } from "../../git/git.ts";
import { LogParser, logFormat } from "./log-parser.ts";
import { logArguments, readCommits } from "./read-commits.ts";
import { TestRepository, testFingerprinter } from "./test-repository.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

const numbered = (from: number, to: number, changed: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `${changed[from + i] ?? `line ${from + i}`}\n`).join("");

/** Branch `other` and the main branch from one commit, and their merge with the files given. */
function merge(theirs: Tree, ours: Tree, result: Tree): string {
  repository.git("checkout", "-q", "-b", "other");
  repository.commit(theirs);
  const other = repository.head();
  repository.git("checkout", "-q", "-");
  repository.commit(ours);
  const first = repository.head();
  repository.commit(result);
  const tree = repository.git("rev-parse", "HEAD^{tree}").trim();
  const hash = repository.git("commit-tree", tree, "-p", first, "-p", other, "-m", "a merge").trim();
  repository.git("reset", "-q", "--hard", hash);
  return hash;
}
type Tree = Parameters<TestRepository["commit"]>[0];

const openRepository = () => openGit(join(repository.dir, ".git"), process.env);

/** What `readCommits` tells of a merge. */
async function told(hash: string): Promise<readonly FileChange[]> {
  const options = { tips: [hash], fingerprinter: testFingerprinter, onProblem: () => undefined };
  for await (const commit of readCommits(openRepository(), options)) if (commit.hash === hash) return commit.files;
  throw new Error("the merge was not told");
}

/** What one log with all patches against the first parent tells of it. */
async function againstFirst(hash: string): Promise<readonly FileChange[]> {
  const parser = new LogParser(testFingerprinter, () => undefined);
  const commits: CommitFact[] = [];
  for await (const chunk of streamGit(openRepository(), [...logArguments, logFormat, "--stdin"], `${hash}\n`))
    commits.push(...parser.push(chunk));
  return [...commits, ...parser.end()].find((commit) => commit.hash === hash)?.files ?? [];
}

const shape = ({ path, oldPath, status, oldBlob, newBlob, opaque, diff }: FileChange) => ({
  path,
  oldPath,
  status,
  oldBlob,
  newBlob,
  opaque,
  hunks: [...diff.hunks],
  exact: [...diff.lines.exact],
});

describe("the files of a merge", () => {
  it("are those of its own with lines, as a log against the first parent has them", async () => {
    repository.commit({ "both.txt": numbered(1, 20), "gone.txt": "one\ntwo\n", 'odd "name"\t.txt': numbered(1, 9) });
    const hash = merge(
      { "both.txt": numbered(1, 20, { 3: "theirs", 9: "theirs 9" }), "gone.txt": "one\ntwo\nthree\n", 'odd "name"\t.txt': numbered(1, 8) },
      { "both.txt": numbered(1, 20, { 3: "ours", 15: "ours 15" }), "gone.txt": "zero\none\ntwo\n", 'odd "name"\t.txt': numbered(2, 9) },
      {
        "both.txt": numbered(1, 20, { 3: "resolved\nand more", 4: "line 4\nnew behind 4", 15: "ours 15" }) + "the end",
        "gone.txt": null,
        'odd "name"\t.txt': numbered(2, 8),
      },
    );
    const files = (await told(hash)).map(shape);
    expect(files).toEqual((await againstFirst(hash)).map(shape));
    expect(files.map(({ path, status, hunks }) => [path, status, hunks.length / 4])).toEqual([
      ["both.txt", "modified", 3],
      ["gone.txt", "deleted", 1],
      ['odd "name"\t.txt', "modified", 1],
    ]);
  });

  it("keep the unchanged line between two removals", async () => {
    repository.commit({ "a.txt": numbered(1, 12) });
    const hash = merge(
      { "a.txt": numbered(1, 12, { 2: "x" }) },
      { "a.txt": numbered(1, 12, { 3: "y" }) },
      { "a.txt": `${numbered(1, 3)}${numbered(8, 8)}new\n${numbered(12, 12)}` },
    );
    expect((await told(hash)).map(shape)).toEqual((await againstFirst(hash)).map(shape));
  });

  it("that come from another parent as they are have no lines", async () => {
    repository.commit({ "a.txt": "a\n", "b.txt": "b\n" });
    const hash = merge({ "a.txt": "theirs\n" }, { "b.txt": "ours\n" }, { "a.txt": "theirs\n" });
    expect((await told(hash)).map(shape)).toMatchObject([{ path: "a.txt", status: "modified", hunks: [], exact: [] }]);
  });

  it("stand under their old name and their new one where the merge edits what a branch renamed", async () => {
    repository.commit({ "old.txt": numbered(1, 30) });
    const hash = merge(
      { "old.txt": null, "new.txt": numbered(1, 30, { 2: "theirs" }) },
      { "old.txt": numbered(1, 30, { 20: "ours" }) },
      { "old.txt": null, "new.txt": numbered(1, 30, { 2: "theirs", 20: "ours", 25: "the merge's" }) },
    );
    const files = (await told(hash)).map(shape);
    expect(files).toEqual((await againstFirst(hash)).map(shape));
    expect(files).toMatchObject([{ path: "new.txt", oldPath: "old.txt", status: "renamed" }]);
  });

  it("are told by the log of all where a blob of another parent is absent", async () => {
    repository.commit({ "a.txt": numbered(1, 12) });
    const hash = merge(
      { "a.txt": numbered(1, 12, { 2: "theirs" }) },
      { "a.txt": numbered(1, 12, { 9: "ours" }) },
      { "a.txt": numbered(1, 12, { 2: "theirs", 9: "ours", 5: "the merge's" }) },
    );
    const whole = (await told(hash)).map(shape);
    const blob = repository.git("rev-parse", "other:a.txt").trim();
    rmSync(join(repository.dir, ".git", "objects", blob.slice(0, 2), blob.slice(2)));
    expect((await told(hash)).map(shape)).toEqual(whole);
  });
});
