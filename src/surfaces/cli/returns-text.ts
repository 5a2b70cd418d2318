/** Spend that bought nothing that stuck, for a terminal. */
import { type PublishedBucket, type PublishedSplit, publishedShares, type Returns } from "../../contract/returns.ts";
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
    "A change counts once however small it is: read this beside `assay costs` and what was reverted.",
  ];
  const bold = inkFor(options.color).bold;
  return [bold(head), ...body, "", ...notes, "", ...splitLines(returns.publishedSplit, options.width, bold), ""].join("\n");
}

export const bucketNames: Readonly<Record<PublishedBucket, string>> = {
  value: "value",
  reactive: "reactive",
  rework: "rework",
  review_friction: "review friction",
};

export const shareOrNotObserved = (share: number | null): string => (share === null ? "not observed" : formatRatio(share));

function splitLines(split: PublishedSplit, width: number, bold: (text: string) => string): string[] {
  const columns = [
    { title: "the published split", align: "left" },
    { title: "published", align: "right" },
    { title: "its method here", align: "right" },
    { title: "the ledger", align: "right" },
  ] as const;
  const rows = split.buckets.map(({ bucket, share, group, ofSpend }) => [
    bucketNames[bucket],
    formatRatio(publishedShares[bucket]),
    shareOrNotObserved(share),
    `${group} ${shareOrNotObserved(ofSpend)}`,
  ]);
  const [head = "", ...body] = tableLines(columns, rows, width);
  return [bold(head), ...body, ...splitNotes(split)];
}

/** What the published split must not be read without. */
export function splitNotes({ changes, overlap, unknown }: PublishedSplit): string[] {
  const others = [
    ...(unknown.class > 0 ? [`${formatCount(unknown.class)} of no class that is known`] : []),
    ...(unknown.discarded > 0 ? [`${formatCount(unknown.discarded)} not a week old`] : []),
  ];
  return [
    `Its method counts ${formatNumberOf(changes, "landed change")} by class and makes the parts add up to one dollar: every fix and all maintenance is reactive, whoever caused it.${others.length === 0 ? "" : ` ${others.join(", ")}.`}${overlap === null ? "" : ` Before that they add up to ${formatRatio(1 + overlap)}.`}`,
    "The ledger follows each dollar to its lines; its group is the nearest there is, not the same. What is in no group here ripens, iterates, thinks or is not linked.",
  ];
}
