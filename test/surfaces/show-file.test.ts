/** `assay show file`: the card for a terminal, and where the file is looked for. */
import { expect, it } from "vitest";
import { fileCard } from "./card-fixtures.ts";
import { runWith } from "./fake-machine.ts";

it("prints cost, share as a range, survival, ages, sessions and changes in 80 columns", async () => {
  const { out } = await runWith(["show", "file", "src/tide.ts"]);
  expect(out.split("\n")).toEqual([
    "File src/tide.ts",
    "",
    "spend       $4.25 on the lines commits wrote here, at list prices",
    "where       lantern/harbour",
    "before      src/ebb.ts",
    "lines       40 alive of 50 landed and 60 written",
    "by agents   50.0 % to 75.0 % of the lines alive",
    "survival    90.0 % alive after 7 days, not known after 21",
    "",
    "Lines alive, by days since they landed",
    "  age               agent  person  unknown",
    "  0 to 6 days          20       0        0",
    "  7 to 20 days          0      10       10",
    "  21 to 89 days         0       0        0",
    "  90 days and more      0       0        0",
    "",
    "Sessions",
    "  session                               spend  lines",
    "  5b0c6f0e-2d1f-4a55-9d62-0f7a3f1d9c11  $4.25     30",
    "",
    "Changes that touched it",
    "  change              landed                added  removed",
    "  lantern/harbour#12  2026-01-21 08:12 UTC     45        5",
    "",
    "The working file is changed.",
    "",
  ]);
});

it("prints JSON, and asks in the repository that is named", async () => {
  const { out, calls } = await runWith(["show", "file", "a.ts", "--repo", "../other", "--json"]);
  expect(JSON.parse(out)).toEqual(fileCard);
  expect(calls[0]?.args[0]).toEqual({ file: "a.ts", repository: "/home/ada/other", workingDir: "/home/ada/harbour" });
});
