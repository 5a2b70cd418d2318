import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";
import { explanationText } from "../show-text.ts";

export async function explain(this: CliContext, flags: AsOfFlags & CommonFlags, subject: string): Promise<void> {
  const explanation = await withAssay(this.machine, flags, (assay) => assay.explain(subject, askOptions(flags)));
  if (flags.json === true) printJson(this.machine, explanation);
  else this.machine.stdout.write(explanationText(explanation, textOptions(this.machine, flags)));
}
