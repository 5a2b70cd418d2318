/** What a session or a change became: the bar, and the fates that carry money. */
import type { ReactElement } from "react";
import type { AnswerFate } from "../../../src/contract/answer.ts";
import { formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { Swatch } from "../look/hatches.tsx";
import { groupOf } from "../ui/cell-link.tsx";
import { RollUpBar, rollUpOf } from "../ui/roll-up-bar.tsx";

export function FateList({ fates }: { readonly fates: readonly AnswerFate[] }): ReactElement {
  const shown = fates
    .filter(({ nanoUsd }) => nanoUsd !== null && BigInt(nanoUsd) > 0n)
    .toSorted((a, b) => (BigInt(b.nanoUsd ?? 0) > BigInt(a.nanoUsd ?? 0) ? 1 : -1));
  return (
    <>
      <RollUpBar byRollUp={rollUpOf(fates)} height={28} />
      <ul className="fate-list">
        {shown.map(({ fate, nanoUsd, share, sentence }) => (
          <li key={fate}>
            <Swatch group={groupOf(fate)} />
            <b>{share === null ? "" : formatRatio(share)}</b>
            <span>
              {fate.replaceAll("_", " ")}{" "}
              <span className="soft">
                {formatUsd(nanoUsd ?? "0")} · {sentence}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
