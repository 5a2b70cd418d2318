/** The conversation as OpenCode keeps it, in one shape for its tables old and new, its JSON files and its exports. */
import { type JsonObject, instantOf, isObject, listOf, objectOf, stringOf, textOf } from "../loose-json.ts";

export interface Session {
  readonly id: string;
  /** The session whose sub-agent this one is, at the top of the chain; its own id otherwise. */
  readonly root: string;
  readonly directory: string | null;
  readonly version: string | null;
}

export interface Part {
  readonly id: string;
  readonly data: JsonObject;
}

export interface Message {
  readonly id: string;
  /** `role`, `time`, and of an answer `modelID`, `providerID`, `tokens`, `cost`. */
  readonly info: JsonObject;
  /** In the order of their ids, which is that of their making. */
  readonly parts: readonly Part[];
  /** Where it stands, for its problems. */
  readonly place: string;
}

/** Session of its own record. @param parents session → the one it works for */
export function sessionOf(id: string, info: JsonObject, parents: ReadonlyMap<string, string>): Session {
  return { id, root: rootOf(id, parents), directory: stringOf(info["directory"]), version: stringOf(info["version"]) };
}

function rootOf(id: string, parents: ReadonlyMap<string, string>): string {
  let root = id;
  for (let depth = 0; depth < 100; depth++) {
    const parent = parents.get(root);
    if (parent === undefined || parent === id) break; // a circle cannot be climbed
    root = parent;
  }
  return root;
}

/** Types of rows of the table `session_message` that hold no prompt and no answer. */
const quietTypes: ReadonlySet<string> = new Set([
  "agent-switched",
  "model-switched",
  "synthetic",
  "system",
  "shell",
  "compaction",
  "skill",
]);

/**
 * A row of the newer table `session_message`, in the shape of the older ones.
 * @returns null for a row that is neither prompt nor answer; undefined for one of an unknown type
 */
export function messageOfRow(
  id: string,
  type: string,
  data: JsonObject,
  createdAt: number | null,
  place: string,
): Message | null | undefined {
  if (quietTypes.has(type)) return null;
  const time = { created: createdAt, ...objectOf(data["time"]) };
  if (type === "user") {
    const files = listOf(data["files"]).map((_, i): Part => ({ id: `file:${i}`, data: { type: "file" } }));
    const text: Part = { id: "text", data: { type: "text", text: data["text"] } };
    return { id, place, info: { role: "user", time }, parts: [text, ...files] };
  }
  if (type !== "assistant") return undefined;
  const model = objectOf(data["model"]);
  const info = {
    role: "assistant",
    time,
    modelID: model["id"] ?? model["modelID"] ?? data["modelID"],
    providerID: model["providerID"] ?? data["providerID"],
    tokens: data["tokens"],
    reasoningApart: true,
    cost: data["cost"],
    finish: data["finish"],
    error: data["error"],
  };
  return { id, place, info, parts: listOf(data["content"]).filter(isObject).map(partOfContent) };
}

function partOfContent(content: JsonObject, at: number): Part {
  if (content["type"] !== "tool") return { id: stringOf(content["id"]) ?? String(at), data: content };
  const state = objectOf(content["state"]);
  const time = objectOf(content["time"]);
  const output = textOf(state["content"]) ?? "";
  const id = stringOf(content["id"]) ?? String(at);
  return {
    id,
    data: {
      type: "tool",
      tool: content["name"],
      callID: id,
      state: {
        status: state["status"],
        input: state["input"],
        output,
        error: objectOf(state["error"])["message"],
        metadata: state["structured"],
        time: { start: time["ran"] ?? time["created"], end: time["completed"] },
      },
    },
  };
}

/** When a message was made; null where it does not say. */
export const createdAt = (info: JsonObject): number | null => instantOf(objectOf(info["time"])["created"]);

/** When an answer was complete; null while it is not. */
export const completedAt = (info: JsonObject): number | null => instantOf(objectOf(info["time"])["completed"]);
