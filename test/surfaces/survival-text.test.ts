import { describe, expect, it } from "vitest";
import { survival } from "./delivery-fixtures.ts";
import { runWith } from "./fake-machine.ts";

const squeezed = (out: string): string[] => out.split("\n").map((line) => line.trim().replace(/ {2,}/g, "  "));

describe("survival on the command line", () => {
  it("shows what is alive and what ended the rest, and says what it cannot tell", async () => {
    const { out, calls } = await runWith(["survival", "--days", "21,90"]);
    expect(calls).toEqual([{ name: "survival", args: [{ asOf: null, days: [21, 90], by: "author" }] }]);
    const lines = squeezed(out);
    expect(lines.slice(0, 3)).toEqual([
      "lines of  days  alive  95 %  revert  rewrite  removal  tell",
      "agents  21  80.0 %  (71–88)  2.0 %  13.0 %  5.0 %  40 ch.",
      "90  –  –  –  –  –  0 ch.",
    ]);
    expect(lines).toContain("agents: 12,345 landed lines; more than half live");
    expect(lines).toContain("No certain evidence tells a fix: lines a fix ended are among the others.");
    expect(lines).toContain("unknown authors: 12 lines, too few to say (30).");
    expect(lines).toContain(
      "Where changes are drawn, intervals leave out how much persons differ: read them as the least that is not known.",
    );
  });

  it("has columns for fixes and for what only says so where there are some", async () => {
    const [group] = survival.groups;
    const [point] = group?.points ?? [];
    if (group === undefined || point === undefined) throw new Error("the fixture has a point");
    const share = { share: 0.04, interval: null, isWidened: false };
    const told = {
      ...survival,
      fixes: { certain: 3, candidates: 1 },
      groups: [{ ...group, points: [{ ...point, ended: { ...point.ended, fix: share, fix_candidate: share } }] }],
    };
    const { out } = await runWith(["survival"], { assay: { survival: async () => told } });
    const lines = squeezed(out);
    expect(lines[0]).toBe("lines of  days  alive  95 %  revert  fix  fix?  rewrite  removal  tell");
    expect(lines).toContain("Fix: by one of 3 commits that name the fault or close a known bug or incident, so at least.");
    expect(lines).toContain("Fix?: by one of 1 commit that only say so.");
  });

  it("says what to do where no line has landed, and prints JSON when asked", async () => {
    const none = { assay: { survival: async () => ({ ...survival, groups: [] }) } };
    expect((await runWith(["survival"], none)).out).toBe("No line has landed in a repository that is known: assay import\n");
    expect(JSON.parse((await runWith(["survival", "--json", "--by", "none"])).out)).toEqual(survival);
    expect((await runWith(["survival", "--by", "person"])).code).toBe(2);
  });
});
