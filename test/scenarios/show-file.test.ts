/** `assay show file` on a file that was renamed, every figure worked out by hand. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Assay } from "../../src/app/assay.ts";
import type { FileCard } from "../../src/contract/show.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { HandTranscript, nanoUsdOfToken } from "./support/hand-transcript.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
const session = "5d0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c";
const berths = Array.from({ length: 5 }, (_, i) => `export const berth${i} = allot(${i}, "north");`);
const others = Array.from({ length: 4 }, (_, i) => `export const crane${i} = hoist(${i}, "south");`);
let assay: Assay;

beforeAll(async () => {
  const text = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
  repository.commit({ "README.md": "The harbour.\n" }); // 2 January, noon
  repository.commit({ "berths.ts": text(berths), "cranes.ts": text(others) }, "Add berths and cranes"); // 3 January
  repository.git("mv", "berths.ts", "quays.ts");
  repository.commit({ "quays.ts": text([...berths.slice(0, 4), 'export const byHand = "yes";']) }, "Call them quays"); // 4 January
  for (let day = 5; day <= 30; day++) repository.commit({}, "wait"); // the horizon: 30 January
  const home = scratch.next("home");
  new HandTranscript(session, repository.dir, "2026-01-03")
    .prompt("11:00:00", "Write the berths down.")
    .creates("11:01:00", 100, "c1", "berths.ts", berths)
    .prompt("11:10:00", "And the cranes.")
    .creates("11:11:00", 50, "c2", "cranes.ts", others)
    .saveIn(home);
  const store = await makeStore(scratch.next());
  await importInto(store, { home });
  assay = openStore(store);
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

const show = (asOf: string | null): Promise<FileCard> =>
  assay.showFile({ file: "quays.ts", repository: null, workingDir: repository.dir }, { asOf: asOf === null ? null : Date.parse(asOf) });

it("counts a renamed file once: its lines, its money, its life", async () => {
  const card = await show(null);
  expect(card).toMatchObject({
    path: "quays.ts",
    earlierPaths: ["berths.ts"],
    linesWritten: 6, // five berths and one by hand
    linesLanded: 6,
    linesAlive: 5, // the fifth berth gave way on 4 January
    aiShare: { low: 4 / 5, high: 1 },
    survival: { days7: 5 / 6, days21: 5 / 6 },
    notes: [],
  });
  // 100 tokens wrote five berths, 50 four cranes. Four berths and the cranes have one commit and one life: 130 tokens over
  // eight lines of one group, 65 of them here; the fifth berth has its own 20.
  expect(card.sessions).toEqual([{ session, nanoUsd: String(85 * nanoUsdOfToken), lines: 5 }]);
  expect(card.spendNanoUsd).toBe(String(85 * nanoUsdOfToken));
  expect(card.ages.map(({ lines }) => lines)).toEqual([{}, {}, { agent: 4, unknown: 1 }, {}]); // 27 and 26 days
  expect(card.changes.map(({ linesAdded, linesRemoved, landedAt }) => [landedAt.slice(0, 10), linesAdded, linesRemoved])).toEqual([
    ["2026-01-04", 1, 1],
    ["2026-01-03", 5, 0],
  ]);
});

it("shares the money of the session out over its files to the nano-dollar", async () => {
  const cranes = await assay.showFile({ file: "cranes.ts", repository: null, workingDir: repository.dir }, { asOf: null });
  expect(BigInt((await show(null)).spendNanoUsd) + BigInt(cranes.spendNanoUsd)).toBe(BigInt(150 * nanoUsdOfToken));
});

it("knows on an earlier day only what had happened", async () => {
  expect(await show("2026-01-03T12:30:00Z")).toMatchObject({
    linesWritten: 5,
    linesAlive: 5,
    aiShare: { low: 1, high: 1 },
    survival: { days7: null, days21: null },
    changes: [{ linesAdded: 5, linesRemoved: 0 }],
  });
  expect(await show("2026-01-02T12:30:00Z")).toMatchObject({
    linesWritten: 0,
    aiShare: null,
    spendNanoUsd: "0",
    sessions: [],
    changes: [],
  });
});
