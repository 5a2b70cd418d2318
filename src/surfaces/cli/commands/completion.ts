import { UserError } from "../../../contract/errors.ts";
import { commandModels, type Shell, shells } from "../completion-model.ts";
import { completionScript } from "../completion-scripts.ts";
import { type CliContext, withAssay } from "../context.ts";
import type { CommonFlags } from "../flags.ts";

/** Prints the script a shell reads to complete the words of `assay`. */
export async function completion(this: CliContext, flags: CommonFlags, shell: string): Promise<void> {
  const known = shells.find((one): one is Shell => one === shell);
  if (known === undefined)
    throw new UserError("unknown_shell", `No completion is known for '${shell}'.`, { hint: `There is one for ${shells.join(", ")}.` });
  const rows = await withAssay(this.machine, flags, async (assay) => assay.measures());
  const names = {
    measures: rows.map(({ id }) => id),
    dimensions: [...new Set(rows.flatMap(({ dimensions }) => dimensions))].sort(),
  };
  this.machine.stdout.write(completionScript(known, commandModels(this.routes, names)));
}
