import { describe, expect, it } from "vitest";
import { notDistinguishable } from "./ranking.ts";

describe("a ranking under several conventions", () => {
  it("does not tell apart two groups that change places under one of them", () => {
    // Shown: tide 0.50, pier 0.45. Under the third convention pier has 0.52 and tide 0.48.
    const groups = [
      { id: "pier", values: [0.45, 0.44, 0.52] },
      { id: "tide", values: [0.5, 0.47, 0.48] },
      { id: "dune", values: [0.1, 0.2, 0.15] },
    ];
    expect(notDistinguishable(groups)).toEqual([["tide", "pier"]]);
  });

  it("tells them apart where the order stays, however wide and overlapping their spans are", () => {
    // 0.3 … 0.6 and 0.2 … 0.5 overlap; under each convention tide is ahead.
    expect(
      notDistinguishable([
        { id: "pier", values: [0.4, 0.2, 0.5] },
        { id: "tide", values: [0.5, 0.3, 0.6] },
      ]),
    ).toEqual([]);
  });

  it("leaves equals alone, and doubts what is level as shown and not otherwise", () => {
    expect(
      notDistinguishable([
        { id: "a", values: [0, 0] },
        { id: "b", values: [0, 0] },
      ]),
    ).toEqual([]);
    expect(
      notDistinguishable([
        { id: "a", values: [1, 1] },
        { id: "b", values: [1, 2] },
      ]),
    ).toEqual([["a", "b"]]);
  });
});
