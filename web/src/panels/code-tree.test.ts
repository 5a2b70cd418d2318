import { describe, expect, it } from "vitest";
import type { FileRow } from "../../../src/contract/api.ts";
import { aliveShare, aliveStep, entriesOf, spreadOf } from "./code-tree.ts";

const file = (path: string, spendNanoUsd: string | null, linesLanded: number, linesAlive: number): FileRow => ({
  path,
  spendNanoUsd,
  linesLanded,
  linesAlive,
  linesByAuthorKind: {},
});

describe("a folder of code", () => {
  const files = [
    file("src/a/x.ts", "5", 10, 5),
    file("src/a/y.ts", null, 10, 10),
    file("src/b.ts", "7", 4, 0),
    file("srcs/c.ts", "100", 1, 1),
  ];

  it("adds up what lies below its folders, the costliest first", () => {
    expect(entriesOf(files, "src").map(({ path, isFolder, files: count, nanoUsd }) => [path, isFolder, count, nanoUsd])).toEqual([
      ["src/b.ts", false, 1, 7n],
      ["src/a", true, 2, 5n],
    ]);
    expect(entriesOf(files, "").map(({ name }) => name)).toEqual(["srcs", "src"]);
  });

  it("knows no share where nothing landed", () => {
    expect(aliveShare({ linesLanded: 0, linesAlive: 0 })).toBeNull();
    expect(aliveStep(null)).toBeNull();
    expect(aliveStep(aliveShare({ linesLanded: 20, linesAlive: 15 }))).toBe(3);
    expect(aliveStep(1)).toBe(4);
  });

  it("draws what is in a folder that would hide the rest", () => {
    // src holds 12 of 112, srcs 100: srcs gives way to its file, src stays whole.
    expect(spreadOf(files, "").map(({ path }) => path)).toEqual(["srcs/c.ts", "src"]);
  });
});
