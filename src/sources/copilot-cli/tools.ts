/** The tools of Copilot CLI: what they are for, and what their edits change. */
import type { ActivityKind } from "../../contract/facts.ts";
import { parseApplyPatch } from "../apply-patch.ts";
import { type FileEdit, editsOfPatch } from "../edited-files.ts";
import { type JsonObject, contentOf, isObject, parsedText, stringOf } from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import { resolvePath } from "../shell-command.ts";
import { parseUnifiedDiff } from "../unified-diff.ts";

const activities: Readonly<Record<string, ActivityKind>> = {
  create: "edit",
  create_file: "edit",
  edit: "edit",
  str_replace: "edit",
  str_replace_editor: "edit",
  replace_string_in_file: "edit",
  insert_edit_into_file: "edit",
  apply_patch: "edit",
  view: "read",
  glob: "search",
  grep: "search",
  rg: "search",
  bash: "shell",
  powershell: "shell",
  read_bash: "shell",
  write_bash: "shell",
  stop_bash: "shell",
  web_fetch: "web",
  web_search: "web",
  task: "delegate",
  update_todo: "plan",
  report_intent: "plan",
  ask_user: "plan",
  exit_plan_mode: "plan",
};

/** `str_replace_editor` does several things, by its `command`. */
export function activityOfTool(tool: string, input: JsonObject): ActivityKind {
  if (tool === "str_replace_editor" && input["command"] === "view") return "read";
  return (Object.hasOwn(activities, tool) ? activities[tool] : undefined) ?? activityOfMcpTool(tool.replaceAll("-", "_"));
}

export const commandOf = (tool: string, input: JsonObject): string | null =>
  tool === "bash" || tool === "powershell" ? (contentOf(input["command"]) ?? "") : null;

/** Arguments as an object; a patch may be a text alone. */
export function argumentsOf(value: unknown): JsonObject {
  if (isObject(value)) return value;
  const parsed = parsedText(value);
  return isObject(parsed) ? parsed : typeof value === "string" ? { input: value } : {};
}

const pathOf = (input: JsonObject): string | null => stringOf(input["path"]) ?? stringOf(input["filePath"]) ?? stringOf(input["file_path"]);

/** File that a call shows. */
export function readBy(tool: string, input: JsonObject, cwd: string | null): string | null {
  const path = activityOfTool(tool, input) === "read" ? pathOf(input) : null;
  return path === null ? null : resolvePath(cwd, path);
}

/** Changes of a call, should it succeed; null where it does not say which file it changes. */
export function editsOf(tool: string, input: JsonObject, cwd: string | null): readonly FileEdit[] | null {
  if (tool === "apply_patch") {
    const patch = contentOf(input["input"]) ?? contentOf(input["patch"]) ?? "";
    const edits = editsOfPatch(parseApplyPatch(patch).files, (path) => resolvePath(cwd, path));
    return edits.length > 0 ? edits : null;
  }
  const given = pathOf(input);
  if (given === null) return null;
  const path = resolvePath(cwd, given);
  const content = contentOf(input["file_text"]) ?? contentOf(input["content"]);
  if (tool === "create" || tool === "create_file" || input["command"] === "create") {
    return content === null ? null : [{ kind: "content", path, content, created: true }];
  }
  if (input["command"] === "insert")
    return inserted(path, contentOf(input["new_str"]) ?? contentOf(input["insert_text"]) ?? "", Number(input["insert_line"]));
  const from = contentOf(input["old_str"]) ?? contentOf(input["oldString"]);
  const to = contentOf(input["new_str"]) ?? contentOf(input["newString"]);
  return from === null && to === null
    ? [{ kind: "opaque", path }]
    : [{ kind: "replace", path, from: from ?? "", to: to ?? "", everywhere: false }];
}

/** Lines put after a line, 0 before the first. */
function inserted(path: string, text: string, after: number): FileEdit[] {
  const at = Number.isInteger(after) && after >= 0 ? after + 1 : 1;
  const lines = text.replace(/\n$/, "").split("\n");
  return [{ kind: "patch", path, hunks: [{ oldStart: at, newStart: at, lines: lines.map((line) => `+${line}`) }] }];
}

/** Changes as the result of a call tells them: a unified diff of one file, made by the tool; null where it tells none. */
export function editsOfResult(detail: string, edits: readonly FileEdit[]): readonly FileEdit[] | null {
  const [edit] = edits;
  if (edits.length !== 1 || edit === undefined || edit.kind !== "replace" || !/^@@ -\d/m.test(detail)) return null;
  const hunks = parseUnifiedDiff(detail);
  return hunks.length === 0 ? null : [{ kind: "patch", path: edit.path, hunks }];
}
