import { type CliContext, printJson, withAssay, withProgress } from "../context.ts";
import type { CommonFlags, TrailerFlags } from "../flags.ts";

export async function rebuild(this: CliContext, flags: CommonFlags & TrailerFlags): Promise<void> {
  const trailers = flags.ignoreTrailers === undefined ? {} : { ignoreTrailers: flags.ignoreTrailers };
  await withAssay(this.machine, flags, (assay) => withProgress(this.machine, (progress) => assay.rebuild({ ...trailers, progress })));
  if (flags.json === true) printJson(this.machine, { rebuilt: true });
  else this.machine.stdout.write("Everything derived was made anew from the facts in the store.\n");
}
