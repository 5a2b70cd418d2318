import { describe, expect, it } from "vitest";
import { runWith } from "./fake-machine.ts";

describe("closing on the command line", () => {
  it("says what was closed, and how to ask what changes it", async () => {
    const { out, calls } = await runWith(["close", "2026-10"]);
    expect(out).toBe(
      "Closed 2026-10 (UTC): $100.00 at API list prices, 1,234 responses.\nKnown until 2 Nov 2026. What changes it later: assay restatement 2026-10\n",
    );
    expect(calls).toEqual([{ name: "closePeriod", args: [{ period: "2026-10", timeZone: "UTC", again: false }] }]);
  });

  it("lists the closed months", async () => {
    expect((await runWith(["close"])).out.split("\n")[1]).toBe("2026-10  UTC        $100.00       1234  3 Nov 2026  2 Nov 2026");
  });

  it("lays the snapshot, what ripened, what was restated and today's numbers side by side", async () => {
    const { out } = await runWith(["restatement", "2026-10"]);
    expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  "))).toEqual([
      "2026-10 (UTC), closed 3 Nov 2026, known until 2 Nov 2026",
      "",
      "fate  closed  ripened  restated  now",
      "reverted  $0.00  –  +$5.00  $5.00",
      "stuck  $80.00  +$10.00  -$5.00  $85.00",
      "maturing  $20.00  -$10.00  –  $10.00",
      "total  $100.00  –  –  $100.00",
      "",
      "cause  amount  from → to  because",
      "revert  $5.00  stuck → reverted  taken out by a revert, or put back",
      "",
      "Ripened as planned: it left maturing or in flight, which is no restatement.",
      "",
    ]);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("shows how the shares depend on the days to stick, and marks those in use", async () => {
    const { out, calls } = await runWith(["sensitivity", "--days", "7,21"]);
    expect(calls[0]).toEqual({ name: "sensitivity", args: [{ asOf: null, stickDays: [7, 21] }] });
    expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  "))).toEqual([
      "days to stick  bought  ripening  undone  the rest",
      "7  85.0 %  0.0 %  5.0 %  10.0 %",
      "21 *  70.0 %  10.0 %  10.0 %  10.0 %",
      "* what every other answer uses (stick_days). Of all spend, $100.00.",
      "",
    ]);
  });

  it("ends 2 on a time zone or a number of days that are none", async () => {
    expect((await runWith(["close", "2026-10", "--time-zone", "Mars/Olympus"])).code).toBe(2);
    expect((await runWith(["sensitivity", "--days", "7,x"])).code).toBe(2);
  });
});
