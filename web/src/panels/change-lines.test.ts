import { describe, expect, it } from "vitest";
import type { Answer } from "../../../src/contract/answer.ts";
import type { MeasureResult } from "../../../src/contract/query.ts";
import { changeLines } from "./change-lines.ts";
import { lastWeek } from "./week-pair.ts";

/** Only what the lines read. */
const answer = (parts: Partial<Answer>): Answer => ({ fates: [], unlinkedReasons: [], ...parts }) as unknown as Answer;
const rows = (...given: MeasureResult["rows"]): MeasureResult => ({ rows: given }) as unknown as MeasureResult;
const dollars = (amount: number): string => `${amount}000000000`;
const span = { low: null, high: null };

describe("what changed, and what to do", () => {
  it("tells the spend beside the week before, and the model that moved it most", () => {
    const total = rows({ spend: dollars(15), spend__base: dollars(10), changes_landed: 4, changes_landed__base: 2 });
    const models = rows(
      { model: "big", spend: dollars(12), spend__base: dollars(4) },
      { model: "small", spend: dollars(3), spend__base: dollars(6) },
    );
    const [spend, driver] = changeLines(answer({}), total, models);
    expect(spend).toMatchObject({
      kind: "changed",
      title: "Spend rose 50.0 % to $15.00",
      text: "From $10.00; 4 changes landed, 2 the week before.",
    });
    // Moves of +8 and −3: 8 of 11.
    expect(driver).toMatchObject({
      kind: "changed",
      title: "big moved it most: +$8.00",
      text: "72.7 % of all moves; 1 other model moved too.",
    });
  });

  it("says so when nothing changed", () => {
    const total = rows({ spend: dollars(100), spend__base: dollars(98), changes_landed: 1, changes_landed__base: 1 });
    const models = rows({ model: "big", spend: dollars(100), spend__base: dollars(98) });
    const [spend, driver] = changeLines(answer({}), total, models);
    expect([spend?.kind, driver?.kind]).toEqual(["same", "same"]);
    expect(spend?.title).toBe("Spend stayed where it was: $100.00");
  });

  it("does not call the first week a growth of anything", () => {
    const [spend] = changeLines(answer({}), rows({ spend: dollars(5), spend__base: "0" }), rows());
    expect(spend?.title).toBe("Spend is new: $5.00");
    expect(changeLines(answer({}), rows({ spend: "0", spend__base: "0" }), rows())[0]?.title).toBe("Nothing was spent");
  });

  it("advises what makes most dollars known, else the largest part that was undone", () => {
    const fates: Answer["fates"] = [
      { fate: "rework", nanoUsd: dollars(3), share: 0.3, sentence: "Replaced.", span },
      { fate: "abandoned", nanoUsd: dollars(4), share: 0.4, sentence: "Never landed.", span },
      { fate: "stuck", nanoUsd: dollars(9), share: 0.9, sentence: "Stuck.", span },
    ];
    const reason = (amount: number): Answer["unlinkedReasons"] => [
      { reason: "repository_unseen", sentence: "Unseen.", nanoUsd: dollars(amount) },
    ];
    const lines = (amount: number) => changeLines(answer({ fates, unlinkedReasons: reason(amount) }), rows(), rows()).at(-1);
    expect(lines(5)?.title).toBe("Show Assay the repository behind $5.00");
    expect(lines(3)?.title).toBe("Look at the $4.00 that ended as abandoned");
  });

  it("takes the last seven days there are facts of", () => {
    expect(lastWeek("2026-03-03")).toEqual({ from: "2026-02-25", to: "2026-03-03" });
  });
});
