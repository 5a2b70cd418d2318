/** DORA's five of one small repository from git alone: tags, a revert behind a release, a hotfix. Worked out by hand. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Deployment } from "../../src/analysis/deployments.ts";
import { deliveryOf, type ForgeDelivery } from "../../src/app/delivery.ts";
import { readDeliveryFacts } from "../../src/app/delivery-facts.ts";
import { Questions } from "../../src/app/questions.ts";
import type { RepositoryDelivery } from "../../src/contract/delivery.ts";
import { defaultFateParameters } from "../../src/contract/fates.ts";
import { FactStore } from "../../src/store/store.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository(); // a commit a day, at noon: day 1 is 2 January
const day = 86_400_000;
let store: string;

const line = (name: string): Record<string, string> => ({ [`${name}.ts`]: `export const ${name} = allot("${name}", 7);\n` });
const ask = async (asked: { readonly asOf?: number | null; readonly days?: number } = {}): Promise<RepositoryDelivery> => {
  const { repositories } = await openStore(store).delivery({ asOf: null, days: 90, ...asked });
  expect(repositories).toHaveLength(1);
  return repositories[0] as RepositoryDelivery;
};
const tag = (name: string): void => void repository.git("tag", name);

beforeAll(async () => {
  repository.commit(line("pier")); // day 1
  repository.commit(line("quay")); // 2
  tag("v1.0.0");
  const bad = repository.commit(line("dune")); // 3
  repository.commit(line("reef")); // 4
  tag("v1.1.0-rc.1");
  repository.commit(line("tide")); // 5
  tag("v1.1.0");
  repository.commit({ "dune.ts": null }, `Revert "Add the dune"\n\nThis reverts commit ${bad}.`); // 6: a day behind the release of what it takes back
  tag("v1.1.1");
  const early = repository.commit(line("shoal")); // 7
  repository.commit({ "shoal.ts": null }, `Revert "Add the shoal"\n\nThis reverts commit ${early}.`); // 8: before any release had it
  repository.commit(line("mole")); // 9
  tag("v1.2.0");
  for (let at = 10; at <= 14; at++) repository.commit({}, "wait"); // the horizon: day 14
  store = await makeStore(scratch.next());
  await importInto(store, { home: scratch.next("home"), repositories: [repository.dir] });
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

describe("delivery from git alone", () => {
  it("takes tags for deployments, pre-releases left out", async () => {
    const told = await ask();
    expect(told.rung).toBe("tags");
    expect(told.window?.days).toBe(13);
    // v1.0.0, v1.1.0, v1.1.1, v1.2.0 in 13 days. Of the one whole week back from day 14, day 9 has one.
    expect(told.dora?.deploymentFrequency).toMatchObject({ deployments: 4, medianDaysPerWeek: 1 });
    expect(told.dora?.deploymentFrequency.perWeek).toBeCloseTo(28 / 13, 3);
  });

  it("measures lead times from commit to tag", async () => {
    // Days to the tag: 1 and 0 (v1.0.0); 2, 1 and 0 (v1.1.0); 0 (v1.1.1); 2, 1 and 0 (v1.2.0). Sorted 0 0 0 0 1 1 1 2 2.
    const { dora } = await ask();
    expect(dora?.changeLeadTime).toEqual({ medianMs: day, p90Ms: 2 * day, n: 9, notDeployed: 5, beforeCounting: 0, contradictory: 0 });
  });

  it("takes a revert behind a release for its failure, at least, and the release that has it for the recovery", async () => {
    const { dora, evidence } = await ask();
    // The patch within 48 hours with nothing but a revert is a hotfix of the same release: one failure.
    expect(evidence).toEqual({ incidents: null, reverts: 1, hotfixes: 1 });
    expect(dora?.changeFailRate).toEqual({ ratio: null, atLeast: 0.25, count: 1, of: 4 });
    expect(dora?.failedDeploymentRecoveryTime).toEqual({ medianMs: day, p90Ms: day, n: 1, notRecovered: 0 });
    expect(dora?.deploymentReworkRate).toEqual({ ratio: null, atLeast: 0.25, count: 1, of: 4 });
  });

  it("knows on an earlier day what was known then", async () => {
    const { dora, evidence } = await ask({ asOf: Date.UTC(2026, 0, 6, 18) });
    expect(dora?.deploymentFrequency.deployments).toBe(2);
    expect(dora?.changeFailRate).toMatchObject({ ratio: null, atLeast: null, count: 0 });
    expect(evidence.reverts).toBe(0);
  });

  it("leaves out what was deployed before the window", async () => {
    const { dora, window } = await ask({ days: 7 });
    expect(window).toEqual({ from: "2026-01-08T12:00:00.001Z", until: "2026-01-15T12:00:00.000Z", days: 7 });
    expect(dora?.deploymentFrequency.deployments).toBe(1);
    expect(dora?.changeFailRate).toMatchObject({ count: 0, of: 1 });
  });

  it("takes landing for deployment where the organisation says so", async () => {
    const own = await makeStore(scratch.next());
    writeFileSync(join(own, "assay.yaml"), 'release_rules: [{ repository: "**", released_by: landing }]\n');
    await importInto(own, { home: scratch.next("home"), repositories: [repository.dir] });
    const { repositories } = await openStore(own).delivery({ asOf: null, days: 90 });
    expect(repositories[0]?.rung).toBe("landing");
    // Fourteen pushes; the dune failed three days later, the shoal a day later. Both were answered by their reverts.
    expect(repositories[0]?.dora?.deploymentFrequency.deployments).toBe(14);
    expect(repositories[0]?.dora?.changeFailRate).toEqual({ ratio: null, atLeast: 2 / 14, count: 2, of: 14 });
    expect(repositories[0]?.dora?.failedDeploymentRecoveryTime).toMatchObject({ medianMs: 2 * day, n: 2 });
  });
});

describe("delivery with what a forge tells", () => {
  const at = (date: number): number => Date.UTC(2026, 0, 1 + date, 13); // an hour behind the commit of that day
  const deployment = (date: number, result: Deployment["result"] = "success"): Deployment => ({
    id: `run-${date}`,
    deployment: `run-${date}`,
    application: "harbour",
    repository: "harbour",
    commit: repository.git("rev-list", "--reverse", "main").trim().split("\n")[date - 1] as string,
    environment: "production",
    result,
    startedAt: null,
    finishedAt: at(date),
    unplanned: date === 6,
  });
  const told = async (forge: ForgeDelivery): Promise<RepositoryDelivery> => {
    const questions = await Questions.open(store, null, defaultFateParameters);
    const facts = await FactStore.open(store, { readOnly: true });
    try {
      const [row] = await questions.database.all("SELECT repository_id FROM repository_d");
      const rows = new Map([[row?.["repository_id"] as number, forge]]);
      const none = { isFix: () => false, toldBy: "none" } as const;
      const { repositories } = await deliveryOf(questions, { days: 90 }, await readDeliveryFacts(facts, questions.instant), none, rows);
      return repositories[0] as RepositoryDelivery;
    } finally {
      facts.close();
      questions.close();
    }
  };

  it("takes its deployments before tags, and does not time what came with the first", async () => {
    const { rung, dora } = await told({
      deployments: [deployment(9), deployment(2), deployment(5), deployment(6), deployment(7, "failure")],
    });
    expect(rung).toBe("deployments");
    expect(dora?.deploymentFrequency.deployments).toBe(4);
    // Days and an hour: 2, 1, 0 (run-5); 0 (run-6); 2, 1, 0 (run-9). Sorted 0 0 0 1 1 2 2.
    expect(dora?.changeLeadTime).toMatchObject({ medianMs: day + day / 24, n: 7, beforeCounting: 2, notDeployed: 5 });
    expect(dora?.deploymentReworkRate).toEqual({ ratio: 0.25, atLeast: 0.25, count: 1, of: 4 });
  });

  it("knows failures once incidents are observed, none included", async () => {
    const deployments = [deployment(2), deployment(9)];
    const quiet = await told({ deployments, incidents: [] });
    expect(quiet.dora?.changeFailRate).toEqual({ ratio: 0, atLeast: 0, count: 0, of: 2 });
    const incident = { id: "i", application: quiet.repository, startedAt: at(3), resolvedAt: at(4), deployment: "run-2" };
    const loud = await told({ deployments, incidents: [incident] });
    expect(loud.dora?.changeFailRate).toEqual({ ratio: 0.5, atLeast: 0.5, count: 1, of: 2 });
    expect(loud.dora?.failedDeploymentRecoveryTime).toMatchObject({ medianMs: 2 * day, n: 1 });
  });
});
