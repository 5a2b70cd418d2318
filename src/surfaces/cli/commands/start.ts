import { join, resolve } from "node:path";
import type { Assay, ImportSummary } from "../../../app/assay.ts";
import type { Answer } from "../../../contract/answer.ts";
import { renderAnswerHtml } from "../answer-html.ts";
import { renderAnswerText } from "../answer-text.ts";
import { askOptions, type CliContext, printJson, searchPlaces, storeDirOf, textOptions, withAssay, withProgress } from "../context.ts";
import type { AsOfFlags, CommonFlags, ListenFlags, SearchFlags, TrailerFlags } from "../flags.ts";
import { importSentence } from "../import-text.ts";
import type { Machine } from "../machine.ts";
import { serveStore } from "./serve.ts";

export interface StartFlags extends CommonFlags, SearchFlags, TrailerFlags, AsOfFlags, ListenFlags {
  readonly out?: string;
  /** Undefined: where stdout is a terminal. */
  readonly serve?: boolean;
}

interface Places {
  readonly repositories: readonly string[];
  readonly home: string | null;
}

/**
 * The main job: find, import, answer, write the page. Without any usage on this computer it says so and answers from the
 * built-in sample, in a store of its own. Ends with 0 when an answer was printed, whatever was lost (RULINGS 8). On a
 * terminal it goes on as the server of that answer's store until it is interrupted.
 */
export async function start(this: CliContext, flags: StartFlags): Promise<void> {
  const { machine } = this;
  const places = await searchPlaces(machine, flags);
  const storeDir = storeDirOf(machine, flags);
  const own = await withAssay(machine, flags, (assay) => importAndAnswer(machine, assay, places, flags));
  const wasAsked = flags.home !== undefined || places.repositories.length > 0;
  const { answer, ...told } =
    own.usages > 0 || wasAsked ? { answer: own, storeDir, places } : await answerFromSample(machine, flags, join(storeDir, "sample"));
  const page = flags.out === undefined ? join(storeDir, "answer.html") : resolve(machine.workingDir, flags.out);
  if (flags.json === true) printJson(machine, answer);
  else machine.stdout.write(renderAnswerText(answer, textOptions(machine, flags)));
  if (flags.json !== true || flags.out !== undefined) {
    await machine.writeText(page, renderAnswerHtml(answer));
    machine.stderr.write(`The same as a page: ${page}\n`);
  }
  if (flags.serve ?? (machine.stdout.isTerminal && flags.json !== true)) await serveStore(machine, flags, told.storeDir, told.places);
}

async function importAndAnswer(machine: Machine, assay: Assay, places: Places, flags: StartFlags): Promise<Answer> {
  const signal = machine.interruptSignal();
  const { summary, answer } = await withProgress(machine, async (progress) => {
    const trailers = flags.ignoreTrailers === undefined ? {} : { ignoreTrailers: flags.ignoreTrailers };
    const summary: ImportSummary = await assay.import({ ...places, ...trailers, progress, signal });
    signal.throwIfAborted();
    progress("Working out what became of it");
    return { summary, answer: await assay.answer(askOptions(flags)) };
  });
  if (summary.filesSeen > 0) machine.stderr.write(`${importSentence(summary)}\n`);
  return answer;
}

async function answerFromSample(
  machine: Machine,
  flags: StartFlags,
  folder: string,
): Promise<{ answer: Answer; storeDir: string; places: Places }> {
  machine.stderr.write("No agent logs with usage were found on this computer: answering from the built-in sample.\n");
  const { storeDir, ...places } = await withProgress(machine, async (progress) => {
    progress("Making the sample organisation");
    return machine.makeSample(folder);
  });
  const answer = await withAssay(machine, flags, (assay) => importAndAnswer(machine, assay, places, flags), storeDir);
  machine.stderr.write(`To open its sessions and changes, name its store: --store ${storeDir}\n`);
  return { answer, storeDir, places };
}
