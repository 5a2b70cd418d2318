import { exitCodes } from "../../../contract/errors.ts";
import { type CliContext, printJson, textOptions, searchPlaces, withAssay } from "../context.ts";
import { doctorText } from "../doctor-text.ts";
import type { CommonFlags, SearchFlags } from "../flags.ts";

export type DoctorFlags = CommonFlags & Pick<SearchFlags, "home" | "noHome">;

/** Ends with 1 where something failed; a warning alone ends with 0. */
export async function doctor(this: CliContext, flags: DoctorFlags): Promise<void> {
  const { machine } = this;
  const asked = {
    home: (await searchPlaces(machine, flags)).home,
    nodeVersion: machine.nodeVersion,
    freeBytes: (folder: string) => machine.freeBytes(folder),
  };
  const report = await withAssay(machine, flags, (assay) => assay.doctor(asked));
  if (flags.json === true) printJson(machine, report);
  else machine.stdout.write(doctorText(report, textOptions(machine, flags)));
  if (report.checks.some(({ state }) => state === "failed")) this.process.exitCode = exitCodes.fault;
}
