import { resolve } from "node:path";
import { exitCodes } from "../../../contract/errors.ts";
import { billsImportText, billsText, exportSentence, reconciliationText } from "../bills-text.ts";
import { comparisonText } from "../comparison-text.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay, withProgress } from "../context.ts";
import type { AsOfFlags, BasisFlags, CommonFlags } from "../flags.ts";

export interface ReconcileFlags extends CommonFlags, AsOfFlags {
  readonly provider?: string;
  readonly range?: { readonly from: string | null; readonly to: string | null };
}

/** Reads bills. Ends with 3 only when input was lost to damage (RULINGS 8). */
export async function importBills(this: CliContext, flags: CommonFlags, ...files: string[]): Promise<void> {
  const { machine } = this;
  const paths = files.map((file) => resolve(machine.workingDir, file));
  const told = await withAssay(machine, flags, (assay) => withProgress(machine, (progress) => assay.importBills(paths, progress)));
  if (flags.json === true) printJson(machine, told);
  else machine.stdout.write(billsImportText(told));
  if (told.lost > 0) this.process.exitCode = exitCodes.lost;
}

export async function listBills(this: CliContext, flags: CommonFlags): Promise<void> {
  const rows = await withAssay(this.machine, flags, (assay) => assay.bills());
  if (flags.json === true) printJson(this.machine, rows);
  else this.machine.stdout.write(billsText(rows, textOptions(this.machine, flags)));
}

export async function reconcile(this: CliContext, flags: ReconcileFlags): Promise<void> {
  const { provider = null, range = { from: null, to: null } } = flags;
  const told = await withAssay(this.machine, flags, (assay) => assay.reconcile({ ...askOptions(flags), provider, ...range }));
  if (flags.json === true) printJson(this.machine, told);
  else this.machine.stdout.write(reconciliationText(told, textOptions(this.machine, flags)));
}

export interface CompareFlags extends CommonFlags {
  readonly timeZone?: string;
}

export async function compare(this: CliContext, flags: CompareFlags, tool: string, file: string): Promise<void> {
  const asked = { tool, file: resolve(this.machine.workingDir, file), timeZone: flags.timeZone ?? null };
  const told = await withAssay(this.machine, flags, (assay) => assay.compareTool(asked));
  if (flags.json === true) printJson(this.machine, told);
  else this.machine.stdout.write(comparisonText(told, textOptions(this.machine, flags)));
}

export interface ExportFlags extends CommonFlags, AsOfFlags, BasisFlags {
  readonly range?: { readonly from: string | null; readonly to: string | null };
  readonly out?: string;
}

export async function exportFocus(this: CliContext, flags: ExportFlags): Promise<void> {
  const { machine } = this;
  const asked = { ...askOptions(flags), basis: flags.basis, ...(flags.range ?? { from: null, to: null }) };
  const told = await withAssay(machine, flags, (assay) => assay.exportFocus(asked));
  const { csv, ...summary } = told;
  if (flags.out === undefined) machine.stdout.write(flags.json === true ? `${JSON.stringify(told, null, 2)}\n` : csv);
  else await machine.writeText(resolve(machine.workingDir, flags.out), csv);
  machine.stderr.write(`${exportSentence(summary)}\n`);
}

export interface FetchFlags extends CommonFlags {
  readonly provider?: string;
  readonly range?: { readonly from: string | null; readonly to: string | null };
}

/** What could not be asked is told; it ends with 3 only when what came was damaged. */
export async function fetchBills(this: CliContext, flags: FetchFlags): Promise<void> {
  const { machine } = this;
  const { provider = null, range = { from: null, to: null } } = flags;
  const signal = machine.interruptSignal();
  const told = await withAssay(machine, flags, (assay) =>
    withProgress(machine, (progress) => assay.fetchBills({ provider, ...range, progress, signal })),
  );
  if (flags.json === true) printJson(machine, told);
  else machine.stdout.write(billsImportText(told));
  if (told.lost > 0) this.process.exitCode = exitCodes.lost;
}
