import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import { deliveryText } from "../delivery-text.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";

export interface DeliveryFlags extends AsOfFlags, CommonFlags {
  readonly days: number;
}

export async function delivery(this: CliContext, flags: DeliveryFlags): Promise<void> {
  const asked = { ...askOptions(flags), days: flags.days };
  const told = await withAssay(this.machine, flags, (assay) => assay.delivery(asked));
  if (flags.json === true) printJson(this.machine, told);
  else this.machine.stdout.write(deliveryText(told, textOptions(this.machine, flags)));
}
