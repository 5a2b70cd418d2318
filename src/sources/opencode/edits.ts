/** What OpenCode's edit tools did to files, by what a version logs of their result. */
import { parseApplyPatch } from "../apply-patch.ts";
import { type FileEdit, editsOfPatch } from "../edited-files.ts";
import { type JsonObject, contentOf, isObject, listOf, objectOf, stringOf } from "../loose-json.ts";
import { resolvePath } from "../shell-command.ts";
import { parseUnifiedDiff } from "../unified-diff.ts";
import type { PatchHunk } from "../write-difference.ts";

/**
 * Changes of a call that succeeded.
 * @param directory folder of the session, for paths that are not absolute
 * @returns null where the call does not say which file it changed
 */
export function editsOf(tool: string, input: JsonObject, metadata: JsonObject, directory: string | null): readonly FileEdit[] | null {
  const resolve = (path: string): string => resolvePath(directory, path);
  if (tool === "apply_patch" || tool === "patch") return patched(input, metadata, resolve);
  const given = stringOf(input["filePath"]);
  if (given === null) return null;
  const path = resolve(given);
  const content = contentOf(input["content"]);
  if (tool === "write") {
    if (content === null) return null;
    if (metadata["exists"] === false) return [{ kind: "content", path, content, created: true }];
    return logged(path, metadata, [content]) ?? [{ kind: "content", path, content }];
  }
  const replaced = replacements(path, input);
  const texts = replaced.flatMap(({ from, to }) => [from, to]);
  const told = logged(path, metadata, texts);
  if (told !== null) return told;
  if (texts.some((text) => text !== "")) return replaced;
  return content === null ? [{ kind: "opaque", path }] : [{ kind: "content", path, content }];
}

type Replacement = Extract<FileEdit, { kind: "replace" }>;

function replacements(path: string, input: JsonObject): Replacement[] {
  const list = Array.isArray(input["edits"]) ? input["edits"] : [input];
  return list.filter(isObject).map((edit) => ({
    kind: "replace",
    path,
    from: contentOf(edit["oldString"]) ?? "",
    to: contentOf(edit["newString"]) ?? "",
    everywhere: edit["replaceAll"] === true,
  }));
}

/**
 * The file before and after, or a unified diff, as older and newer versions log them; null where neither is there.
 * @param texts what the agent wrote, which tells the indentation that was cut off the diff
 */
function logged(path: string, told: JsonObject, texts: readonly string[]): FileEdit[] | null {
  const contents = objectOf(told["filediff"] ?? told);
  const before = contentOf(contents["before"]);
  const after = contentOf(contents["after"]);
  if (before !== null && after !== null) return [{ kind: "content", path, before, content: after, created: before === "" }];
  const hunks = parseUnifiedDiff(contentOf(contents["patch"]) ?? contentOf(told["diff"]) ?? "");
  return hunks.length === 0 ? null : [{ kind: "patch", path, hunks: reindented(hunks, texts) }];
}

/** Files of a patch: as the result tells them, else as the envelope does. */
function patched(input: JsonObject, metadata: JsonObject, resolve: (path: string) => string): readonly FileEdit[] | null {
  const text = contentOf(input["patchText"]) ?? contentOf(input["patch"]) ?? "";
  const results = listOf(metadata["files"]).filter(isObject);
  const edits = editsOfPatch(parseApplyPatch(text).files, resolve).flatMap((edit): readonly FileEdit[] => {
    const told =
      edit.kind === "patch"
        ? results.find((one) => isSamePath(stringOf(one["movePath"]) ?? stringOf(one["filePath"]), edit.path))
        : undefined;
    return (told === undefined ? null : logged(edit.path, told, [text.replaceAll(/^[-+ ]/gm, "")])) ?? [edit];
  });
  return edits.length > 0 ? edits : null;
}

const isSamePath = (one: string | null, other: string): boolean =>
  one !== null && one.replaceAll("\\", "/") === other.replaceAll("\\", "/");

/** The text of a file that was read whole: lines with their numbers, `00001| text` or `1: text`; null for parts. */
export function wholeRead(input: JsonObject, metadata: JsonObject, output: string): string | null {
  const { offset, limit } = input;
  if ((offset !== undefined && offset !== 0 && offset !== 1) || limit !== undefined || metadata["truncated"] === true) return null;
  const lines: string[] = [];
  for (const line of output.split("\n")) {
    const match = /^0*(\d+)(?:\| |: )(.*)$/s.exec(line);
    if (match === null) {
      if (lines.length > 0) break; // the file's end is followed by words of the tool
    } else if (Number(match[1]) === lines.length + 1) lines.push(match[2] as string);
    else return null;
  }
  return lines.length > 0 ? `${lines.join("\n")}\n` : null;
}

/** Gives back the indentation all lines of a diff share, which OpenCode cuts off before it logs it. */
function reindented(hunks: readonly PatchHunk[], texts: readonly string[]): readonly PatchHunk[] {
  const cut = cutIndentation(hunks, texts);
  if (cut === "") return hunks;
  return hunks.map((hunk) => ({ ...hunk, lines: hunk.lines.map((line) => withIndentation(line, cut)) }));
}

const withIndentation = (line: string, cut: string): string =>
  line.startsWith("\\") || line.slice(1).trim() === "" ? line : `${line[0]}${cut}${line.slice(1)}`;

function cutIndentation(hunks: readonly PatchHunk[], texts: readonly string[]): string {
  const written = new Map<string, string>();
  // A text may begin in the middle of a line: its first line says nothing of indentation.
  for (const text of texts) for (const line of text.split("\n").slice(1)) written.set(line.trim(), line);
  for (const { lines } of hunks) {
    for (const line of lines) {
      const shown = line.slice(1);
      if (line.startsWith("\\") || shown.trim() === "") continue;
      const whole = written.get(shown.trim());
      if (whole?.endsWith(shown)) return whole.slice(0, whole.length - shown.length);
    }
  }
  return "";
}
