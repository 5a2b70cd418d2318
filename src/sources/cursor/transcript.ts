/**
 * Transcripts of Cursor's agent, `<conversation>.jsonl` below `agent-transcripts/`: prompts and calls without times, results or tokens. The
 * time is that of the file's making; records are a millisecond apart, which keeps their order.
 */
import type { FactSink, JsonFormat, JsonInput, RecordReader } from "../json-reading.ts";
import { type JsonObject, contentOf, isObject, jsonBytes, listOf, objectOf, stringOf } from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import { resolvePath } from "../shell-command.ts";
import { agentName } from "./database.ts";
import { activityOfTool, commandOf, editsOf, pathOf } from "./tools.ts";

/** @param startedAt when the file was made @param isKnown the editor's own database tells the conversation: nothing is told twice */
export const transcriptFormat = (startedAt: number, isKnown: boolean): JsonFormat => ({
  lostMarks: ['"tool_use"'],
  reader: (input, sink) => new TranscriptReader(input, sink, startedAt, isKnown),
});

class TranscriptReader implements RecordReader {
  readonly #session: string;
  readonly #sink: FactSink;
  readonly #facts: SessionFacts;
  readonly #isKnown: boolean;
  #instant: number;
  #records = 0;

  constructor({ session, fingerprinter }: JsonInput, sink: FactSink, startedAt: number, isKnown: boolean) {
    this.#session = session;
    this.#sink = sink;
    this.#isKnown = isKnown;
    this.#instant = startedAt;
    this.#facts = new SessionFacts(agentName, session, fingerprinter, sink);
  }

  take(record: JsonObject, offset: number): void {
    if (this.#isKnown) return;
    const role = record["role"];
    if (role !== "user" && role !== "assistant") {
      this.#sink.problem(
        "unknown_record_type",
        "notice",
        offset,
        "record of an unknown role; nothing was read from it",
        "a newer version may read it",
      );
      return;
    }
    const instant = this.#instant++;
    const number = this.#records++;
    const blocks = listOf(objectOf(record["message"])["content"]).filter(isObject);
    this.#facts.seen(instant);
    if (role === "user") this.#facts.turn(`${number}`, instant, promptOf(blocks));
    else
      for (const [k, block] of blocks.entries())
        if (block["type"] === "tool_use") this.#call(block, `${this.#session}:${number}.${k}`, instant, offset);
  }

  #call(block: JsonObject, callId: string, instant: number, offset: number): void {
    const tool = stringOf(block["name"]) ?? "unknown";
    const input = objectOf(block["input"]);
    const activity = activityOfTool(tool);
    const edits = activity === "edit" ? editsOf(tool, input, {}, null, () => null) : [];
    if (edits === null)
      this.#sink.problem(
        "write_without_difference",
        "notice",
        offset,
        `call of "${tool.slice(0, 40)}" that names no file; counted as a call only`,
      );
    const path = pathOf(input);
    this.#facts.call({
      callId,
      messageId: null,
      agentId: null,
      instant,
      tool,
      activity,
      inputBytes: jsonBytes(input),
      command: commandOf(tool, input),
      cwd: null,
      reads: activity === "read" && path !== null ? resolvePath(null, path) : null,
      edits: [],
    });
    this.#facts.writes(callId, instant, edits ?? []); // no result is logged: what was asked for is taken for done
  }

  finish(): void {
    if (!this.#isKnown) this.#facts.tell();
  }
}

/** The person's own words stand in a tag of their own. */
function promptOf(blocks: readonly JsonObject[]): string {
  const text = blocks.map(({ text: words }) => contentOf(words) ?? "").join("\n");
  return /<user_query>\n?([\s\S]*?)\n?<\/user_query>/.exec(text)?.[1] ?? text;
}
