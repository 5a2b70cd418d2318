import type { CostGrain } from "../../../contract/costs.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import { costsText } from "../costs-text.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";

export interface CostsFlags extends AsOfFlags, CommonFlags {
  readonly grain: CostGrain;
  readonly days: number;
  readonly tiers: number;
}

export async function costs(this: CliContext, flags: CostsFlags): Promise<void> {
  const { grain, days, tiers } = flags;
  const told = await withAssay(this.machine, flags, (assay) => assay.costs({ ...askOptions(flags), grain, days, tiers }));
  if (flags.json === true) printJson(this.machine, told);
  else this.machine.stdout.write(costsText(told, textOptions(this.machine, flags)));
}
