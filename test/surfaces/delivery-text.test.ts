import { describe, expect, it } from "vitest";
import { delivery } from "./delivery-fixtures.ts";
import { runWith } from "./fake-machine.ts";

describe("delivery on the command line", () => {
  it("prints the five metrics under their present names, what they rest on, and what nobody observes", async () => {
    const { out, calls } = await runWith(["delivery", "--days", "90"]);
    expect(calls).toEqual([{ name: "delivery", args: [{ asOf: null, days: 90 }] }]);
    expect(out.split("\n").map((line) => line.trim().replace(/ {2,}/g, "  "))).toEqual([
      "harbour, 2 Jan – 31 Mar 2026 (88 days)",
      "change lead time  median 5.3 hours, nine of ten within 3.4 days",
      "of 45 changes",
      "3 landed and not deployed",
      "1 with clocks that contradict each other",
      "deployment frequency  1.9 a week (24); median week on 1 day",
      "change fail rate  at least 8.3 % (2 of 24)",
      "failed deployment recovery time  median 30 minutes, nine of ten within 30 minutes",
      "of 1 failed deployment",
      "1 not recovered",
      "deployment rework rate  not observed",
      "no deployments or releases are known: a version tag counts as one.",
      "No source of incidents is connected: only reverts and hotfixes tell of failures.",
      "reviews  not observed: no forge told of its changes",
      "agents' lines edited first  at least 2.0 %",
      "edited within 21 days  at most 15.0 %",
      "",
      "lighthouse, 2 Jan – 31 Mar 2026 (88 days)",
      "change lead time  not known: no change was deployed",
      "2 came with the first deployment known",
      "deployment frequency  0.1 a week (1); median week on 0 days",
      "change fail rate  0.0 % (0 of 1)",
      "failed deployment recovery time  no deployment failed",
      "deployment rework rate  0.0 % (0 of 1)",
      "a deployment is what the forge says it deployed to production.",
      "reviewed changes  28 of 40 (80.0 %); apart: 4 of bots, 1 instant self-merge",
      "review rounds  1.5 each; changes requested in 25.0 %",
      "time to first review  median 3.5 hours, nine of ten within 26.5 hours",
      "then, median  3.0 hours to approval, 30 minutes to landing",
      "hours of review  12 to 170, estimated from size and time",
      "",
      "shoal: nothing has landed",
      "",
      "Each against itself alone: this is no ranking. What nobody observes is “not observed”, not 0.",
      "",
    ]);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("prints JSON when asked, and ends 2 on a window that is none", async () => {
    expect(JSON.parse((await runWith(["delivery", "--json"])).out)).toEqual(delivery);
    expect((await runWith(["delivery", "--days", "6"])).code).toBe(2);
    expect(
      (await runWith(["delivery"], { assay: { delivery: async () => ({ days: 90, unplacedIncidents: 0, repositories: [] }) } })).out,
    ).toBe("No repository is known: assay import\n");
  });
});
