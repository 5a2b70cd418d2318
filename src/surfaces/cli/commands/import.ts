import { exitCodes } from "../../../contract/errors.ts";
import { type CliContext, forgeInputs, printJson, searchPlaces, withAssay, withProgress } from "../context.ts";
import type { CommonFlags, ForgeFlags, OnlyFlags, SearchFlags, TrailerFlags } from "../flags.ts";
import { importSentence } from "../import-text.ts";
import { groupedProblemLines } from "../problems-text.ts";

/** Reads what is new. Ends with 3 only when input was lost to damage (RULINGS 8). */
export async function importLogs(
  this: CliContext,
  flags: CommonFlags & ForgeFlags & OnlyFlags & SearchFlags & TrailerFlags,
): Promise<void> {
  const { machine } = this;
  const places = await searchPlaces(machine, flags);
  const signal = machine.interruptSignal();
  const trailers = flags.ignoreTrailers === undefined ? {} : { ignoreTrailers: flags.ignoreTrailers };
  const only = flags.only === undefined ? {} : { only: flags.only };
  const summary = await withAssay(machine, flags, (assay) =>
    withProgress(machine, (progress) =>
      assay.import({ ...places, ...trailers, ...only, forges: forgeInputs(machine, flags), progress, signal }),
    ),
  );
  if (flags.json === true) printJson(machine, summary);
  else machine.stdout.write(`${[importSentence(summary), ...groupedProblemLines(summary.problems, 3)].join("\n")}\n`);
  signal.throwIfAborted();
  if (summary.lost > 0) this.process.exitCode = exitCodes.lost;
}
