/** What the tools of Codex are for, what their arguments ask and their outputs say. */
import type { ActivityKind } from "../../contract/facts.ts";
import { parseApplyPatch } from "../apply-patch.ts";
import { type FileEdit, editsOfPatch } from "../edited-files.ts";
import { type JsonObject, isObject, listOf, objectOf, parsedText, stringOf, textOf } from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import { resolvePath } from "../shell-command.ts";
import { parseUnifiedDiff } from "../unified-diff.ts";

const activities: Readonly<Record<string, ActivityKind>> = {
  apply_patch: "edit",
  shell: "shell",
  shell_command: "shell",
  exec_command: "shell",
  local_shell: "shell",
  "container.exec": "shell",
  exec: "shell",
  write_stdin: "shell",
  update_plan: "plan",
  request_user_input: "plan",
  view_image: "read",
  read_file: "read",
  list_dir: "read",
  grep_files: "search",
  tool_search: "search",
  web_search: "web",
  spawn_agent: "delegate",
};

export function activityOf(tool: string): ActivityKind {
  return (Object.hasOwn(activities, tool) ? activities[tool] : undefined) ?? activityOfMcpTool(tool);
}

export interface AskedCall {
  /** The command line; null for tools that run none. */
  readonly command: string | null;
  /** The running command it waits for. */
  readonly resumes: string | null;
  readonly cwd: string | null;
  readonly edits: readonly FileEdit[];
  /** Lines of a patch that belong to no file. */
  readonly strayLines: number;
}

/** @param input the arguments as logged: JSON in a text, or the text itself @param cwd folder of the turn */
export function askedCall(tool: string, input: unknown, cwd: string | null): AskedCall {
  const args = isObject(input) ? input : objectOf(parsedText(input));
  if (tool === "apply_patch")
    return patchCall(stringOf(args["input"]) ?? stringOf(args["patch"]) ?? (typeof input === "string" ? input : ""), cwd);
  if (activityOf(tool) !== "shell") return { command: null, resumes: null, cwd, edits: [], strayLines: 0 };
  const folder = stringOf(args["workdir"]) ?? stringOf(args["cwd"]) ?? cwd;
  const command = tool === "exec" ? scriptCommands(input) : commandLine(args["command"] ?? args["cmd"]);
  if (command !== null && command.includes("*** Begin Patch")) return { ...patchCall(command, folder), command };
  const resumes = tool === "write_stdin" ? (args["session_id"] ?? null) : null;
  return { command, resumes: resumes === null ? null : String(resumes), cwd: folder, edits: [], strayLines: 0 };
}

function patchCall(text: string, cwd: string | null): AskedCall {
  const { files, strayLines } = parseApplyPatch(text);
  return { command: null, resumes: null, cwd, edits: editsOfPatch(files, (path) => resolvePath(cwd, path)), strayLines };
}

/** `["bash", "-lc", "go test"]` is `go test`; other lists are words. */
function commandLine(command: unknown): string | null {
  if (typeof command === "string") return command;
  const words = listOf(command).filter((word) => typeof word === "string");
  if (words.length === 0) return null;
  if (words.length >= 3 && /(?:^|\/)(?:ba|z|da)?sh$/.test(words[0] as string) && /^-\w*c$/.test(words[1] as string))
    return words[2] as string;
  return words[0] === "apply_patch" ? words.join("\n") : words.map(quoted).join(" ");
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

const scripted = /exec_command\(\s*\{[^{}]*?"?cmd"?\s*:\s*("(?:[^"\\]|\\.)*")/g;

/** The command lines in a script of the `exec` tool (code mode), one after the other. */
function scriptCommands(script: unknown): string | null {
  if (typeof script !== "string") return null;
  const commands = [...script.matchAll(scripted)].flatMap(([, literal]) => stringOf(parsedText(literal)) ?? []);
  return commands.length > 0 ? commands.join("\n") : null;
}

export interface CallOutput {
  readonly text: string;
  readonly exitCode: number | null;
  /** Name of the command if it still runs. */
  readonly runsOn: string | null;
  readonly failed: boolean;
}

/** @param output of a function_call_output: a text (JSON with metadata, or lines before `Output:`), parts, or an object */
export function outputOf(output: unknown): CallOutput {
  const object = isObject(output) ? output : objectOf(parsedText(output));
  const text = stringOf(object["output"]) ?? textOf(object["content"]) ?? textOf(output) ?? "";
  const told = objectOf(object["metadata"])["exit_code"];
  const exitCode = typeof told === "number" ? told : exitCodeIn(text);
  return {
    text,
    exitCode,
    runsOn: exitCode === null ? runningIn(text) : null,
    failed:
      exitCode === null
        ? object["success"] === false || /^(?:error|(?:(?:script|exec_command|write_stdin) )?failed)\b/i.test(text)
        : exitCode !== 0,
  };
}

function exitCodeIn(text: string): number | null {
  const code = /^(?:Process exited with code|Exit code:) (-?\d+)$/m.exec(text.slice(0, 600))?.[1];
  return code === undefined ? null : Number(code);
}

const runningIn = (text: string): string | null => /^Process running with session ID (\d+)$/m.exec(text.slice(0, 600))?.[1] ?? null;

/** Files of a `patch_apply_end` event or a `FileChange` item, which say what really changed. */
export function changedFiles(changes: JsonObject, cwd: string | null): FileEdit[] {
  return Object.entries(changes).flatMap(([name, change]): FileEdit[] => {
    const path = resolvePath(cwd, name);
    const told = objectOf(change);
    const kind = stringOf(told["type"]) ?? Object.keys(told)[0] ?? "";
    const more = stringOf(told["type"]) === null ? objectOf(told[kind]) : told;
    const content = more["content"];
    if (kind === "add")
      return typeof content === "string" ? [{ kind: "content", path, content, created: true }] : [{ kind: "opaque", path }];
    if (kind === "delete") return [{ kind: "delete", path, ...(typeof content === "string" ? { content } : {}) }];
    const hunks = typeof more["unified_diff"] === "string" ? parseUnifiedDiff(more["unified_diff"]) : [];
    const target = stringOf(more["move_path"]);
    const at = target === null ? path : resolvePath(cwd, target);
    const edit: FileEdit = hunks.length > 0 ? { kind: "patch", path: at, hunks } : { kind: "opaque", path: at };
    return target === null || at === path ? [edit] : [{ kind: "opaque", path }, edit];
  });
}
