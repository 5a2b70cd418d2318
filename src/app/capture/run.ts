/** One reading, as a hook or a schedule starts it: quiet, and what it has to say is kept beside the store. */
import type { CaptureRun, CaptureTrigger } from "../../contract/capture.ts";
import { UserError } from "../../contract/errors.ts";
import type { ImportSummary } from "../assay.ts";
import { noteRun } from "./kept.ts";
import { type TurnHost, takeTurn } from "./turns.ts";

const busyMs = 2_000;
/** An import of a server or of a person ends sooner; if not, the next reading finds the same. */
const patienceMs = 10 * 60_000;

export interface ReadingOptions {
  /** Of the store; it is there. */
  readonly folder: string;
  readonly by: CaptureTrigger;
  read(): Promise<ImportSummary>;
  /** What an import did, in a sentence. */
  sentence(summary: ImportSummary): string;
}

/**
 * Reads what is new, once it is this process's turn and the store is free.
 * @returns what is kept of it; null where another process waits already and will read the same. Never throws for what reading throws
 */
export async function readQuietly(options: ReadingOptions, host: TurnHost): Promise<CaptureRun | null> {
  const startedAt = iso(host.now());
  const giveBack = await takeTurn(options.folder, host);
  if (giveBack === null) return null;
  try {
    const said = await readPatiently(options, host);
    const run: CaptureRun = { by: options.by, startedAt, endedAt: iso(host.now()), ...said };
    noteRun(options.folder, run);
    return run;
  } finally {
    giveBack();
  }
}

type Said = Pick<CaptureRun, "outcome" | "sentence" | "hint" | "lost">;

async function readPatiently({ read, sentence }: ReadingOptions, host: TurnHost): Promise<Said> {
  const until = host.now() + patienceMs;
  for (;;) {
    try {
      const summary = await read();
      const hint = summary.lost > 0 ? "`assay problems` lists what could not be used." : null;
      return { outcome: summary.changed ? "imported" : "nothing_new", sentence: sentence(summary), hint, lost: summary.lost };
    } catch (error) {
      if (!(error instanceof UserError && error.code === "store_busy")) return failureOf(error);
      if (host.now() > until) return { outcome: "busy", sentence: error.message, hint: "The next reading finds the same.", lost: 0 };
      await host.wait(busyMs);
    }
  }
}

function failureOf(error: unknown): Said {
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const hint = error instanceof UserError ? (error.hint ?? null) : "Run `assay import` to see it again; --debug shows where it happened.";
  return { outcome: "failed", sentence: message, hint, lost: 0 };
}

const iso = (ms: number): string => new Date(ms).toISOString();
