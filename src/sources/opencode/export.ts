/** What `opencode export` prints, and what tools that keep sessions keep of it: `{"info": …, "messages": [{"info": …, "parts": […]}]}`. */
import type { FactSink, JsonFormat, JsonInput, RecordReader } from "../json-reading.ts";
import { type JsonObject, isObject, listOf, objectOf, stringOf } from "../loose-json.ts";
import { partsOf, sessionFacts } from "./facts.ts";
import { type Message, sessionOf } from "./messages.ts";

/** How an export begins: an object whose first key is `info`, that of a session. @param head the beginning of a text, without blanks before it */
export const isOpenCodeExport = (head: string): boolean => /^\{\s*"info"\s*:\s*\{[^]{0,2000}?"id"\s*:\s*"ses_/.test(head);

/** A document that is one session. The sub-agents it started are sessions of their own and not in it. */
export const openCodeExport: JsonFormat = {
  lostMarks: ['"tokens"'],
  reader: (input, sink) => new ExportReader(input, sink),
};

class ExportReader implements RecordReader {
  readonly #input: JsonInput;
  readonly #sink: FactSink;

  constructor(input: JsonInput, sink: FactSink) {
    this.#input = input;
    this.#sink = sink;
  }

  take(document: JsonObject): void {
    const info = objectOf(document["info"]);
    const id = stringOf(info["id"]) ?? this.#input.session;
    const parent = stringOf(info["parentID"]);
    const session = sessionOf(id, info, new Map(parent === null ? [] : [[id, parent]]));
    const problems = {
      add: (code: string, severity: "lost" | "notice", _: number | string, message: string, hint?: string): void =>
        this.#sink.problem(code, severity, 0, message, hint),
    };
    const context = { agent: "opencode", fingerprinter: this.#input.fingerprinter, problems };
    for (const fact of sessionFacts(session, messagesOf(id, document), context)) this.#sink.fact(fact);
  }

  finish(): void {} // a document is told when it is taken
}

function messagesOf(session: string, document: JsonObject): Message[] {
  const messages = listOf(document["messages"]).filter(isObject);
  return messages
    .map((message, i): Message => {
      const info = objectOf(message["info"]);
      const id = stringOf(info["id"]) ?? `${session}:${i}`;
      return { id, info, parts: partsOf(message["parts"]), place: id };
    })
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
