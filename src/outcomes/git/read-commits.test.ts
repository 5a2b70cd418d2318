import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommitFact, FileChange } from "../../contract/facts.ts";
import type { Problem } from "../../contract/problem.ts";
import { openGit } from "../../git/git.ts";
import { lineKind } from "../../lines/line-kind.ts";
import { readCommits } from "./read-commits.ts";
import { TestRepository, readHistory, testFingerprinter } from "./test-repository.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

async function read(known: readonly string[] = [], problems: Problem[] = []): Promise<readonly CommitFact[]> {
  const options = {
    tips: [repository.head()],
    known,
    fingerprinter: testFingerprinter,
    onProblem: (problem: Problem) => void problems.push(problem),
  };
  const commits: CommitFact[] = [];
  for await (const commit of readCommits(openGit(join(repository.dir, ".git"), process.env), options)) commits.push(commit);
  return commits;
}

const hunksOf = (file: FileChange | undefined): readonly number[] => Array.from(file?.diff.hunks ?? []);

/** Takes an object out of the repository, as a clone without large blobs has it. */
function removeObject(id: string): void {
  rmSync(join(repository.dir, ".git", "objects", id.slice(0, 2), id.slice(2)));
}

describe("reading commits", () => {
  it("tells author, dates, parents and the hunks of each file", async () => {
    const one = repository.commit({ "a.txt": "alpha\nbeta\ngamma\n" });
    const two = repository.commit({ "a.txt": "alpha\nBETA\ngamma\ndelta\n" });
    const [first, second] = await read();
    expect([first?.hash, second?.hash, second?.parents]).toEqual([one, two, [one]]);
    expect([second?.authorName, second?.authorEmail]).toEqual(["Ada", "ada@example.org"]);
    expect([second?.authorAt, second?.commitAt]).toEqual([Date.UTC(2026, 0, 3, 12), Date.UTC(2026, 0, 3, 12)]);
    expect(first?.files.map(({ path, status, oldPath }) => [path, status, oldPath])).toEqual([["a.txt", "added", null]]);
    expect(hunksOf(first?.files[0])).toEqual([0, 0, 1, 3]);
    expect(hunksOf(second?.files[0])).toEqual([2, 1, 2, 1, 3, 0, 4, 1]);
    expect(second?.files[0]?.diff.lines.kind).toEqual(Uint8Array.of(lineKind.prose, lineKind.prose, lineKind.prose));
  });

  it("reads only what is new, and does not mind a known commit that is gone", async () => {
    const one = repository.commit({ "a.txt": "alpha\n" });
    const two = repository.commit({ "a.txt": "beta\n" });
    expect((await read([one, "0123456789012345678901234567890123456789"])).map(({ hash }) => hash)).toEqual([two]);
    expect(await read([two])).toEqual([]);
  });

  it("reads paths with blanks, quotes, tabs, line feeds, umlauts and bytes that are no UTF-8", async () => {
    const paths = [
      "with blank.txt",
      'with "quote".txt',
      "with\ttab.txt",
      "with\nline feed.txt",
      "größe.txt",
      "back\\slash.txt",
      'ünd "beides".txt',
    ];
    repository.commit(Object.fromEntries(paths.map((path) => [path, "line\n"])));
    writeFileSync(Buffer.concat([Buffer.from(`${repository.dir}/caf`), Buffer.from([0xe9])]), "line\n");
    repository.commit({});
    const [first, second] = await read();
    expect(first?.files.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(second?.files.map(({ path }) => path)).toEqual(["café"]); // byte by byte
  });

  it("reads lines without a line feed at the end, with CR LF, and that look like a patch", async () => {
    repository.commit({ "a.txt": "one\ntwo" });
    repository.commit({ "a.txt": "one\ntwo\n" });
    repository.commit({ "a.txt": "one\r\ntwo\r\n" });
    repository.commit({ "b.txt": "diff --git a/x b/x\n@@ -1,9 +1,9 @@\n\x01lead\n-minus\n+plus\n\\ back\n:100644\n\n" });
    const [first, second, third, fourth] = await read();
    expect(hunksOf(first?.files[0])).toEqual([0, 0, 1, 2]);
    expect(hunksOf(second?.files[0])).toEqual([2, 1, 2, 1]);
    expect(hunksOf(third?.files[0])).toEqual([1, 2, 1, 2]);
    const { folded, exact } = third?.files[0]?.diff.lines ?? { folded: [], exact: [] };
    expect([folded[0] === folded[2], exact[0] === exact[2]]).toEqual([true, false]); // the same text, other bytes
    expect(hunksOf(fourth?.files[0])).toEqual([0, 0, 1, 8]);
    expect(fourth?.files[0]?.diff.lines.length).toEqual(Uint16Array.of(18, 15, 5, 6, 5, 6, 7, 0));
  });

  it("keeps file changes without lines: modes, empty files, links, binary files, renames as they are", async () => {
    repository.commit({ "run.sh": "echo\n", "old.bin": Buffer.from([0, 255, 0, 255]), "empty.txt": "" });
    chmodSync(join(repository.dir, "run.sh"), 0o755);
    symlinkSync("run.sh", join(repository.dir, "link"));
    repository.git("mv", "old.bin", "new.bin");
    repository.commit({ "empty.txt": null });
    const told = (await read())[1]?.files.map(({ path, status, opaque, oldPath, diff }) => [
      path,
      status,
      opaque,
      oldPath,
      diff.lines.kind.length,
    ]);
    expect(told).toEqual([
      ["empty.txt", "deleted", false, null, 0],
      ["link", "added", false, null, 1],
      ["new.bin", "renamed", false, "old.bin", 0],
      ["run.sh", "modified", false, null, 0],
    ]);
  });

  it("tells submodules without lines", async () => {
    const commit = repository.commit({ "a.txt": "alpha\n" });
    repository.git("update-index", "--add", "--cacheinfo", `160000,${commit},module`);
    repository.git("commit", "-q", "-m", "submodule");
    expect((await read())[1]?.files.map(({ path, status, opaque, diff }) => [path, status, opaque, diff.lines.kind.length])).toEqual([
      ["module", "added", "submodule", 0],
    ]);
  });

  it("tells empty commits and empty messages", async () => {
    repository.commit({}, "");
    repository.commit({}, "still nothing");
    const commits = await read();
    expect(commits.map(({ files, trailers }) => [files.length, trailers.length])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("does not crash on a message and an author in another encoding", async () => {
    repository.git("config", "i18n.commitEncoding", "ISO-8859-1");
    writeFileSync(join(repository.dir, "message"), Buffer.from("Gr\xfc\xdfe\n\nFixes: #12\n", "latin1"));
    repository.git("commit", "-q", "--allow-empty", "-F", "message", "--author", "J\xfcrgen <j@example.org>");
    expect((await read())[0]?.trailers).toEqual([{ key: "Fixes", value: "#12", inTrailerBlock: true }]);
  });

  it("gives the same whatever the repository's configuration and attributes say", async () => {
    repository.commit({ "a.txt": "one\ntwo\nthree\n", "sub/b.txt": "four\n" });
    repository.commit({ "a.txt": "one\n  two\nthree\n", "sub/b.txt": null, "sub/c.txt": "four\n" });
    repository.git("checkout", "-q", "-b", "topic", "HEAD~1");
    repository.commit({ "a.txt": "one\ntwo\nthree\nfive\n" });
    repository.git("checkout", "-q", "main");
    repository.merge(["topic"]);
    const plain = await read();
    const settings = {
      "diff.noprefix": "true",
      "diff.mnemonicPrefix": "true",
      "diff.renames": "copies",
      "diff.algorithm": "histogram",
      "diff.context": "9",
      "diff.interHunkContext": "9",
      "diff.external": "false",
      "diff.orderFile": "order",
      "diff.relative": "true",
      "diff.submodule": "log",
      "diff.ignoreSubmodules": "all",
      "diff.indentHeuristic": "false",
      "diff.suppressBlankEmpty": "true",
      "core.quotePath": "true",
      "core.abbrev": "7",
      "log.showRoot": "false",
      "log.showSignature": "true",
      "log.decorate": "full",
      "log.mailmap": "true",
      "log.diffMerges": "off",
      "log.follow": "true",
      "log.date": "relative",
      "color.ui": "always",
      "color.diff": "always",
      "format.pretty": "oneline",
      "notes.displayRef": "*",
      "core.pager": "false",
      "diff.hidden.textconv": "false",
    };
    for (const [name, value] of Object.entries(settings)) repository.git("config", name, value);
    repository.write(".gitattributes", "*.txt binary diff=hidden\n");
    repository.write("order", "sub/*\n");
    expect(await read()).toEqual(plain);
    repository.git("add", "-A"); // attributes in the index are no better than those in the tree
    expect(await read()).toEqual(plain);
  });

  it("ignores replacements and grafts", async () => {
    const one = repository.commit({ "a.txt": "alpha\n" });
    const two = repository.commit({ "a.txt": "beta\n" });
    const three = repository.commit({ "a.txt": "gamma\n" });
    repository.git("replace", "--graft", three, one);
    expect((await read()).map(({ hash }) => hash)).toEqual([one, two, three]);
  });

  it("reads a repository of the sha256 format", async () => {
    repository.remove();
    repository = new TestRepository("--object-format=sha256");
    const one = repository.commit({ "a.txt": "alpha\n" });
    repository.commit({ "a.txt": "beta\n" });
    const commits = await read();
    expect(commits[0]?.hash).toBe(one);
    expect(commits[1]?.files[0]?.oldBlob).toHaveLength(64);
    expect(hunksOf(commits[1]?.files[0])).toEqual([1, 1, 1, 1]);
  });
});

describe("absent blobs", () => {
  /** Seven commits; the third version of large.txt is absent. */
  function damaged(): readonly string[] {
    const hashes = [
      repository.commit({ "a.txt": "1\n", "large.txt": "first\n" }),
      repository.commit({ "a.txt": "1\n2\n" }),
      repository.commit({ "a.txt": "1\n2\n3\n", "large.txt": "second\n" }),
      repository.commit({ "b.txt": "b\n" }),
      repository.commit({ "a.txt": "1\n2\n3\n4\n", "large.txt": "third\n" }),
      repository.commit({ "large.txt": "fourth\n" }),
      repository.commit({ "a.txt": "1\n2\n3\n4\n5\n" }),
    ];
    removeObject(repository.git("rev-parse", `${hashes[2]}:large.txt`));
    return hashes;
  }

  it("make a file of the commits that need them opaque, and nothing else", async () => {
    const hashes = damaged();
    const problems: Problem[] = [];
    const commits = await read([], problems);
    expect(commits.map(({ hash }) => hash)).toEqual(hashes);
    expect(commits.map(({ files }) => files.map(({ path, opaque, diff }) => `${path} ${opaque} ${diff.lines.kind.length}`))).toEqual([
      ["a.txt false 1", "large.txt false 1"],
      ["a.txt false 1"],
      ["a.txt false 1", "large.txt absent_blob 0"],
      ["b.txt false 1"],
      ["a.txt false 1", "large.txt absent_blob 0"],
      ["large.txt false 2"],
      ["a.txt false 1"],
    ]);
    expect(problems.map(({ code, severity, locator, count }) => [code, severity, locator.endsWith(":large.txt"), count])).toEqual([
      ["absent_blob", "notice", true, 2],
    ]);
  });

  it("give the same facts when the repository is read in parts", async () => {
    const hashes = damaged();
    const whole = await read();
    for (const [i, known] of hashes.entries()) expect(await read([known])).toEqual(whole.slice(i + 1));
  });

  it("give the same facts one by one as from a list, when there are many", async () => {
    for (let i = 0; i < 8; i++) {
      repository.commit({ "a.txt": `${i}\n`, "gone.txt": `version ${i}\n` });
      if (i % 2 === 1) removeObject(repository.git("rev-parse", "HEAD:gone.txt"));
    }
    const commits = await read();
    expect(commits.map(({ files }) => files.map(({ path, opaque }) => `${path} ${opaque}`))).toEqual([
      ["a.txt false", "gone.txt false"],
      ...Array.from({ length: 7 }, () => ["a.txt false", "gone.txt absent_blob"]),
    ]);
  });

  it("are needed by renames and changes of mode alone, too", async () => {
    repository.commit({ "a.txt": "1\n", "gone.txt": "gone\n", "lost.txt": "lost\n" });
    const blobs = ["gone.txt", "lost.txt"].map((path) => repository.git("rev-parse", `HEAD:${path}`));
    repository.git("mv", "gone.txt", "new.txt");
    repository.git("commit", "-q", "-m", "rename");
    repository.git("update-index", "--chmod=+x", "lost.txt");
    repository.git("commit", "-q", "-m", "mode");
    repository.git("update-index", "--add", "--cacheinfo", `100644,${repository.git("rev-parse", "HEAD:a.txt")},b.txt`);
    repository.git("commit", "-q", "-m", "fine");
    for (const blob of blobs) removeObject(blob);
    const told = (await read()).map(({ files }) => files.map(({ path, oldPath, status, opaque }) => [path, oldPath, status, opaque]));
    expect(told).toEqual([
      [
        ["a.txt", null, "added", false],
        ["gone.txt", null, "added", "absent_blob"],
        ["lost.txt", null, "added", "absent_blob"],
      ],
      [["new.txt", "gone.txt", "renamed", "absent_blob"]],
      [["lost.txt", null, "modified", "absent_blob"]],
      [["b.txt", null, "added", false]],
    ]);
    expect([...(await readHistory(repository.dir)).history.opaquePaths.keys()].sort()).toEqual(["lost.txt", "new.txt"]);
  });

  it("leave the path's lines undead, and the path opaque until it is added anew", async () => {
    damaged();
    const before = await readHistory(repository.dir);
    expect([...before.history.opaquePaths]).toEqual([["large.txt", "absent_blob"]]);
    expect(before.born("a.txt")).toHaveLength(5);
    const first = before.history.changed[0]?.[1]?.ids[0] as number; // the line "first"
    expect([before.history.died[first], before.history.killer[first]]).toEqual([-1, -1]);
    const removal = repository.commit({ "large.txt": null });
    const anew = repository.commit({ "large.txt": "fifth\n" });
    const after = await readHistory(repository.dir);
    expect(after.born("large.txt")).toEqual([anew]);
    expect(after.history.commits[after.history.died[first] as number]?.hash).toBe(removal);
  });

  it("are not fetched from where a partial clone came from", async () => {
    repository.commit({ "a.txt": "alpha\n" });
    repository.commit({ "a.txt": "beta\n" });
    repository.git("config", "uploadpack.allowFilter", "true");
    const copy = new TestRepository();
    try {
      copy.git("remote", "add", "origin", `file://${repository.dir}`);
      copy.git("fetch", "-q", "--filter=blob:none", "origin");
      copy.git("update-ref", "refs/heads/main", "refs/remotes/origin/main");
      const { commits, problems, history } = await readHistory(copy.dir);
      expect(commits.map(({ files }) => files.map(({ path, opaque }) => [path, opaque]))).toEqual([
        [["a.txt", "absent_blob"]],
        [["a.txt", "absent_blob"]],
      ]);
      expect(problems.map(({ code, count }) => [code, count])).toEqual([["absent_blob", 2]]);
      expect(history.lines).toBe(0);
      expect(copy.git("count-objects")).toMatch(/^\d+ objects/);
      expect(() => copy.git("-c", "protocol.allow=never", "cat-file", "-e", commits[0]?.files[0]?.newBlob ?? "")).toThrow();
    } finally {
      copy.remove();
    }
  });
});
