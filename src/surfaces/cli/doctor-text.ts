/** Findings of `doctor` for a terminal: what is wrong stands out by its word, not by colour alone. */
import type { DoctorReport } from "../../contract/doctor.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatNumberOf } from "./numbers.ts";
import { printable, wrap } from "./printable.ts";
import { pad } from "./text-table.ts";

const stateColumns = 9;

export function doctorText({ checks, notMade }: DoctorReport, options: TextOptions): string {
  const ink = inkFor(options.color);
  const lines: string[] = [];
  let theme = "";
  for (const check of checks) {
    if (check.theme !== theme) lines.push(...(theme === "" ? [] : [""]), ink.bold(check.theme));
    theme = check.theme;
    const state = pad(check.state, stateColumns, "left");
    const said = wrap(printable(check.sentence), options.width - stateColumns - 2);
    const advice = check.advice === null ? [] : wrap(printable(`→ ${check.advice}`), options.width - stateColumns - 2);
    lines.push(
      ...[...said, ...advice].map(
        (line, i) => `  ${i === 0 ? (check.state === "ok" ? ink.dim(state) : ink.bold(state)) : " ".repeat(stateColumns)}${line}`,
      ),
    );
  }
  const count = (state: string): number => checks.filter((check) => check.state === state).length;
  const open = notMade.length === 0 ? "" : ` ${formatNumberOf(notMade.length, "check")} could not be made: ${notMade.join(", ")}.`;
  return `${[...lines, "", `${formatNumberOf(checks.length, "check")}: ${count("failed")} failed, ${count("warning")} with a warning.${open}`].join("\n")}\n`;
}
