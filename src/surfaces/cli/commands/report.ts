import { resolve } from "node:path";
import type { Answer } from "../../../contract/answer.ts";
import { UserError } from "../../../contract/errors.ts";
import { askOptions, type CliContext, textOptions, withAssay } from "../context.ts";
import { type AsOfFlags, type BasisFlags, type CommonFlags, type DayFlags, dayRange, type reportFormats } from "../flags.ts";
import type { TextOptions } from "../answer-text.ts";

type Format = (typeof reportFormats)[number];

export interface ReportFlags extends CommonFlags, AsOfFlags, BasisFlags, DayFlags {
  readonly format: Format;
  readonly out?: string;
}

export async function report(this: CliContext, flags: ReportFlags): Promise<void> {
  const { machine } = this;
  const format = flags.json === true ? "json" : flags.format;
  if (format === "pdf" && flags.out === undefined)
    throw new UserError("pdf_needs_file", "A PDF is written to a file.", { hint: "Say which: --out report.pdf" });
  const range = dayRange(flags);
  const basis = flags.basis === "list" ? {} : { basis: flags.basis };
  const answer = await withAssay(machine, flags, (assay) =>
    assay.answer({ ...askOptions(flags), ...basis, ...(range === null ? {} : { range }) }),
  );
  if (flags.out === undefined) {
    machine.stdout.write(await rendered(answer, format, textOptions(machine, flags)));
    return;
  }
  const path = resolve(machine.workingDir, flags.out);
  if (format === "pdf") await machine.printPdf(await rendered(answer, format, textOptions(machine, flags)), path);
  else await machine.writeText(path, await rendered(answer, format, { ...textOptions(machine, flags), color: flags.color ?? false }));
  machine.stderr.write(`Written to ${path}\n`);
}

/** The text that is written; for a PDF the page that is printed. */
async function rendered(answer: Answer, format: Format, options: TextOptions): Promise<string> {
  switch (format) {
    case "text":
      return (await import("../answer-text.ts")).renderAnswerText(answer, options);
    case "html":
      return (await import("../answer-html.ts")).renderAnswerHtml(answer);
    case "pdf":
      return (await import("../answer-html.ts")).renderAnswerHtml(answer, { paper: true });
    case "md":
      return (await import("../answer-markdown.ts")).renderAnswerMarkdown(answer);
    case "svg":
      return (await import("../answer-svg.ts")).renderAnswerSvg(answer);
    case "json":
      return `${JSON.stringify(answer, null, 2)}\n`;
    default:
      return format satisfies never;
  }
}
