import { type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { CommonFlags } from "../flags.ts";
import { sourcesText } from "../list-text.ts";

export async function sources(this: CliContext, flags: CommonFlags): Promise<void> {
  const rows = await withAssay(this.machine, flags, (assay) => assay.sources());
  if (flags.json === true) printJson(this.machine, rows);
  else this.machine.stdout.write(sourcesText(rows, textOptions(this.machine, flags)));
}
