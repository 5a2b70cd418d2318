import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findChanges } from "../outcomes/git/changes.ts";
import { TestRepository, readHistory } from "../outcomes/git/test-repository.ts";
import { BugTracer, type Fix, defaultTraceOptions } from "./bug-links.ts";
import { FileLines } from "./file-lines.ts";
import { linesOf, text as textOf } from "./test-writes.ts";

const text = (lines: readonly string[]): string => textOf(...lines);

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

const [berths, cranes] = [linesOf("berth", 5), linesOf("crane", 5)];

/** Traces a fix; commits are told by their hashes. */
async function trace(commit: string, more: Partial<Omit<Fix, "commit">> = {}, options = defaultTraceOptions) {
  const { history, commits } = await readHistory(repository.dir);
  const changes = findChanges(commits, [], history.tip);
  const place = (hash: string): number => commits.findIndex((one) => one.hash === hash);
  const tracer = new BugTracer(history, changes, () => new FileLines(history), options);
  const link = tracer.trace({ commit: place(commit), culprits: [], openedAt: null, ...more });
  const hashes = (list: readonly number[]): string[] => list.map((c) => commits[c]?.hash as string);
  return { exact: hashes(link.exact), narrow: hashes(link.narrow), wide: hashes(link.wide), hunks: link.hunks };
}

const at = (hash: string): number => Number(repository.git("show", "-s", "--format=%ct", hash)) * 1000;

describe("a fix is traced", () => {
  it("to the most recent commit whose lines it kills, and in the wide set to all of them", async () => {
    const first = repository.commit({ "port.ts": text(berths) });
    const second = repository.commit({ "port.ts": text([...berths, ...cranes]) });
    const fix = repository.commit({ "port.ts": text(["const mended = 1;", ...berths.slice(1), "const calm = 2;", ...cranes.slice(1)]) });
    expect(await trace(fix)).toMatchObject({ exact: [], narrow: [second], wide: [first, second] });
  });

  it("to what came before the issue was opened", async () => {
    const first = repository.commit({ "port.ts": text(berths) });
    repository.commit({ "port.ts": text([...berths, ...cranes]) });
    const fix = repository.commit({ "port.ts": text(["const mended = 1;", ...berths.slice(1), "const calm = 2;", ...cranes.slice(1)]) });
    expect((await trace(fix, { openedAt: at(first) })).narrow).toEqual([first]);
    expect((await trace(fix, { openedAt: at(first) - 1 })).narrow).toEqual([]);
  });

  it("to what its message names, whatever it kills; names of commits that are gone say nothing", async () => {
    const first = repository.commit({ "port.ts": text(berths) });
    const second = repository.commit({ "port.ts": text(["const other = 3;", ...berths.slice(1)]) });
    const fix = repository.commit({ "port.ts": text(["const mended = 1;", ...berths.slice(1)]) });
    expect(await trace(fix, { culprits: [first.slice(0, 9)] })).toMatchObject({ exact: [first], narrow: [first], wide: [first, second] });
    expect(await trace(fix, { culprits: ["0123456789"] })).toMatchObject({ exact: [], narrow: [second] });
  });

  it("through a move to the commit that wrote the lines, not the one that moved them", async () => {
    const first = repository.commit({ "port.ts": text(berths), "quay.ts": text(cranes) });
    const moved = repository.commit({ "port.ts": text(cranes.slice(0, 1)), "quay.ts": text([...cranes, ...berths]) });
    const fix = repository.commit({ "quay.ts": text([...cranes, "const mended = 1;", ...berths.slice(1)]) });
    expect((await trace(fix)).narrow).toEqual([first]);
    expect((await trace(fix, {}, { ...defaultTraceOptions, seesThroughMoves: false })).narrow).toEqual([moved]);
  });

  it("by lines of code: of comments and of tests beside the product in the wide set alone", async () => {
    const first = repository.commit({ "port.ts": text(berths), "port.test.ts": text(cranes) });
    const second = repository.commit({
      "port.ts": text(["// a note of the harbour", ...berths]),
      "port.test.ts": text(["const late = 4;", ...cranes]),
    });
    const fix = repository.commit({
      "port.ts": text(["// another note of it", "const mended = 1;", ...berths.slice(1)]),
      "port.test.ts": text(cranes),
    });
    expect(await trace(fix)).toMatchObject({ narrow: [first], wide: [first, second] });
  });

  it("to nothing narrow where it only adds: the lines beside are guarded, wide", async () => {
    const first = repository.commit({ "port.ts": text(berths) });
    const fix = repository.commit({ "port.ts": text([...berths.slice(0, 2), "if (berth === null) return;", ...berths.slice(2)]) });
    const found = await trace(fix);
    expect(found).toMatchObject({ narrow: [], wide: [first] });
    expect(found.hunks.map(({ narrow, wide }) => [narrow.length, wide.length])).toEqual([[0, 2]]);
  });

  it("not to a commit of very many files", async () => {
    const many = Object.fromEntries(Array.from({ length: 3 }, (_, f) => [`f${f}.ts`, text(linesOf(`f${f}`, 3))]));
    const first = repository.commit({ "port.ts": text(berths) });
    const wide = repository.commit({ ...many, "port.ts": text(["const other = 3;", ...berths.slice(1)]) });
    const fix = repository.commit({ "port.ts": text(["const mended = 1;", "const calm = 2;", ...berths.slice(2)]) });
    expect(await trace(fix, {}, { ...defaultTraceOptions, mostFiles: 3 })).toMatchObject({ narrow: [first], wide: [first, wide] });
  });
});
