import { closedText, closesText, restatementText, sensitivityText } from "../close-text.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";

export interface CloseFlags extends CommonFlags {
  readonly again?: boolean;
  readonly timeZone: string;
}

/** Closes a month; without one, lists what is closed. */
export async function close(this: CliContext, flags: CloseFlags, period?: string): Promise<void> {
  const { machine } = this;
  if (period === undefined) {
    const all = await withAssay(machine, flags, (assay) => assay.closes());
    if (flags.json === true) printJson(machine, all);
    else machine.stdout.write(closesText(all, textOptions(machine, flags)));
    return;
  }
  const asked = { period, timeZone: flags.timeZone, again: flags.again ?? false };
  const closed = await withAssay(machine, flags, (assay) => assay.closePeriod(asked));
  if (flags.json === true) printJson(machine, closed);
  else machine.stdout.write(closedText(closed));
}

export async function restatement(this: CliContext, flags: CommonFlags, period: string): Promise<void> {
  const restated = await withAssay(this.machine, flags, (assay) => assay.restatement(period));
  if (flags.json === true) printJson(this.machine, restated);
  else this.machine.stdout.write(restatementText(restated, textOptions(this.machine, flags)));
}

export interface SensitivityFlags extends AsOfFlags, CommonFlags {
  readonly days: readonly number[];
}

export async function sensitivity(this: CliContext, flags: SensitivityFlags): Promise<void> {
  const asked = { ...askOptions(flags), stickDays: flags.days };
  const table = await withAssay(this.machine, flags, (assay) => assay.sensitivity(asked));
  if (flags.json === true) printJson(this.machine, table);
  else this.machine.stdout.write(sensitivityText(table, textOptions(this.machine, flags)));
}
