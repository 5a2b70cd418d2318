import { describe, expect, it } from "vitest";
import {
  assumeProduction,
  bestRung,
  causesOfIncidents,
  type Deployment,
  deploymentsOfRuns,
  firstDeployments,
  type PipelineRun,
  previousSuccess,
} from "./deployments.ts";

const at = (day: number): number => Date.UTC(2026, 2, day);
/** A deployment of the pier to production, over on a day of March; its commit is called after it. */
const deployment = (id: string, day: number, changed: Partial<Deployment> = {}): Deployment => ({
  id,
  deployment: id,
  application: "pier",
  repository: "harbour",
  commit: `commit-${id}`,
  environment: "production",
  result: "success",
  startedAt: at(day) - 60_000,
  finishedAt: at(day),
  unplanned: null,
  ...changed,
});

describe("the ladder", () => {
  const tags = [deployment("v1.0.0", 1)];
  const landing = [deployment("abc", 1), deployment("def", 2)];

  it("takes deployments, else releases, else tags, else landing", () => {
    const deployments = [deployment("d", 1)];
    expect(bestRung({ landing, tags, deployments })).toEqual({ rung: "deployments", deployments });
    expect(bestRung({ landing, tags, releases: [] })).toEqual({ rung: "tags", deployments: tags });
    expect(bestRung({ landing })?.rung).toBe("landing");
    expect(bestRung({})).toBeNull();
  });

  it("does not stop at deployments that never reached production", () => {
    const staging = [deployment("s", 1, { environment: "staging" }), deployment("f", 1, { result: "failure" })];
    expect(bestRung({ deployments: staging, tags })?.rung).toBe("tags");
  });
});

describe("runs of a pipeline", () => {
  const run = (id: string, changed: Partial<PipelineRun> = {}): PipelineRun => ({
    id,
    application: "pier",
    isDeployment: false,
    environment: null,
    result: "success",
    finishedAt: at(3),
    durationMs: 90_000,
    commits: [{ repository: "harbour", commit: "aaa" }],
    ...changed,
  });
  const job = (of: string, result: "success" | "skipped" = "success") => ({
    run: of,
    isDeployment: true,
    environment: "production",
    result,
  });

  it("deploy where they or a job of theirs do, and not where that was skipped", () => {
    const found = deploymentsOfRuns(
      [
        run("itself", { isDeployment: true, environment: "staging" }),
        run("by job"),
        run("tests only"),
        run("job skipped"),
        run("all skipped", { isDeployment: true, result: "skipped" }),
      ],
      [job("by job"), job("job skipped", "skipped"), { ...job("tests only"), isDeployment: false }],
    );
    expect(found.map(({ deployment: id, environment }) => [id, environment])).toEqual([
      ["itself", "staging"],
      ["by job", "production"],
    ]);
  });

  it("began their duration before they were over, and count once for each repository", () => {
    const commits = [
      { repository: "harbour", commit: "aaa" },
      { repository: "lighthouse", commit: "bbb" },
    ];
    const found = deploymentsOfRuns([run("both", { isDeployment: true, commits })], []);
    expect(found.map(({ id, startedAt }) => [id, startedAt])).toEqual([
      ["both:harbour", at(3) - 90_000],
      ["both:lighthouse", at(3) - 90_000],
    ]);
    expect(deploymentsOfRuns([run("open", { isDeployment: true, finishedAt: null })], [])[0]?.startedAt).toBeNull();
  });

  it("go to production where nothing of their application names an environment, which is said", () => {
    const rows = [
      { application: "pier", environment: null, isDeployment: true },
      { application: "pier", environment: null, isDeployment: false },
      { application: "dune", environment: null, isDeployment: true },
      { application: "dune", environment: "staging", isDeployment: true },
    ];
    const told = assumeProduction(rows);
    expect(told.rows.map(({ environment }) => environment)).toEqual(["production", null, null, "staging"]);
    expect(told.assumedOf).toEqual(["pier"]);
  });
});

describe("the deployment before", () => {
  it("is the last success in the same place; failures and other places are passed over", () => {
    const rows = [
      deployment("third", 5),
      deployment("first", 1),
      deployment("failed", 2, { result: "failure" }),
      deployment("staging", 3, { environment: "staging" }),
      deployment("elsewhere", 4, { repository: "lighthouse" }),
      deployment("nowhere", 4, { environment: null }),
    ];
    expect(Object.fromEntries(previousSuccess(rows))).toEqual({ first: null, third: "first", staging: null, elsewhere: null });
  });
});

describe("the first deployment of a commit", () => {
  const rows = [deployment("one", 1), deployment("two", 5), deployment("three", 9)];
  const range = (from: string, to: string, commit: string) => ({ from: `commit-${from}`, to: `commit-${to}`, commit });

  it("is the first whose range has it; what came with the first of all may have been live before", () => {
    const found = firstDeployments(rows, [
      range("one", "two", "x"),
      range("two", "three", "x"),
      range("two", "three", "y"),
      { from: "", to: "commit-one", commit: "old" },
    ]);
    expect([...found].map(([commit, { id }]) => [commit, id])).toEqual([
      ["x", "two"],
      ["y", "three"],
    ]);
  });

  it("is none where it only went to staging or failed", () => {
    const staging = rows.map((row) => ({ ...row, environment: "staging" }));
    expect(firstDeployments(staging, [range("one", "two", "x")]).size).toBe(0);
  });
});

describe("the cause of an incident", () => {
  const incident = (day: number, changed: { application?: string; deployment?: string } = {}) => ({
    id: "i",
    application: "pier",
    startedAt: at(day),
    resolvedAt: null,
    deployment: null,
    ...changed,
  });
  const cause = (day: number, changed = {}) =>
    causesOfIncidents(
      [incident(day, changed)],
      [deployment("one", 1), deployment("two", 5), deployment("bad", 6, { result: "failure" })],
    ).get("i");

  it("is what is known; else the last deployment of the application that was over before", () => {
    expect([cause(7), cause(4), cause(5), cause(1)]).toEqual(["two", "one", "one", null]);
    expect(cause(7, { application: "dune" })).toBeNull();
    expect(cause(7, { deployment: "one" })).toBe("one");
  });
});
