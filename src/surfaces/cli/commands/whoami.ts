import { type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { CommonFlags } from "../flags.ts";
import { identitiesText, unmatchedText } from "../whoami-text.ts";

export async function whoami(this: CliContext, flags: CommonFlags & { readonly unmatched?: boolean }): Promise<void> {
  const all = await withAssay(this.machine, flags, (assay) => assay.identities());
  const rows = flags.unmatched === true ? all.filter(({ kind, person }) => person === null && kind !== "agent") : all;
  const options = textOptions(this.machine, flags);
  if (flags.json === true) printJson(this.machine, rows);
  else this.machine.stdout.write(flags.unmatched === true ? unmatchedText(rows, options) : identitiesText(rows, options));
}
