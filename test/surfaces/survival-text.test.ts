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
      "agents  21  80.0 %  (71–88)  2.0 %  13.0 %  5.0 %  40 changes",
      "90  –  –  –  –  –  0 changes",
    ]);
    expect(lines).toContain("agents: 12,345 landed lines; more than half live");
    expect(lines).toContain("No evidence here tells a fix: lines a fix ended are among rewrites and removals.");
    expect(lines).toContain("unknown authors: 12 lines, too few to say (30).");
    expect(lines).toContain(
      "Where changes are drawn, intervals leave out how much persons differ: read them as the least that is not known.",
    );
  });

  it("has a column for fixes where evidence tells them", async () => {
    const { out } = await runWith(["survival"], { assay: { survival: async () => ({ ...survival, fixesToldBy: "trailers" }) } });
    expect(squeezed(out)[0]).toBe("lines of  days  alive  95 %  revert  fix  rewrite  removal  tell");
    expect(out).not.toContain("No evidence here tells a fix");
  });

  it("says what to do where no line has landed, and prints JSON when asked", async () => {
    const none = { assay: { survival: async () => ({ ...survival, groups: [] }) } };
    expect((await runWith(["survival"], none)).out).toBe("No line has landed in a repository that is known: assay import\n");
    expect(JSON.parse((await runWith(["survival", "--json", "--by", "none"])).out)).toEqual(survival);
    expect((await runWith(["survival", "--by", "person"])).code).toBe(2);
  });
});
