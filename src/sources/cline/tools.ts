/** The tools of Cline and of the agents made from it: what they are for, and what their edits change. */
import type { ActivityKind } from "../../contract/facts.ts";
import { parseApplyPatch } from "../apply-patch.ts";
import { type FileEdit, editsOfPatch } from "../edited-files.ts";
import { type JsonObject, contentOf, isObject, listOf, stringOf } from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import { resolvePath } from "../shell-command.ts";

const activities: Readonly<Record<string, ActivityKind>> = {
  write_to_file: "edit",
  replace_in_file: "edit",
  apply_diff: "edit",
  insert_content: "edit",
  search_and_replace: "edit",
  search_replace: "edit",
  edit_file: "edit",
  apply_patch: "edit",
  delete_file: "edit",
  editor: "edit",
  read_file: "read",
  read_files: "read",
  list_files: "read",
  list_code_definition_names: "read",
  search_files: "search",
  search_codebase: "search",
  codebase_search: "search",
  execute_command: "shell",
  run_commands: "shell",
  read_command_output: "shell",
  browser_action: "web",
  web_fetch: "web",
  web_search: "web",
  fetch_web_content: "web",
  new_task: "delegate",
  use_subagents: "delegate",
  spawn_agent: "delegate",
  update_todo_list: "plan",
  plan_mode_respond: "plan",
  ask_followup_question: "plan",
  ask_question: "plan",
  attempt_completion: "plan",
  submit: "plan",
  switch_mode: "plan",
  use_mcp_tool: "other",
  access_mcp_resource: "read",
  fetch_instructions: "other",
  load_mcp_documentation: "other",
  condense: "other",
  new_rule: "other",
  generate_image: "other",
};

/** Names of tools as they stand in answers that call them by tags. */
export const toolNames: readonly string[] = Object.keys(activities);

export function activityOfTool(tool: string, input: JsonObject): ActivityKind {
  if (tool === "use_mcp_tool") return activityOfMcpTool(stringOf(input["tool_name"]) ?? "");
  const known = Object.hasOwn(activities, tool) ? activities[tool] : undefined;
  return known ?? activityOfMcpTool(tool);
}

/** The command line of a tool that runs one; null for others. Several commands of one call are one line. */
export function commandOf(tool: string, input: JsonObject): string | null {
  if (tool === "execute_command") return contentOf(input["command"]) ?? "";
  if (tool !== "run_commands") return null;
  const list = Array.isArray(input["commands"]) ? input["commands"] : [input["commands"] ?? input["command"] ?? input["cmd"]];
  return list.map(commandLine).join("\n");
}

const commandLine = (command: unknown): string =>
  isObject(command) ? [contentOf(command["command"]) ?? "", ...listOf(command["args"]).map(String)].join(" ") : (contentOf(command) ?? "");

/** File that a call reads. */
export const readBy = (tool: string, input: JsonObject, cwd: string | null): string | null => {
  const path = tool === "read_file" ? stringOf(input["path"]) : null;
  return path === null ? null : resolvePath(cwd, path);
};

/**
 * Changes of a call, should it succeed.
 * @param isNew whether a file was not there before, where the log tells
 * @returns null where the call does not say which file it changes
 */
export function editsOf(tool: string, input: JsonObject, cwd: string | null, isNew: (path: string) => boolean): readonly FileEdit[] | null {
  if (tool === "apply_patch") {
    const patch = contentOf(input["input"]) ?? contentOf(input["patch"]) ?? "";
    const edits = editsOfPatch(parseApplyPatch(patch).files, (path) => resolvePath(cwd, path));
    return edits.length > 0 ? edits : null;
  }
  const given = stringOf(input["path"]) ?? stringOf(input["file_path"]);
  if (given === null) return null;
  const path = resolvePath(cwd, given);
  const replace = (from: unknown, to: unknown, everywhere = false): FileEdit[] => [
    { kind: "replace", path, from: contentOf(from) ?? "", to: contentOf(to) ?? "", everywhere },
  ];
  switch (tool) {
    case "write_to_file":
      return [{ kind: "content", path, content: withLineEnd(contentOf(input["content"]) ?? ""), created: isNew(given) }];
    case "replace_in_file":
    case "apply_diff":
      return blocksOf(contentOf(input["diff"]) ?? "").map(({ from, to }) => ({ kind: "replace", path, from, to, everywhere: false }));
    case "insert_content":
      return inserted(path, contentOf(input["content"]) ?? "", Number(input["line"]));
    case "search_and_replace":
      return input["use_regex"] === true || input["use_regex"] === "true"
        ? [{ kind: "opaque", path }]
        : replace(input["search"], input["replace"], true);
    case "search_replace":
    case "edit_file":
      return replace(input["old_string"], input["new_string"]);
    case "delete_file":
      return [{ kind: "delete", path }];
    case "editor":
      if (input["insert_line"] !== undefined && input["insert_line"] !== null)
        return inserted(path, contentOf(input["new_text"]) ?? "", Number(input["insert_line"]));
      if (contentOf(input["old_text"]) === null)
        return [{ kind: "content", path, content: contentOf(input["new_text"]) ?? "", created: isNew(given) }];
      return replace(input["old_text"], input["new_text"]);
    default:
      return null;
  }
}

/** Models leave the last line's end out; the tool puts it there. */
const withLineEnd = (content: string): string => (content === "" || content.endsWith("\n") ? content : `${content}\n`);

/** Lines put before a line; 0 is the file's end, whose number is not known. */
function inserted(path: string, content: string, line: number): FileEdit[] {
  const at = Number.isInteger(line) && line > 0 ? line : 1;
  const lines = content.replace(/\n$/, "").split("\n");
  return [{ kind: "patch", path, hunks: [{ oldStart: at, newStart: at, lines: lines.map((text) => `+${text}`) }] }];
}

/** Blocks of old and new lines: `------- SEARCH`, `=======`, `+++++++ REPLACE`, or the marks of a merge conflict. */
export function blocksOf(diff: string): { readonly from: string; readonly to: string }[] {
  const blocks: { from: string; to: string }[] = [];
  let side: "from" | "to" | null = null;
  for (const line of diff.split(/\r?\n/)) {
    if (/^(?:-{3,}|<{3,}) SEARCH>?\s*$/.test(line)) {
      blocks.push({ from: "", to: "" });
      side = "from";
    } else if (side === "from" && /^={5,}\s*$/.test(line)) side = "to";
    else if (side !== null && /^(?:\+{3,}|>{3,}) REPLACE\s*$/.test(line)) side = null;
    else if (side === "from" && /^(?::(?:start|end)_line:\s*\d+|-{7,})\s*$/.test(line))
      continue; // where Roo says the block stands
    else {
      const block = blocks.at(-1);
      if (side !== null && block !== undefined) block[side] += `${line}\n`;
    }
  }
  return blocks;
}
