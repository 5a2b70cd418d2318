/** What the tools of Kimi CLI and Kimi Code are for, ask and answer. */
import type { ActivityKind } from "../../contract/facts.ts";
import type { FileEdit } from "../edited-files.ts";
import { type JsonObject, isObject, jsonBytes, objectOf, stringOf, textOf } from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import type { ToolCall, ToolResult } from "../session-facts.ts";
import { resolvePath } from "../shell-command.ts";

const activities: Readonly<Record<string, ActivityKind>> = {
  WriteFile: "edit",
  StrReplaceFile: "edit",
  Write: "edit",
  Edit: "edit",
  Shell: "shell",
  Bash: "shell",
  CMD: "shell",
  ReadFile: "read",
  Read: "read",
  ReadMediaFile: "read",
  Glob: "search",
  Grep: "search",
  SearchWeb: "web",
  FetchURL: "web",
  WebSearch: "web",
  Task: "delegate",
  Agent: "delegate",
  CreateSubagent: "delegate",
  SetTodoList: "plan",
  TodoList: "plan",
  EnterPlanMode: "plan",
  ExitPlanMode: "plan",
};

export function askedOf(
  tool: string,
  args: JsonObject,
  cwd: string | null,
): Pick<ToolCall, "tool" | "activity" | "command" | "cwd" | "reads" | "edits"> {
  const told = stringOf(args["path"]) ?? stringOf(args["file_path"]);
  const path = told === null ? null : resolvePath(cwd, told);
  const activity = (Object.hasOwn(activities, tool) ? activities[tool] : undefined) ?? activityOfMcpTool(tool);
  return {
    tool,
    activity,
    command: activity === "shell" ? stringOf(args["command"]) : null,
    cwd,
    reads: tool === "ReadFile" || tool === "Read" ? path : null,
    edits: path === null || activity !== "edit" ? [] : editsOf(tool, args, path),
  };
}

function editsOf(tool: string, args: JsonObject, path: string): FileEdit[] {
  if (tool === "WriteFile" || tool === "Write") {
    const { content } = args;
    return typeof content !== "string" || args["mode"] === "append" ? [{ kind: "opaque", path }] : [{ kind: "content", path, content }];
  }
  const told = args["edit"] ?? args;
  return (Array.isArray(told) ? told.filter(isObject) : [objectOf(told)]).map((edit): FileEdit => {
    const from = edit["old"] ?? edit["old_string"];
    const to = edit["new"] ?? edit["new_string"];
    return typeof from === "string" && typeof to === "string"
      ? { kind: "replace", path, from, to, everywhere: edit["replace_all"] === true }
      : { kind: "opaque", path };
  });
}

/** @param value what the tool gave back */
export function answeredOf(value: JsonObject): Omit<ToolResult, "callId" | "instant"> {
  const output = textOf(value["output"]);
  const exit = /exit code:? (-?\d+)/i.exec(stringOf(value["message"]) ?? "")?.[1];
  return {
    failed: value["is_error"] === true || value["isError"] === true,
    exitCode: exit === undefined ? null : Number(exit),
    output,
    resultBytes: value["output"] === undefined ? null : jsonBytes(value["output"]),
  };
}
