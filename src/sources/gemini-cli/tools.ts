/** What the tools of Gemini CLI, and of those that come of it, are for, ask and answer. */
import type { ActivityKind } from "../../contract/facts.ts";
import type { FileEdit } from "../edited-files.ts";
import { type JsonObject, isObject, jsonBytes, listOf, objectOf, stringOf } from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import type { ToolCall, ToolResult } from "../session-facts.ts";
import { resolvePath } from "../shell-command.ts";

const activities: Readonly<Record<string, ActivityKind>> = {
  write_file: "edit",
  replace: "edit",
  edit: "edit",
  edit_file: "edit",
  notebook_edit: "edit",
  read_file: "read",
  read_many_files: "read",
  list_directory: "read",
  glob: "search",
  search_file_content: "search",
  grep_search: "search",
  ripGrep: "search",
  run_shell_command: "shell",
  google_web_search: "web",
  web_search: "web",
  web_fetch: "web",
  write_todos: "plan",
  todo_write: "plan",
  exit_plan_mode: "plan",
  ask_user: "plan",
  task: "delegate",
  agent: "delegate",
  delegate_to_agent: "delegate",
  codebase_investigator: "delegate",
};

const activityOf = (tool: string): ActivityKind =>
  (Object.hasOwn(activities, tool) ? activities[tool] : undefined) ?? activityOfMcpTool(tool);

/** What a call asks, by its name and arguments. */
export function askedOf(
  tool: string,
  args: JsonObject,
  cwd: string | null,
): Pick<ToolCall, "tool" | "activity" | "inputBytes" | "command" | "cwd" | "reads" | "edits"> {
  const told = stringOf(args["file_path"]) ?? stringOf(args["absolute_path"]) ?? stringOf(args["path"]);
  const path = told === null ? null : resolvePath(cwd, told);
  const isShell = tool === "run_shell_command";
  const folder = isShell ? (stringOf(args["directory"]) ?? stringOf(args["dir_path"])) : null;
  return {
    tool,
    activity: activityOf(tool),
    inputBytes: jsonBytes(args),
    command: isShell ? stringOf(args["command"]) : null,
    cwd: folder === null ? cwd : resolvePath(cwd, folder),
    reads: tool === "read_file" ? path : null,
    edits: path === null ? [] : editsOf(tool, args, path),
  };
}

function editsOf(tool: string, args: JsonObject, path: string): FileEdit[] {
  const content = args["content"];
  if (tool === "write_file") return [typeof content === "string" ? { kind: "content", path, content } : { kind: "opaque", path }];
  if (activityOf(tool) !== "edit") return [];
  const { old_string: from, new_string: to } = args;
  if (typeof from !== "string" || typeof to !== "string") return [{ kind: "opaque", path }];
  const times = args["expected_replacements"];
  const everywhere = args["replace_all"] === true || args["allow_multiple"] === true || (typeof times === "number" && times > 1);
  return [{ kind: "replace", path, from, to, everywhere }];
}

/** What a call that ended says. @param parts the model's part of the result @param display what the person was shown */
export function answeredOf(
  parts: unknown,
  display: unknown,
  status: string | null,
  args: JsonObject,
  cwd: string | null,
): Omit<ToolResult, "callId" | "instant"> {
  const response = listOf(parts)
    .map((part) => objectOf(objectOf(part)["functionResponse"])["response"])
    .find(isObject);
  const output = stringOf(response?.["output"]) ?? stringOf(response?.["error"]);
  const exit = /^Exit Code: (-?\d+)$/m.exec(output ?? "")?.[1];
  const exitCode = exit === undefined ? null : Number(exit);
  const failed =
    status === "error" || status === "cancelled" || (status === null && response?.["error"] !== undefined) || (exitCode ?? 0) !== 0;
  const edits = shownEdits(display, args, cwd) ?? createdFile(output, args, cwd);
  return {
    failed,
    exitCode,
    output,
    resultBytes: parts === undefined || parts === null ? null : jsonBytes(parts),
    content: args["offset"] === undefined && args["limit"] === undefined && !isCut(output) ? output : null,
    ...(edits === null ? {} : { edits }),
  };
}

const isCut = (output: string | null): boolean => output === null || /^\s*IMPORTANT: The file content has been truncated/.test(output);

/** A write that says it made the file. */
function createdFile(output: string | null, args: JsonObject, cwd: string | null): FileEdit[] | null {
  const { content } = args;
  const told = stringOf(args["file_path"]);
  if (told === null || typeof content !== "string" || output?.startsWith("Successfully created") !== true) return null;
  return [{ kind: "content", path: resolvePath(cwd, told), content, created: true }];
}

/** The content before and after, where the result holds both whole. */
function shownEdits(display: unknown, args: JsonObject, cwd: string | null): FileEdit[] | null {
  if (!isObject(display) || display["truncatedForSession"] === true) return null;
  const { originalContent: before, newContent: content } = display;
  const told = stringOf(args["file_path"]) ?? stringOf(args["absolute_path"]) ?? stringOf(display["filePath"]);
  if (told === null || typeof content !== "string" || !(typeof before === "string" || before === null)) return null;
  const path = resolvePath(cwd, told);
  if (before === null || (before === "" && display["isNewFile"] === true)) return [{ kind: "content", path, content, created: true }];
  return [{ kind: "content", path, content, before }];
}
