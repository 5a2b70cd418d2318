import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReadHistory, TestRepository, readHistory } from "./test-repository.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** The life of the line a file's change tells of: hashes, "-" for none. */
function life({ history }: ReadHistory, commit: string, path: string, line: number): Record<"born" | "landed" | "killer" | "died", string> {
  const c = history.commits.findIndex(({ hash }) => hash === commit);
  const f = history.commits[c]?.files.findIndex((file) => file.path === path) ?? -1;
  const id = history.changed[c]?.[f]?.ids[line] as number;
  const hash = (column: Int32Array): string => history.commits[column[id] as number]?.hash ?? "-";
  return { born: hash(history.born), landed: hash(history.landed), killer: hash(history.killer), died: hash(history.died) };
}

describe("line history", () => {
  it("names birth, landing, killer and death of the lines of a straight history", async () => {
    const one = repository.commit({ "a.txt": text("alpha", "beta", "gamma") });
    const two = repository.commit({ "a.txt": text("alpha", "BETA", "gamma", "delta") });
    const three = repository.commit({ "a.txt": text("alpha", "gamma", "delta") });
    const read = await readHistory(repository.dir);
    expect(read.born("a.txt")).toEqual([one, one, two]);
    expect(life(read, one, "a.txt", 1)).toEqual({ born: one, landed: one, killer: two, died: two }); // beta
    expect(life(read, two, "a.txt", 1)).toEqual({ born: two, landed: two, killer: three, died: three }); // BETA
    expect(life(read, two, "a.txt", 2)).toEqual({ born: two, landed: two, killer: "-", died: "-" }); // delta
    expect(read.history.lines).toBe(5);
  });

  it("lands a branch's lines with the merge and names the branch's own killer", async () => {
    const base = repository.commit({ "a.txt": text("alpha", "beta", "gamma") });
    repository.git("checkout", "-q", "-b", "topic");
    const inner = repository.commit({ "a.txt": text("alpha", "gamma", "delta") });
    repository.git("checkout", "-q", "main");
    const other = repository.commit({ "b.txt": text("elsewhere") });
    const merge = repository.merge(["topic"]);
    const read = await readHistory(repository.dir);
    expect(read.born("a.txt")).toEqual([base, base, inner]);
    expect(read.born("b.txt")).toEqual([other]);
    expect(life(read, base, "a.txt", 1)).toEqual({ born: base, landed: base, killer: inner, died: merge });
    expect(life(read, inner, "a.txt", 1)).toEqual({ born: inner, landed: merge, killer: "-", died: "-" });
  });

  it("gives a merge only the lines that no parent has", async () => {
    repository.commit({ "a.txt": text("head", "one", "foot") });
    repository.git("checkout", "-q", "-b", "topic");
    const theirs = repository.commit({ "a.txt": text("head", "one of theirs", "more of theirs", "foot") });
    repository.git("checkout", "-q", "main");
    const ours = repository.commit({ "a.txt": text("head", "one of ours", "foot") });
    const merge = repository.merge(["topic"], "merge", {
      "a.txt": text("head", "one of ours", "more of theirs", "resolved by hand", "foot"),
    });
    const read = await readHistory(repository.dir);
    const first = read.commits[0]?.hash;
    expect(read.born("a.txt")).toEqual([first, ours, theirs, merge, first]);
    // "one of theirs" was dropped by the merge and never landed
    expect(life(read, theirs, "a.txt", 1)).toEqual({ born: theirs, landed: "-", killer: merge, died: "-" });
    expect(life(read, theirs, "a.txt", 2)).toEqual({ born: theirs, landed: merge, killer: "-", died: "-" });
  });

  it("takes a file of a merge as it is from the parent whose blob it has, without lines in the fact", async () => {
    repository.commit({ "a.txt": text("alpha") });
    repository.git("checkout", "-q", "-b", "topic");
    const added = repository.commit({ "new.txt": text("first", "second") });
    repository.git("checkout", "-q", "main");
    repository.commit({ "b.txt": text("elsewhere") });
    const merge = repository.merge(["topic"]);
    const read = await readHistory(repository.dir);
    const fact = read.commits.find(({ hash }) => hash === merge);
    expect(fact?.files.map(({ path, status, diff }) => [path, status, diff.lines.kind.length])).toEqual([["new.txt", "added", 0]]);
    expect(read.born("new.txt")).toEqual([added, added]);
  });

  it("follows an octopus merge", async () => {
    const base = repository.commit({ "a.txt": text("1", "2", "3", "4", "5", "6", "7", "8", "9") });
    const tips = ["x", "y"].map((name, i) => {
      repository.git("checkout", "-q", "-b", name, base);
      return repository.commit({
        [`${name}.txt`]: text(`of ${name}`),
        "a.txt": text(...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => (n === i * 4 + 2 ? `${n} ${name}` : `${n}`))),
      });
    });
    repository.git("checkout", "-q", "main");
    const ours = repository.commit({ "main.txt": text("of main") });
    repository.merge(["x", "y"]);
    const read = await readHistory(repository.dir);
    expect(read.history.commits.at(-1)?.parents).toEqual([ours, ...tips]);
    expect(read.born("x.txt")).toEqual([tips[0]]);
    expect(read.born("y.txt")).toEqual([tips[1]]);
    expect(read.born("a.txt")).toEqual([base, tips[0], base, base, base, tips[1], base, base, base]);
  });

  it("follows renames with an edit, and a name that is used again", async () => {
    const long = (name: string): readonly string[] => Array.from({ length: 12 }, (_, i) => `${name} line number ${i}`);
    const one = repository.commit({ "a.txt": text(...long("a")), "b.txt": text(...long("b")) });
    const two = repository.commit({
      "a.txt": null,
      "b.txt": null,
      "dir/c.txt": text(...long("a"), "more"),
      "dir/d.txt": text(...long("b")),
    });
    const three = repository.commit({ "a.txt": text("another file") });
    const read = await readHistory(repository.dir);
    expect(read.commits[1]?.files.map(({ oldPath, path, status }) => [oldPath, path, status])).toEqual([
      ["a.txt", "dir/c.txt", "renamed"],
      ["b.txt", "dir/d.txt", "renamed"],
    ]);
    expect(read.born("dir/c.txt")).toEqual([...long("a").map(() => one), two]);
    expect(read.born("dir/d.txt")).toEqual(long("b").map(() => one));
    expect(read.born("a.txt")).toEqual([three]);
    expect(read.history.lines).toBe(26);
  });

  it("lets every line die where a file becomes a link, a link a file, or text becomes binary", async () => {
    const one = repository.commit({ "a.txt": text("alpha", "beta"), "b.txt": text("gamma") });
    rmSync(join(repository.dir, "a.txt"));
    symlinkSync("b.txt", join(repository.dir, "a.txt"));
    const two = repository.commit({ "b.txt": Buffer.from([0, 1, 2, 3]) });
    rmSync(join(repository.dir, "a.txt"));
    const three = repository.commit({ "a.txt": text("alpha") });
    const read = await readHistory(repository.dir);
    expect(read.commits[1]?.files.map(({ path, status, opaque }) => [path, status, opaque])).toEqual([
      ["a.txt", "type_changed", false],
      ["b.txt", "modified", "binary"],
    ]);
    expect(life(read, one, "a.txt", 0)).toEqual({ born: one, landed: one, killer: two, died: two });
    expect(life(read, one, "b.txt", 0)).toEqual({ born: one, landed: one, killer: two, died: two });
    expect(life(read, two, "a.txt", 2)).toEqual({ born: two, landed: two, killer: three, died: three }); // the link
    expect(read.born("a.txt")).toEqual([three]);
    expect(read.history.opaquePaths.get("b.txt")).toBe("binary");
    expect(read.history.alive.has("b.txt")).toBe(false);
  });

  it("opens a death again when a merge brings the line back", async () => {
    const base = repository.commit({ "a.txt": text("alpha", "beta", "gamma") });
    repository.git("checkout", "-q", "-b", "topic");
    repository.commit({ "b.txt": text("elsewhere") });
    repository.git("checkout", "-q", "main");
    const removal = repository.commit({ "a.txt": text("alpha", "gamma") });
    repository.merge(["topic"], "merge", { "a.txt": text("alpha", "beta", "gamma") });
    const read = await readHistory(repository.dir);
    expect(life(read, base, "a.txt", 1)).toEqual({ born: base, landed: base, killer: removal, died: "-" });
    expect(read.born("a.txt")).toEqual([base, base, base]);
  });

  it("marks lines that were moved unchanged from file to file within a commit, three telling lines or more", async () => {
    const moved = ["function moved() {", "  return one(two);", "}", "const after = moved();"];
    const one = repository.commit({
      "a.ts": text("import x from y;", ...moved, "export default x;"),
      "b.ts": text("let b = 1;", "let short = 2;"),
    });
    const two = repository.commit({ "a.ts": text("import x from y;", "export default x;"), "b.ts": text("let b = 1;", ...moved) });
    const { history, born } = await readHistory(repository.dir);
    const ids = history.alive.get("b.ts") as Int32Array;
    expect(born("b.ts")).toEqual([one, two, two, two, two]);
    const origins = Array.from(ids, (id) => history.commits[history.born[history.origin[id] as number] as number]?.hash ?? "-");
    expect(origins).toEqual(["-", one, one, one, one]);
    expect(history.origin[history.origin[ids[1] as number] as number]).toBe(-1);
  });

  it("keeps the older identity of lines that were formatted or wrapped anew beside the birth that blame names", async () => {
    const one = repository.commit({
      "a.ts": text("const north = 1;", "export function berth() {", "  return find(harbour, 'north', 4);", "}", "const south = 2;"),
    });
    const two = repository.commit({
      "a.ts": text(
        "const north = 1;",
        "export function berth() {",
        "  return find(",
        "    harbour,",
        '    "north",',
        "    4,",
        "  );",
        "}",
        "const south = 3;",
      ),
    });
    const three = repository.commit({
      "a.ts": text("const north = 1;", "export function berth() {", '  return find(harbour, "north", 4);', "}", "const south = 3;"),
    });
    const { history, born } = await readHistory(repository.dir);
    expect(born("a.ts")).toEqual([one, one, three, one, two]);
    const ids = history.alive.get("a.ts") as Int32Array;
    const origin = (id: number): number => history.origin[id] as number;
    const bornIn = (id: number): string => history.commits[history.born[id] as number]?.hash ?? "-";
    const again = ids[2] as number;
    expect([bornIn(origin(again)), bornIn(origin(origin(again))), origin(origin(origin(again)))]).toEqual([two, one, -1]);
    expect(origin(ids[4] as number)).toBe(-1); // south is another line
  });

  it("calls two lines that were moved a coincidence", async () => {
    repository.commit({ "a.ts": text("let one = 1;", "let two = 2;", "let three = 3;"), "b.ts": text("let four = 4;") });
    repository.commit({ "a.ts": text("let three = 3;"), "b.ts": text("let four = 4;", "let one = 1;", "let two = 2;") });
    const { history } = await readHistory(repository.dir);
    expect([...history.origin].every((origin) => origin === -1)).toBe(true);
  });

  it("bears no lines before the end of a shallow copy", async () => {
    repository.commit({ "a.txt": text("alpha") });
    repository.commit({ "a.txt": text("alpha", "beta") });
    const three = repository.commit({ "a.txt": text("alpha", "beta", "gamma") });
    const four = repository.commit({ "a.txt": text("alpha", "gamma", "delta") });
    const copy = new TestRepository();
    try {
      copy.git("fetch", "-q", "--depth=2", `file://${repository.dir}`, "main");
      copy.git("reset", "-q", "--hard", "FETCH_HEAD");
      const read = await readHistory(copy.dir);
      expect(read.commits.map(({ hash }) => hash)).toEqual([three, four]);
      expect(read.commits[0]?.parents).toEqual([repository.git("rev-parse", "main~2")]);
      expect(read.born("a.txt")).toEqual(["before", "before", four]);
      expect(life(read, three, "a.txt", 1)).toEqual({ born: "-", landed: three, killer: four, died: four });
    } finally {
      copy.remove();
    }
  });

  it("prefers a killer on the default branch to an earlier one elsewhere", async () => {
    const base = repository.commit({ "a.txt": text("alpha", "beta") });
    repository.git("checkout", "-q", "-b", "abandoned");
    repository.commit({ "a.txt": text("alpha") });
    repository.git("checkout", "-q", "main");
    const alive = await readHistory(repository.dir);
    expect(life(alive, base, "a.txt", 1)).toMatchObject({ killer: repository.git("rev-parse", "abandoned"), died: "-" });
    const killer = repository.commit({ "a.txt": text("alpha", "gamma") });
    const read = await readHistory(repository.dir);
    expect(life(read, base, "a.txt", 1)).toEqual({ born: base, landed: base, killer, died: killer });
  });

  it("answers for an empty repository", async () => {
    const { history, commits } = await readHistory(repository.dir);
    expect(commits).toEqual([]);
    expect([history.tip, history.lines, history.alive.size]).toEqual([-1, 0, 0]);
  });
});
