/** Money of one thing by group of fates, as a thin bar. */
import type { ReactElement } from "react";
import { formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { rollUpLooks } from "../../../src/surfaces/cli/roll-up-look.ts";
import type { AnswerFate } from "../../../src/contract/answer.ts";
import { Swatch } from "../look/hatches.tsx";
import { groupOf } from "./cell-link.tsx";
import { FateBar } from "./fate-bar.tsx";

export function RollUpBar({
  byRollUp,
  height = 12,
}: {
  readonly byRollUp: Readonly<Record<string, string>>;
  readonly height?: number;
}): ReactElement {
  const parts = rollUpLooks
    .map(({ name }) => ({ group: name, nanoUsd: BigInt(byRollUp[name] ?? 0) }))
    .filter(({ nanoUsd }) => nanoUsd > 0n)
    .map((part) => ({ ...part, says: `${part.group}: ${formatUsd(part.nanoUsd)}` }));
  const label = parts.length === 0 ? "no money" : parts.map(({ says }) => says).join(", ");
  return <FateBar parts={parts} height={height} label={label} />;
}

/** What the fills of the bars of a list mean: the groups its rows have. */
export function RollUpLegend({
  rows,
}: {
  readonly rows: readonly { readonly byRollUp: Readonly<Record<string, string>> }[];
}): ReactElement {
  const seen = rollUpLooks.filter(({ name }) => rows.some(({ byRollUp }) => byRollUp[name] !== undefined));
  return (
    <ul className="chart-legend tight">
      {seen.map(({ name, sentence }) => (
        <li key={name} title={sentence}>
          <Swatch group={name} />
          {name}
        </li>
      ))}
    </ul>
  );
}

/** Fates of a card as money by group; what is not observed is left out. */
export function rollUpOf(fates: readonly AnswerFate[]): Record<string, string> {
  const sums = new Map<string, bigint>();
  for (const { fate, nanoUsd } of fates) if (nanoUsd !== null) sums.set(groupOf(fate), (sums.get(groupOf(fate)) ?? 0n) + BigInt(nanoUsd));
  return Object.fromEntries([...sums].map(([group, nano]) => [group, String(nano)]));
}
