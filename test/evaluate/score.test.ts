import { describe, expect, it } from "vitest";
import { boundsOf, fateRows, spreadOf } from "./report.ts";
import { type AuthoredLines, type ComparedUsage, notTold, type Scorecard, scoreLines, scoreMoney } from "./score.ts";

const usage = (truth: ComparedUsage["truth"], told: ComparedUsage["told"]): ComparedUsage => ({
  key: "msg_1",
  session: "s",
  repository: "harbour",
  truth,
  told,
});

describe("scoring of money", () => {
  it("agrees on the smaller of both sides, usage by usage", () => {
    const { fates, spendNanoUsd } = scoreMoney([
      usage(
        [{ fate: "stuck", hardCase: "plain", nanoUsd: 100 }],
        [
          { fate: "stuck", nanoUsd: 70 },
          { fate: "rework", nanoUsd: 30 },
        ],
      ),
      usage([{ fate: "rework", hardCase: "plain", nanoUsd: 50 }], [{ fate: "rework", nanoUsd: 50 }]),
    ]);
    expect(spendNanoUsd).toBe(150);
    expect(fates["stuck"]).toEqual({ trueNanoUsd: 100, toldNanoUsd: 70, agreedNanoUsd: 70 });
    expect(fates["rework"]).toEqual({ trueNanoUsd: 50, toldNanoUsd: 80, agreedNanoUsd: 50 });
  });

  it("does not let two usages that are both wrong make up for each other", () => {
    const { fates } = scoreMoney([
      usage([{ fate: "stuck", hardCase: "plain", nanoUsd: 10 }], [{ fate: "rework", nanoUsd: 10 }]),
      usage([{ fate: "rework", hardCase: "plain", nanoUsd: 10 }], [{ fate: "stuck", nanoUsd: 10 }]),
    ]);
    expect(fates["stuck"]).toEqual({ trueNanoUsd: 10, toldNanoUsd: 10, agreedNanoUsd: 0 });
    expect(fates["rework"]).toEqual({ trueNanoUsd: 10, toldNanoUsd: 10, agreedNanoUsd: 0 });
  });

  it("names the hard case of a disagreement, in the proportion of the fate's own dollars", () => {
    const { disagreements, cases } = scoreMoney([
      usage(
        [
          { fate: "stuck", hardCase: "formatter", nanoUsd: 60 },
          { fate: "stuck", hardCase: "plain", nanoUsd: 20 },
          { fate: "rework", hardCase: "amend", nanoUsd: 20 },
        ],
        [
          { fate: "stuck", nanoUsd: 40 },
          { fate: "rework", nanoUsd: 20 },
          { fate: "abandoned", nanoUsd: 40 },
        ],
      ),
    ]);
    const told = disagreements.map(({ trueFate, toldFate, hardCase, nanoUsd }) => [hardCase, trueFate, toldFate, nanoUsd]);
    expect(told).toEqual([
      ["formatter", "stuck", "abandoned", 30],
      ["plain", "stuck", "abandoned", 10],
    ]);
    expect(cases).toEqual({
      formatter: { nanoUsd: 60, wrongNanoUsd: 30 },
      plain: { nanoUsd: 20, wrongNanoUsd: 10 },
      amend: { nanoUsd: 20, wrongNanoUsd: 0 },
    });
  });

  it("counts a usage the store does not have as wrong", () => {
    const { fates, disagreements } = scoreMoney([usage([{ fate: "stuck", hardCase: "plain", nanoUsd: 9 }], null)]);
    expect(fates["stuck"]?.agreedNanoUsd).toBe(0);
    expect(disagreements.map(({ toldFate, nanoUsd }) => [toldFate, nanoUsd])).toEqual([[notTold, 9]]);
  });
});

const lines = (kind: string, session: string | null, count: number, path = "a.ts"): AuthoredLines => ({
  repository: "harbour",
  commit: "c1",
  path,
  kind,
  session,
  lines: count,
});

