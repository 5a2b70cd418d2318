/** Messages of Goose: prompts, tool requests and responses, and what its developer tools did to files. */
import type { ActivityKind } from "../../contract/facts.ts";
import type { CountedProblems } from "../counted-problems.ts";
import type { FileEdit } from "../edited-files.ts";
import { type JsonObject, contentOf, isObject, jsonBytes, listOf, objectOf, stringOf, textOf } from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import type { SessionFacts } from "../session-facts.ts";
import { resolvePath } from "../shell-command.ts";

export interface MessagePlace {
  readonly id: string;
  readonly role: string | null;
  readonly instant: number;
  /** A person asks in this session, not another agent. */
  readonly isAsked: boolean;
}

/** Parts that say nothing the facts need. */
const quietParts: ReadonlySet<string> = new Set([
  "thinking",
  "redactedThinking",
  "image",
  "toolConfirmationRequest",
  "frontendToolRequest",
  "actionRequired",
  "systemNotification",
  "summarizationRequested",
  "contextLengthExceeded",
  "conversationCompacted",
]);

export function tellMessage(
  facts: SessionFacts,
  problems: CountedProblems,
  message: MessagePlace,
  parts: readonly JsonObject[],
  metadata: JsonObject,
  place: string,
): void {
  facts.seen(message.instant);
  for (const part of parts) {
    const type = stringOf(part["type"]) ?? "none";
    if (type === "toolRequest") tellRequest(facts, problems, message, part, place);
    else if (type === "toolResponse") tellResponse(facts, message, part);
    else if (type !== "text" && !quietParts.has(type)) {
      problems.add(
        "unknown_record_type",
        "notice",
        place,
        `part of unknown type "${type.slice(0, 40)}"; nothing was read from it`,
        "a newer version may read it",
      );
    }
  }
  // What Goose itself puts in (a compacted context) is hidden from the person.
  const isPrompt = message.role === "user" && message.isAsked && metadata["userVisible"] !== false;
  const said = parts.filter(({ type }) => type === "text").map(({ text }) => contentOf(text) ?? "");
  if (isPrompt && !parts.some(({ type }) => type === "toolResponse") && (said.length > 0 || parts.some(({ type }) => type === "image"))) {
    facts.turn(message.id, message.instant, said.join("\n"));
  }
}

function tellRequest(facts: SessionFacts, problems: CountedProblems, { instant }: MessagePlace, part: JsonObject, place: string): void {
  const callId = stringOf(part["id"]);
  const call = objectOf(objectOf(part["toolCall"])["value"]);
  const tool = stringOf(call["name"]);
  if (callId === null || tool === null) return; // a call the model did not finish; its response tells the error
  const input = objectOf(call["arguments"]);
  const name = tool.split("__").at(-1) as string;
  const { cwd } = facts.details;
  const edits = editsOf(name, input, cwd);
  if (edits === null)
    problems.add("write_without_difference", "notice", place, `call of "${tool.slice(0, 40)}" that names no file; counted as a call only`);
  facts.call({
    callId,
    messageId: null, // the ledger names no message
    agentId: null,
    instant,
    tool,
    activity: activityOf(name, input, tool),
    inputBytes: jsonBytes(input),
    command: name === "shell" ? (contentOf(input["command"]) ?? "") : null,
    cwd,
    reads:
      name === "text_editor" && input["command"] === "view" && stringOf(input["path"]) !== null
        ? resolvePath(cwd, input["path"] as string)
        : null,
    edits: edits ?? [],
  });
}

function tellResponse(facts: SessionFacts, { instant }: MessagePlace, part: JsonObject): void {
  const callId = stringOf(part["id"]);
  if (callId === null) return;
  const result = objectOf(part["toolResult"]);
  const value = result["value"];
  const content = isObject(value) ? listOf(value["content"]) : listOf(value);
  const text = textOf(content) ?? stringOf(result["error"]) ?? "";
  const failed = result["status"] === "error" || (isObject(value) && value["isError"] === true);
  facts.result({ callId, instant, failed, output: text, resultBytes: jsonBytes(text) });
}

const activities: Readonly<Record<string, ActivityKind>> = {
  shell: "shell",
  write: "edit",
  edit: "edit",
  tree: "read",
  analyze: "read",
  list_windows: "read",
  fetch: "web",
  web_scrape: "web",
  delegate: "delegate",
  subagent: "delegate",
  todo_write: "plan",
  todo_read: "plan",
  final_output: "other",
};

/** `text_editor` does several things, by its `command`. */
function activityOf(name: string, input: JsonObject, tool: string): ActivityKind {
  if (name === "text_editor") return input["command"] === "view" ? "read" : "edit";
  if (tool.startsWith("dynamic_task") || tool.startsWith("subagent__")) return "delegate";
  return (Object.hasOwn(activities, name) ? activities[name] : undefined) ?? activityOfMcpTool(name);
}

/** Changes of a call, should it succeed; null where it does not say which file it changes. */
function editsOf(name: string, input: JsonObject, cwd: string | null): readonly FileEdit[] | null {
  const command = name === "text_editor" ? input["command"] : name;
  if (command !== "write" && command !== "str_replace" && command !== "edit" && command !== "insert" && command !== "undo_edit") return [];
  const given = stringOf(input["path"]);
  if (given === null) return null;
  const path = resolvePath(cwd, given);
  if (command === "undo_edit") return [{ kind: "opaque", path }];
  if (command === "write") return [{ kind: "content", path, content: contentOf(input["file_text"]) ?? contentOf(input["content"]) ?? "" }];
  const to = contentOf(input["new_str"]) ?? contentOf(input["after"]) ?? "";
  if (command === "insert") {
    const at = Number(input["insert_line"]) + 1 || 1;
    return [
      {
        kind: "patch",
        path,
        hunks: [
          {
            oldStart: at,
            newStart: at,
            lines: to
              .replace(/\n$/, "")
              .split("\n")
              .map((line) => `+${line}`),
          },
        ],
      },
    ];
  }
  const from = contentOf(input["old_str"]) ?? contentOf(input["before"]);
  return from === null ? [{ kind: "opaque", path }] : [{ kind: "replace", path, from, to, everywhere: false }];
}
