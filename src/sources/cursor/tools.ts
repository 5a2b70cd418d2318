/** The tools of Cursor, in its editor and on its command line: what they are for, and what their edits change. */
import type { ActivityKind } from "../../contract/facts.ts";
import { parseApplyPatch } from "../apply-patch.ts";
import { type FileEdit, editsOfPatch } from "../edited-files.ts";
import { type JsonObject, contentOf, isObject, listOf, objectOf, stringOf } from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import { resolvePath } from "../shell-command.ts";
import type { PatchHunk } from "../write-difference.ts";

const activities: Readonly<Record<string, ActivityKind>> = {
  edit_file: "edit",
  edit_file_v2: "edit",
  search_replace: "edit",
  write: "edit",
  multiedit: "edit",
  apply_patch: "edit",
  applypatch: "edit",
  strreplace: "edit",
  delete: "edit",
  delete_file: "edit",
  edit_notebook: "edit",
  editnotebook: "edit",
  reapply: "edit",
  read: "read",
  read_file: "read",
  read_file_v2: "read",
  list_dir: "read",
  list_dir_v2: "read",
  ls: "read",
  grep: "search",
  grep_search: "search",
  ripgrep_raw_search: "search",
  codebase_search: "search",
  semanticsearch: "search",
  semantic_search_full: "search",
  file_search: "search",
  glob: "search",
  glob_file_search: "search",
  shell: "shell",
  run_terminal_cmd: "shell",
  run_terminal_command_v2: "shell",
  web_search: "web",
  websearch: "web",
  webfetch: "web",
  web_fetch: "web",
  task: "delegate",
  task_v2: "delegate",
  todo_write: "plan",
  todowrite: "plan",
  create_plan: "plan",
  ask_question: "plan",
  switch_mode: "plan",
};

const nameOf = (tool: string): string => tool.toLowerCase();

export function activityOfTool(tool: string): ActivityKind {
  const name = nameOf(tool);
  return (Object.hasOwn(activities, name) ? activities[name] : undefined) ?? activityOfMcpTool(name.replaceAll("-", "_"));
}

export const commandOf = (tool: string, input: JsonObject): string | null =>
  activityOfTool(tool) === "shell" ? (contentOf(input["command"]) ?? "") : null;

export const pathOf = (input: JsonObject): string | null =>
  stringOf(input["target_file"]) ??
  stringOf(input["file_path"]) ??
  stringOf(input["path"]) ??
  stringOf(input["relativeWorkspacePath"]) ??
  stringOf(input["effectiveUri"]) ??
  stringOf(input["targetFile"]);

/**
 * Changes of a call.
 * @param result what the tool told, as an object; without keys where it told nothing
 * @param stored text of a content the editor keeps apart, by its id
 * @returns null where the call does not say which file it changes
 */
export function editsOf(
  tool: string,
  input: JsonObject,
  result: JsonObject,
  cwd: string | null,
  stored: (id: string) => string | null,
): readonly FileEdit[] | null {
  const patch = contentOf(input["patch"]) ?? contentOf(input["input"]);
  if (nameOf(tool).replace("_", "") === "applypatch" && patch !== null) {
    const edits = editsOfPatch(parseApplyPatch(patch).files, (path) => resolvePath(cwd, path));
    if (edits.length > 0) return edits;
  }
  const given = pathOf(input);
  if (given === null) return null;
  const path = resolvePath(cwd, given.replace(/^file:\/\//, ""));
  if (nameOf(tool).startsWith("delete")) return [{ kind: "delete", path }];
  return told(path, result, stored) ?? asked(path, input);
}

/** What the editor's result says of the change: the contents before and after, or the chunks of a diff. */
function told(path: string, result: JsonObject, stored: (id: string) => string | null): FileEdit[] | null {
  const [beforeId, afterId] = [stringOf(result["beforeContentId"]), stringOf(result["afterContentId"])];
  const content = afterId === null ? null : stored(afterId);
  if (content !== null) {
    const before = beforeId === null ? null : stored(beforeId);
    return [{ kind: "content", path, content, ...(before === null ? {} : { before, created: before === "" }) }];
  }
  const hunks = listOf(objectOf(result["diff"])["chunks"]).filter(isObject).map(hunkOf);
  return hunks.length > 0 ? [{ kind: "patch", path, hunks }] : null;
}

function hunkOf(chunk: JsonObject): PatchHunk {
  const number = (value: unknown): number => (typeof value === "number" && value > 0 ? value : 1);
  const lines = (contentOf(chunk["diffString"]) ?? "").replace(/\n$/, "").split("\n");
  return {
    oldStart: number(chunk["oldStart"]),
    newStart: number(chunk["newStart"]),
    lines: lines.map((line) => (line === "" ? " " : line)),
  };
}

/** What the call asked for. The text of `edit_file` is a sketch with lines left out: what it changed is not known. */
function asked(path: string, input: JsonObject): FileEdit[] {
  const content = contentOf(input["contents"]) ?? contentOf(input["content"]);
  if (content !== null) return [{ kind: "content", path, content }];
  const edits = Array.isArray(input["edits"]) ? input["edits"].filter(isObject) : [input];
  const replaced = edits.flatMap((edit): FileEdit[] => {
    const from = contentOf(edit["old_string"]);
    const to = contentOf(edit["new_string"]);
    return from === null && to === null
      ? []
      : [{ kind: "replace", path, from: from ?? "", to: to ?? "", everywhere: edit["replace_all"] === true }];
  });
  return replaced.length > 0 ? replaced : [{ kind: "opaque", path }];
}
