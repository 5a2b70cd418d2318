import { type CliContext, printJson, withAssay } from "../context.ts";
import type { CommonFlags } from "../flags.ts";
import { groupedProblemLines } from "../problems-text.ts";

const shownPerCode = 20;

export async function problems(this: CliContext, flags: CommonFlags): Promise<void> {
  const rows = await withAssay(this.machine, flags, (assay) => assay.problems());
  if (flags.json === true) printJson(this.machine, rows);
  else this.machine.stdout.write(`${rows.length === 0 ? "No problems." : groupedProblemLines(rows, shownPerCode).join("\n")}\n`);
}
