/** Tool calls in the conversation as the model sees it: blocks of the API's own, or tags in the text of answers. */
import { type JsonObject, contentOf, isObject, listOf, objectOf, stringOf, textOf } from "../loose-json.ts";
import { toolNames } from "./tools.ts";

export interface Call {
  /** The API's id; null for calls by tags. */
  readonly id: string | null;
  readonly tool: string;
  readonly input: JsonObject;
}

export interface CallEnd {
  readonly text: string;
  readonly failed: boolean;
}

/** Calls of an answer, in order. */
export function callsOf(answer: JsonObject): Call[] {
  const blocks = blocksOf(answer["content"]);
  const native = blocks.flatMap((block): Call[] =>
    block["type"] === "tool_use"
      ? [{ id: stringOf(block["id"]), tool: stringOf(block["name"]) ?? "unknown", input: objectOf(block["input"]) }]
      : [],
  );
  return native.length > 0
    ? native
    : blocks.flatMap((block) => (block["type"] === "text" ? taggedCalls(contentOf(block["text"]) ?? "") : []));
}

const opening = new RegExp(`<(${toolNames.join("|")})>`, "g");

function taggedCalls(text: string): Call[] {
  const calls: Call[] = [];
  opening.lastIndex = 0;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const tool = match[1] as string;
    const stop = text.indexOf(`</${tool}>`, opening.lastIndex);
    if (stop < 0) break; // cut off: it was never made
    calls.push({ id: null, tool, input: parametersOf(text.slice(opening.lastIndex, stop)) });
    opening.lastIndex = stop;
  }
  return calls;
}

/** Parameters as `<name>value</name>`. Texts of files may hold such tags themselves: they end at the last one of their name. */
function parametersOf(body: string): JsonObject {
  const parameters: Record<string, string> = Object.create(null);
  for (let at = 0; at < body.length; ) {
    const match = /<([a-z_]+)>/.exec(body.slice(at));
    if (match === null) break;
    const name = match[1] as string;
    const start = at + match.index + match[0].length;
    const end = `</${name}>`;
    const stop = name === "content" || name === "diff" ? body.lastIndexOf(end) : body.indexOf(end, start);
    if (stop < start) break;
    parameters[name] = body.slice(start, stop).replace(/^\n|\n$/g, "");
    at = stop + name.length + 3;
  }
  return parameters;
}

/**
 * How the calls of an answer ended, by the message that follows it; null for a call without a result.
 * @param next the message after the answer
 */
export function endsOf(calls: readonly Call[], next: JsonObject | undefined): (CallEnd | null)[] {
  const blocks = next?.["role"] === "user" ? blocksOf(next["content"]) : [];
  const results = blocks.filter((block) => block["type"] === "tool_result");
  const tagged = taggedResults(blocks);
  return calls.map(({ id }, i) => {
    if (id === null) return tagged[i] === undefined ? null : endOf(tagged[i], false);
    const result = results.find((block) => block["tool_use_id"] === id);
    return result === undefined ? null : endOf(textOf(result["content"]) ?? "", result["is_error"] === true);
  });
}

/** `[write_to_file for 'tax.ts'] Result:`, and what follows up to the next one or to what the editor adds. */
function taggedResults(blocks: readonly JsonObject[]): string[] {
  const results: string[] = [];
  for (const block of blocks) {
    const text = contentOf(block["text"]) ?? "";
    const head = /^\[[^\]]{1,300}\] Result:\s*/.exec(text);
    if (head !== null) results.push(text.slice(head[0].length));
    else if (results.length > 0 && !text.startsWith("<environment_details>")) results[results.length - 1] += text;
  }
  return results;
}

const endOf = (text: string, isError: boolean): CallEnd => ({ text, failed: isError || refused.test(text) });

/** How these agents tell the model that a call failed or was not allowed. */
const refused = /^\s*(?:The tool execution failed|The user denied|Error:|<error>|\{"status":"(?:error|denied)")|^Exit code: [1-9]/m;

/** Content as blocks; a text alone is one. */
export function blocksOf(content: unknown): JsonObject[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : listOf(content).filter(isObject);
}
