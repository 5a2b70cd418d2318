import { type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { CommonFlags } from "../flags.ts";
import { notesText } from "../notes-text.ts";

export async function witnesses(this: CliContext, flags: CommonFlags): Promise<void> {
  const rows = await withAssay(this.machine, flags, (assay) => assay.notes());
  if (flags.json === true) printJson(this.machine, rows);
  else this.machine.stdout.write(notesText(rows, textOptions(this.machine, flags)));
}
