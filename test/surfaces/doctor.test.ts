/** `assay doctor`: findings by theme, what to do, and the exit code. */
import { expect, it } from "vitest";
import { doctorReport } from "./card-fixtures.ts";
import { runWith } from "./fake-machine.ts";

it("tells each finding with what to do, and ends 1 because one failed", async () => {
  const { code, out, calls } = await runWith(["doctor"]);
  expect(code).toBe(1);
  expect(out).toBe(
    [
      "store",
      "  ok       The store opens.",
      "  failed   Facts are stored twice: turn (1).",
      "           → Import again.",
      "",
      "machine",
      "  warning  900 MB of the disk are free.",
      "           → Free some space soon.",
      "",
      "3 checks: 1 failed, 1 with a warning. 1 check could not be made: ledger_whole.",
      "",
    ].join("\n"),
  );
  expect(calls[0]?.args[0]).toMatchObject({ home: "/home/ada", nodeVersion: "v20.19.0" });
});

it("ends 0 on warnings alone, and prints JSON", async () => {
  const checks = doctorReport.checks.filter(({ state }) => state !== "failed");
  const { code, out } = await runWith(["doctor", "--json", "--no-home"], { assay: { doctor: async () => ({ checks, notMade: [] }) } });
  expect([code, JSON.parse(out)]).toEqual([0, { checks, notMade: [] }]);
});
