import { type CliContext, printJson, searchPlaces, withAssay } from "../context.ts";
import type { CommonFlags, SearchFlags } from "../flags.ts";
import { importSentence } from "../import-text.ts";

export interface WatchFlags extends CommonFlags, SearchFlags {
  readonly every: number;
}

/** Imports whenever something is new, a line each time, until it is interrupted: that is its end, not a failure. */
export async function watch(this: CliContext, flags: WatchFlags): Promise<void> {
  const { machine } = this;
  const places = await searchPlaces(machine, flags);
  await withAssay(machine, flags, (assay) =>
    assay.watch({
      ...places,
      everyMs: flags.every * 1000,
      signal: machine.interruptSignal(),
      onChange: (summary) => {
        if (flags.json === true) printJson(machine, summary);
        else machine.stdout.write(`${new Date(machine.now()).toISOString()} ${importSentence(summary)}\n`);
      },
      onBusy: (error) => machine.stderr.write(`${error.message} Waiting for it.\n`),
    }),
  );
}
