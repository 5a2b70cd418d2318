import { resolve } from "node:path";
import { blameText } from "../blame-text.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, CommonFlags } from "../flags.ts";

export interface BlameFlags extends CommonFlags, AsOfFlags {
  readonly repo?: string;
}

/** `--json` has the keys the interface promises and no text of a line. */
export async function blame(this: CliContext, flags: BlameFlags, file: string): Promise<void> {
  const { machine } = this;
  const asked = {
    file,
    repository: flags.repo === undefined ? null : resolve(machine.workingDir, flags.repo),
    workingDir: machine.workingDir,
  };
  const answer = await withAssay(machine, flags, (assay) => assay.blame(asked, askOptions(flags)));
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
