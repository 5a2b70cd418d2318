import { resolve } from "node:path";
import type { AskedFile } from "../../../app/assay.ts";
import { blameText } from "../blame-text.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";
import type { Machine } from "../machine.ts";

export interface BlameFlags extends CommonFlags, AsOfFlags {
  readonly repo?: string;
}

/** A file as it is named from the working folder, or in the repository of `--repo`. */
export function askedFile({ workingDir }: Machine, { repo }: { readonly repo?: string }, file: string): AskedFile {
  return { file, repository: repo === undefined ? null : resolve(workingDir, repo), workingDir };
}

/** `--json` has the keys the interface promises and no text of a line. */
export async function blame(this: CliContext, flags: BlameFlags, file: string): Promise<void> {
  const { machine } = this;
  const answer = await withAssay(machine, flags, (assay) => assay.blame(askedFile(machine, flags, file), askOptions(flags)));
  if (flags.json !== true) {
    machine.stdout.write(blameText(answer, textOptions(machine, flags)));
    return;
  }
  for (const note of answer.notes) machine.stderr.write(`${note}\n`);
  const lines = answer.lines.map(({ line, commit, authorKind, session, grade, costNanoUsd }) => ({
    line,
    commit,
    authorKind,
    session,
    grade,
    costNanoUsd,
  }));
  printJson(machine, { lines });
}
