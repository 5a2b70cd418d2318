import type { CountedProblems } from "../counted-problems.ts";
import { type JsonObject, instantOf, jsonBytes } from "../loose-json.ts";
import type { SessionFacts } from "../session-facts.ts";
import { callsOf, endsOf } from "./calls.ts";
import { activityOfTool, commandOf, editsOf, readBy } from "./tools.ts";

export interface AnswerPlace {
  readonly instant: number;
  readonly messageId: string | null;
  readonly agentId: string | null;
  readonly cwd: string | null;
  /** For calls that have no id of their own, and for problems. */
  readonly name: string;
  /** Whether a file was not there before, where the log tells. */
  isNew(path: string): boolean;
}

/** Tells the calls of an answer, and how they ended by the message that follows it. */
export function tellCalls(
  facts: SessionFacts,
  problems: CountedProblems,
  answer: JsonObject,
  next: JsonObject | undefined,
  place: AnswerPlace,
): void {
  const { instant, messageId, agentId, cwd, name } = place;
  const calls = callsOf(answer);
  const ends = endsOf(calls, next);
  for (const [k, { id, tool, input }] of calls.entries()) {
    const callId = id ?? `${name}.${k}`;
    const activity = activityOfTool(tool, input);
    const edits = activity === "edit" ? editsOf(tool, input, cwd, (path) => place.isNew(path)) : [];
    if (edits === null) {
      problems.add(
        "write_without_difference",
        "notice",
        callId,
        `call of "${tool.slice(0, 40)}" that names no file; counted as a call only`,
      );
    }
    facts.call({
      callId,
      messageId,
      agentId,
      instant,
      tool,
      activity,
      inputBytes: jsonBytes(input),
      command: commandOf(tool, input),
      cwd,
      reads: readBy(tool, input, cwd),
      edits: edits ?? [],
    });
    const end = ends[k];
    if (end === null || end === undefined) continue; // it was interrupted, or runs
    const exitCode = /^Exit code: (\d+)/m.exec(end.text)?.[1];
    facts.result({
      callId,
      instant: instantOf(next?.["ts"]) ?? instant,
      failed: end.failed,
      exitCode: exitCode === undefined ? null : Number(exitCode),
      output: end.text.replace(/^[\s\S]{0,200}?Output:\s*\n/, ""),
      resultBytes: jsonBytes(end.text),
    });
  }
}
