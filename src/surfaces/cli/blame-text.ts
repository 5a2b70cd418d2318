/** The lines of a file beside who wrote them, for a terminal. */
import type { Blame } from "../../contract/show.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount, formatUsd } from "./numbers.ts";
import { clip, printable, wrap } from "./printable.ts";
import { pad } from "./text-table.ts";

const sessionColumns = 8;

/** Line number, commit, author kind and grade, session, cost, then as much of the line as fits. */
export function blameText({ path, repository, head, notes, lines }: Blame, options: TextOptions): string {
  const ink = inkFor(options.color);
  const numberColumns = Math.max(4, String(lines.length).length);
  const costs = lines.map(({ costNanoUsd }) => (costNanoUsd === null ? "–" : formatUsd(costNanoUsd)));
  const costColumns = Math.max(4, ...costs.map((cost) => cost.length));
  const head1 = `${pad("line", numberColumns, "right")} commit   author  ${pad("session", sessionColumns, "left")} ${pad("cost", costColumns, "right")}`;
  const rows = lines.map(({ line, commit, authorKind, session, grade, text }, i) => {
    const who = `${authorKind}${grade === null ? "" : ` ${grade}`}`;
    const margin = `${pad(String(line), numberColumns, "right")} ${commit.slice(0, 8)} ${pad(who, 7, "left")} ${pad((session ?? "–").slice(0, sessionColumns), sessionColumns, "left")} ${pad(costs[i] ?? "", costColumns, "right")}`;
    return `${ink.dim(margin)} ${clip(printable(text.replaceAll("\t", "  ")), Math.max(10, options.width - margin.length - 1))}`.trimEnd();
  });
  const known = lines.flatMap(({ costNanoUsd }) => (costNanoUsd === null ? [] : [BigInt(costNanoUsd)]));
  const total = known.reduce((sum, nano) => sum + nano, 0n);
  const summary = `${formatUsd(total)} on ${formatCount(known.length)} of ${formatCount(lines.length)} lines, at list prices; – is not known.`;
  const after = [...notes, summary].flatMap((note) => wrap(printable(note), options.width));
  return `${[ink.bold(clip(printable(`${path} · ${repository} · ${head.slice(0, 10)}`), options.width)), ink.bold(head1), ...rows, "", ...after].join("\n")}\n`;
}
