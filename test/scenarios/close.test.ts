/** One month is closed; then facts, reverts, prices, parameters and a rewritten branch change it, one after the other. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RestatementRow } from "../../src/contract/close.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { HandTranscript, nanoUsdOfToken } from "./support/hand-transcript.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
const february3 = Date.UTC(2026, 1, 3);
const file = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
const berths = Array.from({ length: 5 }, (_, i) => `export const berth${i} = allot(${i}, "north");`);
const cranes = Array.from({ length: 4 }, (_, i) => `export const crane${i} = hoist(${i}, "south");`);
let home: string;
let store: string;
let landed: string;

const assay = () => openStore(store, () => february3);
const importAll = () => importInto(store, { home, repositories: [repository.dir] });
/** What was restated: cause, from, to, tokens of output. */
const told = (rows: readonly RestatementRow[]) =>
  rows.map(({ cause, from, to, nanoUsd }) => [cause, from, to, Number(nanoUsd) / nanoUsdOfToken]);

async function restated() {
  const restatement = await assay().restatement("2026-01");
  for (const { closedNanoUsd, ripenedNanoUsd, restatedNanoUsd, nowNanoUsd } of restatement.fates) {
    expect(BigInt(closedNanoUsd) + BigInt(ripenedNanoUsd) + BigInt(restatedNanoUsd)).toBe(BigInt(nowNanoUsd));
  }
  return restatement;
}

beforeAll(async () => {
  home = scratch.next("home");
  repository.commit({ "README.md": "The harbour.\n" }); // 2 January, noon
  landed = repository.commit({ "berths.ts": file(berths) }, "Add berths"); // 3 January, noon
  for (let day = 4; day <= 27; day++) repository.commit({}, "wait");
  repository.commit({ "cranes.ts": file(cranes) }, "Add cranes"); // 28 January
  repository.commit({}, "wait"); // the horizon: 29 January
  new HandTranscript("aaaa0000-0000-4000-8000-000000000001", repository.dir, "2026-01-03")
    .prompt("11:00:00", "Write the berths down.")
    .creates("11:01:00", 100, "c1", "berths.ts", berths)
    .saveIn(home);
  new HandTranscript("bbbb0000-0000-4000-8000-000000000002", repository.dir, "2026-01-28")
    .prompt("11:00:00", "And the cranes.")
    .creates("11:01:00", 50, "c2", "cranes.ts", cranes)
    .saveIn(home);
  store = await makeStore(scratch.next());
  await importAll();
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

describe("a closed month", () => {
  it("is not closed before it is over, nor twice by accident, nor a month that is none", async () => {
    await expect(assay().closePeriod({ period: "2026-02", timeZone: "UTC", again: false })).rejects.toMatchObject({
      code: "period_not_over",
    });
    await expect(assay().closePeriod({ period: "2026-13", timeZone: "UTC", again: false })).rejects.toMatchObject({ code: "bad_period" });
    await expect(assay().closePeriod({ period: "2025-12", timeZone: "UTC", again: false })).rejects.toMatchObject({
      code: "nothing_to_close",
    });
    await expect(assay().restatement("2026-01")).rejects.toMatchObject({ code: "not_closed" });
    const closed = await assay().closePeriod({ period: "2026-01", timeZone: "UTC", again: false });
    expect(closed).toMatchObject({ usages: 2, spendNanoUsd: String(150 * nanoUsdOfToken), knownUntil: "2026-01-29T12:00:00.000Z" });
    await expect(assay().closePeriod({ period: "2026-01", timeZone: "UTC", again: false })).rejects.toMatchObject({
      code: "already_closed",
    });
    expect(await assay().closes()).toEqual([closed]);
  });

  it("says the same as long as nothing is new, and an import still sees at once that nothing is", async () => {
    expect(await restated()).toMatchObject({ restatements: [], ripened: [] });
    expect((await importAll()).changed).toBe(false);
  });

  it("ripens without a restatement", async () => {
    for (let day = 30; day <= 51; day++) repository.commit({}, "wait");
    await importAll();
    const { restatements, ripened } = await restated();
    expect(restatements).toEqual([]);
    expect(ripened).toEqual([{ from: "maturing", to: "stuck", nanoUsd: String(50 * nanoUsdOfToken), usages: 1 }]);
  });

  it("is restated by a late revert", async () => {
    repository.commit({ "berths.ts": null }, `Revert "Add berths"\n\nThis reverts commit ${landed}.`);
    await importAll();
    expect(told((await restated()).restatements)).toEqual([["revert", "stuck", "reverted", 100]]);
  });

  it("is restated by a log that came late", async () => {
    new HandTranscript("cccc0000-0000-4000-8000-000000000003", repository.dir, "2026-01-20")
      .prompt("11:00:00", "What is a berth?")
      .response("11:01:00", 30, { type: "text", text: "A place to lie." })
      .saveIn(home);
    await importAll();
    expect(told((await restated()).restatements)).toEqual([
      ["revert", "stuck", "reverted", 100],
      ["late_fact", null, "no_artefact", 30],
    ]);
  });

  it("is restated by other parameters, apart from other facts", async () => {
    writeFileSync(join(store, "assay.yaml"), "revert_days: 10\n");
    expect(told((await restated()).restatements)).toEqual([["late_fact", null, "no_artefact", 30]]);
    writeFileSync(join(store, "assay.yaml"), "stick_days: 60\n");
    const rows = told((await restated()).restatements);
    expect(rows).toContainEqual(["rule_version", "stuck", "maturing", 100]);
    writeFileSync(join(store, "assay.yaml"), "");
  });

  it("is restated by another price, each fate by its share", async () => {
    const twice = "prices:\n  - { model: claude-opus-4-6, from: 2020-01-01, input: 10, output: 50 }\n";
    writeFileSync(join(store, "assay.yaml"), twice);
    expect(told((await restated()).restatements)).toEqual(
      expect.arrayContaining([
        ["price", null, "stuck", 100],
        ["price", null, "maturing", 50],
        ["late_fact", null, "no_artefact", 60],
      ]),
    );
    writeFileSync(join(store, "assay.yaml"), "");
  });

  it("is restated by a default branch that was rewritten", async () => {
    repository.git("checkout", "-q", "--orphan", "anew");
    repository.git("rm", "-rfq", ".");
    repository.commit({ "README.md": "The harbour, told anew.\n" });
    repository.git("branch", "-M", "anew", "main");
    await importAll();
    const causes = new Set((await restated()).restatements.map(({ cause }) => cause));
    expect(causes.has("rewritten")).toBe(true);
  });

  it("keeps the earlier snapshot when it is closed again", async () => {
    await assay().closePeriod({ period: "2026-01", timeZone: "UTC", again: true });
    expect((await assay().closes()).map(({ period }) => period)).toEqual(["2026-01"]);
    expect(await restated()).toMatchObject({ restatements: [], ripened: [] });
  });
});

describe("sensitivity to the days a line must live", () => {
  it("splits the same spend by each number of days", async () => {
    const { rows, spendNanoUsd, asked } = await assay().sensitivity({ asOf: null, stickDays: [1, 400] });
    expect(asked).toBe(21);
    expect(rows.map(({ days }) => days)).toEqual([1, 21, 400]);
    for (const { fates } of rows) {
      expect(Object.values(fates).reduce((sum, nano) => sum + BigInt(nano), 0n)).toBe(BigInt(spendNanoUsd));
    }
  });
});
