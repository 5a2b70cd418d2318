import type { ReturnGroup } from "../../../contract/returns.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";
import { returnsText } from "../returns-text.ts";

export interface ReturnsFlags extends AsOfFlags, CommonFlags {
  readonly by: ReturnGroup;
}

export async function returns(this: CliContext, flags: ReturnsFlags): Promise<void> {
  const told = await withAssay(this.machine, flags, (assay) => assay.returns({ ...askOptions(flags), by: flags.by }));
  if (flags.json === true) printJson(this.machine, told);
  else this.machine.stdout.write(returnsText(told, textOptions(this.machine, flags)));
}
