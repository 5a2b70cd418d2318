import { basename } from "node:path";
import { foundFile } from "../found-file.ts";
import type { InputFile } from "../find-files.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findTranscripts, sourceId } from "./discover.ts";
import { type TranscriptContext, parseTranscript } from "./parse.ts";

/** Transcripts of Claude Code on this machine. README.md beside this file says where they are and how they are read. */
export const claudeCode = {
  id: sourceId,
  title: "Claude Code transcripts",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findTranscripts(env)) yield "problem" in found ? found : foundTranscript(found, env.fingerprinter);
  },
} as const satisfies Source;

function foundTranscript(file: InputFile, fingerprinter: SourceEnv["fingerprinter"]) {
  const name = basename(file.path, ".jsonl");
  const agentId = name.startsWith("agent-") ? name.slice("agent-".length) : null;
  const context: TranscriptContext = { source: sourceId, locator: file.path, session: name, agentId, complete: false, fingerprinter };
  return foundFile(file, sourceId, (open, from) => parseTranscript(open, from, context));
}
