import { describe, expect, it } from "vitest";
import type { MeasureResult } from "../../../src/contract/query.ts";
import { rankGroups } from "./ranking.ts";

const rows = (given: MeasureResult["rows"]): MeasureResult => ({ rows: given }) as unknown as MeasureResult;
const group = (model: string | null, spend: string, bought_share: number, sessions: number, spend_decided = spend) => ({
  model,
  spend,
  spend_decided,
  bought_share,
  bought_low_share: 0,
  bought_high_share: 1,
  sessions,
});
const part = (model: string, allocation: string, spend_allocated: string) => ({ model, allocation, spend_allocated });

describe("a ranking by what a dollar bought", () => {
  it("puts least first, and keeps apart what is too small and what has no name", () => {
    const totals = rows([
      group("a", "1000", 0.6, 9),
      group("b", "1000", 0.4, 9),
      group("few", "1000", 0.1, 4),
      group("tiny", "10", 0, 9),
      group(null, "500", 0, 9),
    ]);
    const ranking = rankGroups("model", totals, rows([]));
    expect(ranking.ranked.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(ranking.small.map(({ id }) => id)).toEqual(["few", "tiny"]);
    expect(ranking.nameless?.nanoUsd).toBe("500");
  });

  it("does not blame a group for being new", () => {
    const totals = rows([group("old", "1000", 0.6, 9, "701"), group("new", "1000", 0, 9, "699")]);
    const { ranked, young } = rankGroups("model", totals, rows([]));
    expect([ranked.map(({ id }) => id), young.map(({ id, undecided }) => [id, undecided])]).toEqual([["old"], [["new", 0.301]]]);
  });

  it("does not tell apart what another allocation would order the other way", () => {
    const totals = rows([group("a", "1000", 0.6, 9), group("b", "1000", 0.4, 9), group("c", "1000", 0.9, 9)]);
    const allocated = rows([
      part("a", "lines_flows_to_C", "600"),
      part("b", "lines_flows_to_C", "400"),
      part("c", "lines_flows_to_C", "900"),
      part("a", "equal_flows_to_C", "300"),
      part("b", "equal_flows_to_C", "350"),
      part("c", "equal_flows_to_C", "800"),
    ]);
    expect(rankGroups("model", totals, allocated).levelWithFirst).toEqual(["a"]);
  });

  it("tells apart what every allocation orders alike", () => {
    const totals = rows([group("a", "1000", 0.6, 9), group("b", "1000", 0.4, 9)]);
    const allocated = rows([
      part("a", "lines_flows_to_C", "600"),
      part("b", "lines_flows_to_C", "400"),
      part("a", "x", "500"),
      part("b", "x", "450"),
    ]);
    expect(rankGroups("model", totals, allocated).levelWithFirst).toEqual([]);
  });
});
