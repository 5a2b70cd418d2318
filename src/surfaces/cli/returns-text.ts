/** Spend that bought nothing that stuck, for a terminal. */
import type { Returns } from "../../contract/returns.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount, formatNumberOf, formatRatio, formatUsd } from "./numbers.ts";
import { tableLines } from "./text-table.ts";

export function returnsText(returns: Returns, options: TextOptions): string {
  const { by, groups, zeroReturnShare, zeroReturnOfAll, concentration, ofNoGroupNanoUsd, mostUndecided } = returns;
  if (groups.length === 0) return `No spend is in a ${by} that is known${by === "repository" ? "" : ": name them in assay.yaml"}.\n`;
  const columns = [
    { title: by, align: "left" },
    { title: "spend", align: "right" },
    { title: "changes stuck", align: "right" },
    { title: "undecided", align: "right" },
  ] as const;
  const rows = groups.map((group) => [
    group.group,
    formatUsd(group.spendNanoUsd),
    group.changesStuck === null ? "not known yet" : formatCount(group.changesStuck),
    formatRatio(group.undecidedShare),
  ]);
  const [head = "", ...body] = tableLines(columns, rows, options.width);
  const notes = [
    zeroReturnShare === null
      ? "Zero-return share: not known yet."
      : `Zero-return share: ${formatRatio(zeroReturnShare)} of spend whose return is known${zeroReturnOfAll === null ? "" : `; of all, ${formatRatio(zeroReturnOfAll.low)} to ${formatRatio(zeroReturnOfAll.high)}`}.`,
    ...(concentration === null
      ? []
      : [
          `Half of the changes that stuck are of ${formatNumberOf(concentration.half.groups, "group")}${concentration.half.spendShare === null ? "" : ` with ${formatRatio(concentration.half.spendShare)} of the spend`}; as concentrated as ${concentration.effectiveGroups.toFixed(1)} equal ones.`,
        ]),
    ...(ofNoGroupNanoUsd === "0" ? [] : [`${formatUsd(ofNoGroupNanoUsd)} is of no ${by} and in no share here.`]),
    `Not known yet: nothing stuck, and more than ${formatRatio(mostUndecided)} of the spend is undecided or not linked.`,
    "A change counts once however small it is: read this beside cost per change and what was reverted.",
  ];
  return [inkFor(options.color).bold(head), ...body, "", ...notes, ""].join("\n");
}
