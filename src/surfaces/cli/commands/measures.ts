import { type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { CommonFlags } from "../flags.ts";
import { measuresText } from "../list-text.ts";

export async function measures(this: CliContext, flags: CommonFlags): Promise<void> {
  const rows = await withAssay(this.machine, flags, async (assay) => assay.measures());
  if (flags.json === true) printJson(this.machine, rows);
  else this.machine.stdout.write(measuresText(rows, textOptions(this.machine, flags)));
}
