import { describe, expect, it } from "vitest";
import type { Deployment, Incident } from "./deployments.ts";
import { type DeliveredChange, type DeliveryRows, doraOf, hotfixes, stagesOf } from "./dora.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** Midnight UTC of a day of March 2026. */
const at = (date: number, hours = 0): number => Date.UTC(2026, 2, date) + hours * hour;

const deployment = (id: string, date: number, changed: Partial<Deployment> = {}): Deployment => ({
  id,
  deployment: id,
  application: "pier",
  repository: "harbour",
  commit: id,
  environment: "production",
  result: "success",
  startedAt: null,
  finishedAt: at(date),
  unplanned: null,
  ...changed,
});
const change = (id: string, committed: number, landed: number, deployed: string | null): DeliveredChange => ({
  id,
  firstCommitAt: at(committed),
  openedAt: null,
  firstReviewAt: null,
  landedAt: at(landed),
  deployment: deployed,
  beforeCounting: false,
});
const incident = (id: string, date: number, resolved: number | null): Incident => ({
  id,
  application: "pier",
  startedAt: at(date),
  resolvedAt: resolved === null ? null : at(resolved),
  deployment: null,
});

const window = { from: at(1), until: at(29) };
const rows: DeliveryRows = {
  deployments: [deployment("a", 2), deployment("b", 9), deployment("c", 9), deployment("d", 20), deployment("e", 40)],
  changes: [
    change("1", 1, 2, "a"), // 1 day
    change("2", 1, 8, "b"), // 8 days
    change("3", 17, 18, "d"), // 3 days
    change("4", 20, 21, null), // not deployed
    change("5", 20, 21, "e"), // deployed behind the window
    { ...change("6", 1, 1, "a"), beforeCounting: true },
    change("7", 1, 25, "d"), // landed after it was deployed
  ],
  incidents: [incident("x", 10, 11), incident("y", 10, 12), incident("z", 21, null)],
  interventions: [],
};

describe("DORA's five metrics, worked by hand", () => {
  const dora = doraOf(rows, window);

  it("change lead time is from the first commit to production, of changes deployed in the window", () => {
    // 1, 3 and 8 days: the median is 3, nine tenths of the way is 3 + 0.8 · 5 = 7.
    expect(dora.changeLeadTime).toEqual({ medianMs: 3 * day, p90Ms: 7 * day, n: 3, notDeployed: 1, beforeCounting: 1, contradictory: 1 });
  });

  it("deployment frequency counts deployments to production, and the days a week has of them", () => {
    // Four in four weeks; the weeks back from the 29th begin on the 22nd, 15th, 8th and 1st and have 0, 1, 1 and 1 such days.
    expect(dora.deploymentFrequency).toEqual({ deployments: 4, perWeek: 1, medianDaysPerWeek: 1 });
    expect(doraOf(rows, { from: at(1), until: at(4) }).deploymentFrequency).toMatchObject({ perWeek: 7 / 3, medianDaysPerWeek: null });
  });

  it("change fail rate is the part of deployments with an incident, however many each has", () => {
    // b or c, which were over at the same instant, had two; d one that is open.
    expect(dora.changeFailRate).toEqual({ ratio: 0.5, atLeast: 0.5, count: 2, of: 4 });
  });

  it("failed deployment recovery time ends with the last incident of a deployment", () => {
    // 9 March to 12 March; what is not over is counted and not timed.
    expect(dora.failedDeploymentRecoveryTime).toEqual({ medianMs: 3 * day, p90Ms: 3 * day, n: 1, notRecovered: 1 });
  });

  it("deployment rework rate is not known where no deployment says that it was unplanned", () => {
    expect(dora.deploymentReworkRate).toEqual({ ratio: null, atLeast: null, count: 0, of: 4 });
    const told = rows.deployments.map((row) => ({ ...row, unplanned: row.id === "c" }));
    expect(doraOf({ ...rows, deployments: told }, window).deploymentReworkRate).toEqual({ ratio: 0.25, atLeast: 0.25, count: 1, of: 4 });
  });
});

