import { UserError } from "../../../contract/errors.ts";
import { type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { CommonFlags } from "../flags.ts";
import { overruledText, overrulesText } from "../overrule-text.ts";

export interface OverruleFlags extends CommonFlags {
  readonly class?: string;
  readonly reason?: string;
  readonly author?: string;
  readonly undo?: boolean;
  readonly list?: boolean;
}

/** Says what a change is against the rules, takes that back, or lists what was said. */
export async function overrule(this: CliContext, flags: OverruleFlags, subject?: string, id?: string): Promise<void> {
  const { machine } = this;
  if (flags.list === true || subject === undefined) {
    const all = await withAssay(machine, flags, (assay) => assay.overrules());
    if (flags.json === true) printJson(machine, all);
    else machine.stdout.write(overrulesText(all, textOptions(machine, flags)));
    return;
  }
  if (subject !== "change" || id === undefined)
    throw new UserError("bad_overrule", "Only the class of a change can be overruled.", {
      hint: 'Write: assay overrule change "#12" --class fix --reason TEXT',
    });
  if ((flags.undo === true) === (flags.class !== undefined))
    throw new UserError("bad_overrule", "Give a class, or --undo.", {
      hint: 'Write: assay overrule change "#12" --class fix --reason TEXT',
    });
  const { USER, LOGNAME, USERNAME } = machine.variables;
  const asked = {
    change: id,
    class: flags.class ?? null,
    reason: flags.reason ?? "",
    author: flags.author ?? USER ?? LOGNAME ?? USERNAME ?? "",
  };
  const told = await withAssay(machine, flags, (assay) => assay.overrule(asked));
  if (flags.json === true) printJson(machine, told);
  else machine.stdout.write(overruledText(told));
}
