import { resolve } from "node:path";
import type { Answer } from "../../../contract/answer.ts";
import { askOptions, type CliContext, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, BasisFlags, CommonFlags } from "../flags.ts";
import type { TextOptions } from "../answer-text.ts";

type Format = "text" | "html" | "json";

export interface ReportFlags extends CommonFlags, AsOfFlags, BasisFlags {
  readonly format: Format;
  readonly out?: string;
}

export async function report(this: CliContext, flags: ReportFlags): Promise<void> {
  const { machine } = this;
  const answer = await withAssay(machine, flags, (assay) =>
    assay.answer({ ...askOptions(flags), ...(flags.basis === "list" ? {} : { basis: flags.basis }) }),
  );
  const options = { ...textOptions(machine, flags), ...(flags.out === undefined ? {} : { color: flags.color ?? false }) };
  const text = await rendered(answer, flags.json === true ? "json" : flags.format, options);
  if (flags.out === undefined) {
    machine.stdout.write(text);
    return;
  }
  const path = resolve(machine.workingDir, flags.out);
  await machine.writeText(path, text);
  machine.stderr.write(`Written to ${path}\n`);
}

async function rendered(answer: Answer, format: Format, options: TextOptions): Promise<string> {
  switch (format) {
    case "text":
      return (await import("../answer-text.ts")).renderAnswerText(answer, options);
    case "html":
      return (await import("../answer-html.ts")).renderAnswerHtml(answer);
    case "json":
      return `${JSON.stringify(answer, null, 2)}\n`;
    default:
      return format satisfies never;
  }
}