describe("what is not observed", () => {
  it("is null without a source of incidents, and a lower bound where a revert tells of a failure", () => {
    const blind = { ...rows, incidents: null };
    expect(doraOf(blind, window).changeFailRate).toEqual({ ratio: null, atLeast: null, count: 0, of: 4 });
    const reverted = doraOf({ ...blind, interventions: [{ kind: "revert", failed: "a", answeredBy: "b" }] }, window);
    expect(reverted.changeFailRate).toEqual({ ratio: null, atLeast: 0.25, count: 1, of: 4 });
    expect(reverted.deploymentReworkRate).toEqual({ ratio: null, atLeast: 0.25, count: 1, of: 4 });
    // Brought on the 2nd, taken back on the 9th.
    expect(reverted.failedDeploymentRecoveryTime).toMatchObject({ medianMs: 7 * day, n: 1, notRecovered: 0 });
  });

  it("leaves a failure open that nothing deployed has answered by the end of the window", () => {
    const open = [
      { kind: "revert", failed: "a", answeredBy: null },
      { kind: "revert", failed: "b", answeredBy: "e" },
    ] as const;
    expect(doraOf({ ...rows, incidents: null, interventions: open }, window).failedDeploymentRecoveryTime).toMatchObject({
      n: 0,
      notRecovered: 2,
    });
  });

  it("is null without a deployment", () => {
    const dora = doraOf({ deployments: [], changes: [], incidents: [], interventions: [] }, window);
    expect(dora.changeLeadTime).toMatchObject({ medianMs: null, n: 0 });
    expect(dora.changeFailRate).toEqual({ ratio: null, atLeast: null, count: 0, of: 0 });
    expect(dora.deploymentFrequency).toEqual({ deployments: 0, perWeek: 0, medianDaysPerWeek: 0 });
  });

  it("counts a deployment of several repositories once, and none that failed or went elsewhere", () => {
    const deployments = [
      deployment("p:harbour", 2, { deployment: "p" }),
      deployment("p:lighthouse", 3, { deployment: "p" }),
      deployment("q", 4, { result: "failure" }),
      deployment("r", 4, { environment: "staging" }),
      deployment("s", 4, { finishedAt: null }),
    ];
    expect(doraOf({ ...rows, deployments, incidents: null }, window).deploymentFrequency.deployments).toBe(1);
  });
});

describe("the stages of a change", () => {
  const stages = (first: number, opened: number, review: number | null, landed: number, deployed: number | null) =>
    stagesOf(
      { firstCommitAt: at(first), openedAt: at(opened), firstReviewAt: review === null ? null : at(review), landedAt: at(landed) },
      deployed === null ? null : at(deployed),
    );

  it("follow each other from the first commit to production", () => {
    expect(stages(1, 2, 4, 7, 11)).toEqual({
      codingMs: day,
      pickupMs: 2 * day,
      reviewMs: 3 * day,
      deployMs: 4 * day,
      leadTimeMs: 10 * day,
    });
  });

  it("are null where they would end before they begin; a rebased first commit does not shorten the whole", () => {
    // Committed anew on the 5th, opened on the 2nd: 9 days to the 11th.
    expect(stages(5, 2, null, 7, 11)).toMatchObject({ codingMs: null, pickupMs: null, leadTimeMs: 9 * day });
    expect(stages(1, 2, 9, 7, 6)).toMatchObject({ reviewMs: null, deployMs: null, leadTimeMs: null });
    expect(stages(1, 2, 4, 7, null).leadTimeMs).toBeNull();
  });
});

describe("hotfixes", () => {
  const release = (tag: string, hours: number, fixesOnly: boolean | null = true) => ({
    deployment: `to ${tag}`,
    tag,
    releasedAt: at(1, hours),
    fixesOnly,
  });

  it("are the next patch within two days with nothing but fixes", () => {
    expect(hotfixes([release("v1.4.0", 0, false), release("v1.4.1", 47)])).toEqual([
      { kind: "hotfix", failed: "to v1.4.0", answeredBy: "to v1.4.1" },
    ]);
    expect(hotfixes([release("web@1.4.0", 0), release("web@1.4.1", 1), release("api@1.4.1", 1)])).toHaveLength(1);
  });

  it("are not: two days later, the next minor, with a feature, with nobody knows what, or the release itself", () => {
    expect(hotfixes([release("v1.4.0", 0), release("v1.4.1", 48)])).toEqual([]);
    expect(hotfixes([release("v1.4.0", 0), release("v1.5.0", 1)])).toEqual([]);
    expect(hotfixes([release("v1.4.0", 0), release("v1.4.1", 1, false)])).toEqual([]);
    expect(hotfixes([release("v1.4.0", 0), release("v1.4.1", 1, null)])).toEqual([]);
    expect(hotfixes([release("v1.4.1", 1)])).toEqual([]);
    expect(hotfixes([release("nightly", 1)])).toEqual([]);
  });
});
