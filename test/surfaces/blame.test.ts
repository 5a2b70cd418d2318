/** `assay blame`: its JSON is the interface's, its text fits a terminal. */
import { expect, it } from "vitest";
import { blameFixture } from "./card-fixtures.ts";
import { runWith } from "./fake-machine.ts";

it("prints exactly the promised keys, and no text of a line", async () => {
  const { out, err } = await runWith(["blame", "src/tide.ts", "--json"]);
  const [first, second] = blameFixture.lines;
  expect(JSON.parse(out)).toEqual({
    lines: [
      { line: 1, commit: first?.commit, authorKind: "agent", session: first?.session, grade: "A", costNanoUsd: "12345678" },
      { line: 2, commit: second?.commit, authorKind: "unknown", session: null, grade: null, costNanoUsd: null },
    ],
  });
  expect(out).not.toContain("tide");
  expect(err).toContain("The working file is changed");
});

it("prints line, commit, kind and grade, session, cost and the line in 80 columns", async () => {
  const { out } = await runWith(["blame", "src/tide.ts"]);
  expect(out.split("\n")).toEqual([
    "src/tide.ts · saltmarsh/harbour · 9f2b7c1d4e",
    "line commit   author  session   cost",
    "   1 9f2b7c1d agent A 5b0c6f0e $0.01 export const tide = 1;",
    "   2 9f2b7c1d unknown –            –",
    "",
    "The working file is changed: these are the lines of HEAD, without what is not",
    "committed.",
    "$0.01 on 1 of 2 lines, at list prices; – is not known.",
    "",
  ]);
});

it("asks for the file from the working folder, in the repository that is named", async () => {
  const { calls } = await runWith(["blame", "a.ts", "--repo", "../other"]);
  expect(calls[0]?.args[0]).toEqual({ file: "a.ts", repository: "/home/ada/other", workingDir: "/home/ada/harbour" });
});
