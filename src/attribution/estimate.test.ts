import { describe, expect, it } from "vitest";
import { OutputEstimator, type OutputRecord, defaultOutputRule, versionFamilyOf } from "./estimate.ts";

const record = (visibleChars: number | null, output: number, more: Partial<OutputRecord> = {}): OutputRecord => ({
  model: "opus",
  agentVersion: "2.1.7",
  outputQuality: "final",
  visibleChars,
  counts: { output },
  ...more,
});
const partial = { outputQuality: "partial" } as const;
/** 40 + 0.25 a character, at 0, 100, … 2,900 characters. */
const finals = Array.from({ length: 30 }, (_, i) => record(i * 100, 40 + i * 25));

describe("the estimate of output counts that were logged early", () => {
  it("finds the tokens a character and the constant of the final counts of the same model and version family", () => {
    const estimator = new OutputEstimator(finals);
    const rule = estimator.ruleFor(record(0, 0, { agentVersion: "2.1.99" }));
    expect(rule).toMatchObject({ model: "opus", versionFamily: "2.1", records: 30 });
    expect(rule.tokensPerChar).toBeCloseTo(0.25, 9);
    expect(rule.constant).toBeCloseTo(40, 6);
    expect(rule.leaveOneOutError).toBeCloseTo(0, 6);
    expect(estimator.estimate(record(1_000, 3, partial))).toBe(290); // 40 + 250
  });

  it("leaves final counts alone and is never below a logged one", () => {
    const estimator = new OutputEstimator(finals);
    expect(estimator.estimate(record(1_000, 7))).toBe(7);
    expect(estimator.estimate(record(0, 900, partial))).toBe(900);
    expect(estimator.estimate(record(null, 5, partial))).toBe(5);
  });

  it("falls back to the model, to all, and to the stated default", () => {
    const estimator = new OutputEstimator(finals);
    expect(estimator.ruleFor(record(0, 0, { agentVersion: "3.0.1" }))).toMatchObject({ model: "opus", versionFamily: "*" });
    expect(estimator.ruleFor(record(0, 0, { model: "haiku" }))).toMatchObject({ model: "*", versionFamily: "*", records: 30 });
    const few = new OutputEstimator(finals.slice(1));
    expect(few.ruleFor(record(0, 0))).toBe(defaultOutputRule);
    expect(few.estimate(record(1_000, 3, partial))).toBe(250);
  });

  it("tells its error by leaving each record out", () => {
    // All at 100 characters: 15 of 10 tokens, 15 of 30. Mean 20; without one of them the mean of the other 29 is off by
    // 20 − 10/29 … : |10 − 590/29| = |30 − 570/29| = 300/29. Summed 30 × 300/29, of 600 tokens: 15/29.
    const level = Array.from({ length: 30 }, (_, i) => record(100, i % 2 === 0 ? 10 : 30));
    expect(new OutputEstimator(level).ruleFor(record(0, 0)).leaveOneOutError).toBeCloseTo(15 / 29, 9);
  });

  it("takes no negative part: a slope below 0 is a constant", () => {
    const falling = Array.from({ length: 30 }, (_, i) => record(i, 60 - i));
    expect(new OutputEstimator(falling).ruleFor(record(0, 0))).toMatchObject({ tokensPerChar: 0, constant: 45.5 });
  });

  it("takes the first two parts of a version as its family", () => {
    expect([versionFamilyOf("2.1.37"), versionFamilyOf("2"), versionFamilyOf(null)]).toEqual(["2.1", "2", "*"]);
  });
});
