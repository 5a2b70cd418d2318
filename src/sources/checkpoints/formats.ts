/** Formats of transcripts on checkpoint branches, told by their content: the metadata's agent can be wrong or missing. */
import { parseTranscript } from "../claude-code/parse.ts";
import { codexFormat } from "../codex/parse.ts";
import { copilotFormat } from "../copilot-cli/parse.ts";
import { droidFormat } from "../droid/parse.ts";
import type { ParsedBatch } from "../found-file.ts";
import { geminiFormat, nowhere } from "../gemini-cli/parse.ts";
import { parseJsonDocument } from "../json-document.ts";
import { parseJsonLines } from "../json-lines.ts";
import type { JsonFormat, JsonInput } from "../json-reading.ts";
import type { OpenBytes } from "../lines.ts";
import { isOpenCodeExport, openCodeExport } from "../opencode/export.ts";
import { piFormat } from "../pi/parse.ts";
import { qwenFormat } from "../qwen-code/parse.ts";

export interface FormatReader {
  /** Name of the agent. */
  readonly agent: string;
  /** @param head the beginning of a transcript, without blanks before it */
  matches(head: string): boolean;
  /** Reads it, anew or from where an earlier batch of its beginning ended. */
  parse(open: OpenBytes, from: number, input: JsonInput): AsyncIterable<ParsedBatch>;
}

const lines =
  (format: JsonFormat): FormatReader["parse"] =>
  (open, from, input) =>
    parseJsonLines(open, from, input, format);
const document =
  (format: JsonFormat): FormatReader["parse"] =>
  (open, _, input) =>
    parseJsonDocument(open, input, format);

/** The first that matches reads it. */
export const formats: readonly FormatReader[] = [
  { agent: "opencode", matches: isOpenCodeExport, parse: document(openCodeExport) },
  // Its first line is whole and holds no message; of a document the first line is open, or all of it.
  { agent: "gemini-cli", matches: (head) => /^\{[^\n{}]*"projectHash"[^\n{}]*\}\s*\n/.test(head), parse: lines(geminiFormat(nowhere)) },
  {
    agent: "gemini-cli",
    matches: (head) => /^\{\s*"(?:sessionId|messages)"\s*:/.test(head) && /"messages"\s*:\s*\[/.test(head),
    parse: document(geminiFormat(nowhere)),
  },
  { agent: "copilot-cli", matches: (head) => /^\{[^\n]{0,400}"type"\s*:\s*"session\.start"/.test(head), parse: lines(copilotFormat) },
  { agent: "codex", matches: (head) => /^\{[^\n]{0,200}"type"\s*:\s*"session_meta"/.test(head), parse: lines(codexFormat) },
  { agent: "pi", matches: (head) => /^\{[^\n]{0,40}"type"\s*:\s*"session"\s*,/.test(head), parse: lines(piFormat) },
  { agent: "droid", matches: (head) => /^\{[^\n]{0,40}"type"\s*:\s*"session_start"/.test(head), parse: lines(droidFormat) },
  {
    agent: "qwen-code",
    matches: (head) => /^\{[^\n]*"parentUuid"\s*:[^\n]*"parts"\s*:\s*\[/.test(head),
    parse: lines(qwenFormat),
  },
  {
    agent: "claude-code",
    matches: (head) => /"(?:parentUuid|leafUuid|sessionId|isSidechain|messageId)"\s*:/.test(head) && /"type"\s*:/.test(head),
    parse: (open, from, input) => parseTranscript(open, from, { ...input, agentId: null }),
  },
];

const headBytes = 65_536;

export interface TranscriptFormat {
  /** Agent by the content; `unknown`, or `empty`. */
  readonly agent: string;
  /** Null where nothing reads it. */
  readonly reader: FormatReader | null;
}

export function formatOf(content: Buffer): TranscriptFormat {
  const head = content.toString("latin1", 0, headBytes).trimStart();
  if (head === "") return { agent: "empty", reader: null };
  const reader = formats.find((format) => format.matches(head)) ?? null;
  return { agent: reader?.agent ?? "unknown", reader };
}
