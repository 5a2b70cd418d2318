/** What persons said against rules, for a terminal. */
import type { Overrule } from "../../contract/overrule.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatDay } from "./numbers.ts";
import { printable } from "./printable.ts";
import { type Column, tableLines } from "./text-table.ts";

const left = (title: string): Column => ({ title, align: "left" });

export function overruledText({ change, class: name, ruledClass, reason }: Overrule): string {
  const ruled = ruledClass ?? "unknown";
  return name === null
    ? `${change} is ${ruled} again, as the rules say: ${printable(reason)}\n`
    : `${change} is ${name} (by the rules: ${ruled}): ${printable(reason)}\nTake it back: assay overrule change "${change}" --undo --reason TEXT\n`;
}

export function overrulesText(all: readonly Overrule[], options: TextOptions): string {
  if (all.length === 0) return "No rule is overruled: assay overrule change ID --class CLASS --reason TEXT\n";
  const columns = [left("change"), left("class"), left("by the rules"), left("by"), left("on"), left("stands"), left("reason")];
  const rows = all.map(({ change, class: name, ruledClass, author, toldAt, stands, reason }) => [
    /^[0-9a-f]{40}/.test(change) ? change.slice(0, 12) : change,
    name ?? "taken back",
    ruledClass ?? "unknown",
    printable(author),
    formatDay(toldAt),
    stands ? "yes" : "no",
    printable(reason),
  ]);
  const [head = "", ...body] = tableLines(columns, rows, options.width);
  return `${[inkFor(options.color).bold(head), ...body].join("\n")}\n`;
}