describe("scoring of lines", () => {
  it("finds lines of persons that are called an agent's", () => {
    const score = scoreLines(
      [lines("agent", "s", 6), lines("person", null, 4)],
      [lines("agent", "s", 9), lines("unknown", null, 1)],
      () => true,
    );
    expect([score.humanLines, score.humanCalledAgent, score.linkedLines, score.rightLines]).toEqual([4, 3, 9, 6]);
    expect(score.kinds).toEqual({ agent: { agent: 6 }, person: { unknown: 1, agent: 3 } });
  });

  it("counts a link to another session as wrong, and what no transcript shows in no recall", () => {
    const score = scoreLines([lines("agent", "s", 5), lines("agent", "hidden", 2)], [lines("agent", "t", 5)], (session) => session === "s");
    expect([score.trueLines, score.visibleLines, score.rightLines, score.linkedLines]).toEqual([7, 5, 0, 5]);
  });

  it("compares file by file: the surplus of one does not fill another", () => {
    const score = scoreLines(
      [lines("person", null, 3, "a.ts"), lines("agent", "s", 3, "b.ts")],
      [lines("agent", "s", 3, "a.ts")],
      () => true,
    );
    expect([score.humanCalledAgent, score.rightLines]).toEqual([3, 0]);
  });
});

const card = (more: Partial<Scorecard>): Scorecard => ({
  seed: 1,
  noise: "on",
  sessions: 1,
  usages: 1,
  spendNanoUsd: 100,
  toldSpendNanoUsd: 100,
  hardShare: 0.3,
  coverage: 1,
  fates: { stuck: { trueNanoUsd: 100, toldNanoUsd: 100, agreedNanoUsd: 100 } },
  widestFixing: { trueNanoUsd: 0, toldNanoUsd: 0, agreedNanoUsd: 0 },
  cases: {},
  lines: scoreLines([], [], () => true),
  worst: [],
  problems: [],
  seconds: { make: 1, import: 1 },
  ...more,
});

const broken = (cards: readonly Scorecard[], noise = "on"): string[] =>
  boundsOf(cards, noise)
    .filter(({ holds }) => !holds)
    .map(({ what }) => what);

describe("bounds", () => {
  it("hold where all agrees", () => {
    expect(broken([card({})])).toEqual([]);
  });

  it("take the median of the seeds", () => {
    const weak = card({ fates: { stuck: { trueNanoUsd: 100, toldNanoUsd: 100, agreedNanoUsd: 80 } } });
    expect(broken([weak, card({}), card({})])).toEqual([]);
    expect(broken([weak, weak, card({})])).toEqual(["recall of stuck", "precision of stuck"]);
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4 });
  });

  it("judge a fate from 2 % of the dollars on, and one that the store never tells", () => {
    const fates = {
      stuck: { trueNanoUsd: 96, toldNanoUsd: 99, agreedNanoUsd: 95 },
      rework: { trueNanoUsd: 3, toldNanoUsd: 0, agreedNanoUsd: 0 },
      removed: { trueNanoUsd: 1, toldNanoUsd: 1, agreedNanoUsd: 0 },
    };
    expect(broken([card({ fates })])).toEqual(["recall of rework", "precision of rework"]);
    expect(fateRows([card({ fates })]).map(({ fate }) => fate)).toEqual(["stuck", "rework", "removed"]);
  });

  it("want a quarter of the dollars in hard cases, equal spend, and fewer than one in a hundred of the persons' lines", () => {
    const human = scoreLines([lines("person", null, 100)], [lines("agent", "s", 1)], () => true);
    expect(broken([card({ hardShare: 0.24, toldSpendNanoUsd: 99, lines: human })])).toEqual([
      "spend differs by, nano-dollars",
      "lines of persons called an agent's",
      "dollars in hard cases",
    ]);
  });

  it("judge recall and precision with noise on alone", () => {
    const weak = { fates: { stuck: { trueNanoUsd: 100, toldNanoUsd: 100, agreedNanoUsd: 80 } } };
    expect(broken([card({ ...weak, noise: "off" })], "off")).toEqual([]);
  });
});
