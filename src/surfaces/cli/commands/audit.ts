import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import { auditText } from "../audit-text.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";

export interface AuditFlags extends AsOfFlags, CommonFlags {
  readonly links?: boolean;
}

export async function audit(this: CliContext, flags: AuditFlags): Promise<void> {
  const asked = { ...askOptions(flags), links: flags.links ?? false };
  const counted = await withAssay(this.machine, flags, (assay) => assay.audit(asked));
  if (flags.json === true) printJson(this.machine, counted);
  else this.machine.stdout.write(auditText(counted, textOptions(this.machine, flags)));
}
