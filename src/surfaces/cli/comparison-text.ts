/** Why another tool's total is not ours, for a terminal. */
import type { ToolComparison } from "../../contract/bills.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount, formatExactUsd, formatNumberOf, formatPeriod, formatUsd } from "./numbers.ts";
import { printable } from "./printable.ts";
import { pad } from "./text-table.ts";

const moneyColumns = 22;

export function comparisonText(told: ToolComparison, options: TextOptions): string {
  const ink = inkFor(options.color);
  const { tool, causes, days, unreadableRows, differenceNanoUsd } = told;
  const line = (name: string, nano: string): string => `${pad(formatExactUsd(nano), moneyColumns, "right")}  ${name}`;
  const lines = [
    line("here, at list prices", told.ownNanoUsd),
    line(printable(tool), told.toolNanoUsd),
    ink.bold(line("more here", differenceNanoUsd)),
    "",
    ...(causes.length === 0 ? ["Nothing differs."] : ["Of that:", ...causes.map(({ nanoUsd, sentence }) => line(sentence, nanoUsd))]),
    "",
    ...(days === null
      ? []
      : [
          `${formatPeriod(days.from, days.to)}: ${formatCount(days.equal)} of ${formatNumberOf(days.reported, "day")} have the same tokens (days of ${days.timeZone})${days.movedNanoUsd === "0" ? "" : `; ${formatUsd(days.movedNanoUsd)} stands on other days here, which is no difference of the whole`}.`,
        ]),
    ...(unreadableRows === 0 ? [] : [`${formatNumberOf(unreadableRows, "row")} of the report could not be read.`]),
    "Causes are read off the tokens; what they do not prove is called rest.",
    "",
  ];
  return lines.join("\n");
}
