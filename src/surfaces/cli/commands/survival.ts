import type { SurvivalGroup } from "../../../contract/survival.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";
import { survivalText } from "../survival-text.ts";

export interface SurvivalFlags extends AsOfFlags, CommonFlags {
  readonly days: readonly number[];
  readonly by: SurvivalGroup;
}

export async function survival(this: CliContext, flags: SurvivalFlags): Promise<void> {
  const asked = { ...askOptions(flags), days: flags.days, by: flags.by };
  const told = await withAssay(this.machine, flags, (assay) => assay.survival(asked));
  if (flags.json === true) printJson(this.machine, told);
  else this.machine.stdout.write(survivalText(told, textOptions(this.machine, flags)));
}
