/** A closed month as a person would type it in: $100, of which $10 ripened and $5 were reverted later. */
import type { ClosedPeriod, Restatement, Sensitivity } from "../../src/contract/close.ts";
import { defaultFateParameters } from "../../src/contract/fates.ts";

const dollars = (n: number): string => (BigInt(n) * 1_000_000_000n).toString();

export const closedPeriod: ClosedPeriod = {
  period: "2026-10",
  timeZone: "UTC",
  closedAt: "2026-11-03T09:00:00.000Z",
  knownUntil: "2026-11-02T18:00:00.000Z",
  spendNanoUsd: dollars(100),
  usages: 1_234,
  parameters: defaultFateParameters,
  rulesVersion: 1,
};

export const restatement: Restatement = {
  closed: closedPeriod,
  fates: [
    { fate: "reverted", closedNanoUsd: "0", ripenedNanoUsd: "0", restatedNanoUsd: dollars(5), nowNanoUsd: dollars(5) },
    { fate: "stuck", closedNanoUsd: dollars(80), ripenedNanoUsd: dollars(10), restatedNanoUsd: dollars(-5), nowNanoUsd: dollars(85) },
    { fate: "maturing", closedNanoUsd: dollars(20), ripenedNanoUsd: dollars(-10), restatedNanoUsd: "0", nowNanoUsd: dollars(10) },
  ],
  restatements: [{ cause: "revert", from: "stuck", to: "reverted", nanoUsd: dollars(5), usages: 3 }],
  ripened: [{ from: "maturing", to: "stuck", nanoUsd: dollars(10), usages: 8 }],
};

export const sensitivity: Sensitivity = {
  parameter: "stick_days",
  asked: 21,
  spendNanoUsd: dollars(100),
  rows: [
    { days: 7, fates: { stuck: dollars(85), rework: dollars(5), no_artefact: dollars(10) } },
    { days: 21, fates: { stuck: dollars(70), maturing: dollars(10), rework: dollars(10), no_artefact: dollars(10) } },
  ],
};
