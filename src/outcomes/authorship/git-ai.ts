/**
 * git-ai's authorship log, schema `authorship/3.x`: a section of files and ranges, a line `---`, JSON that says who the keys
 * are. Which keys are agents' is told by their form, which the format keeps stable; the JSON may lack an entry.
 */
import type { LineClaim } from "../../contract/facts.ts";
import { agentCalled, isTestTool } from "./agents.ts";
import { NoteMaker, type ParsedNote, isObject, isRange, isRepositoryPath, member, textOf, textOr, unusable } from "./dialect.ts";

type Author = Omit<LineClaim, "path" | "ranges">;

/** @param content the note as git stores it */
export function parseGitAiNote(content: Buffer): ParsedNote {
  const text = textOf(content);
  const divider = text === null ? null : /^---\r?$/m.exec(text);
  if (text === null || divider === null) return unusable("note_unreadable");
  const about = readJson(text.slice(divider.index + divider[0].length));
  if (about === null) return unusable("note_unreadable");
  if (!/^authorship\/3\.\d+\.\d+$/.test(String(member(about, "schema_version")))) return unusable("note_version_unknown");
  const note = new NoteMaker();
  let path: string | null = null;
  for (const raw of text.slice(0, divider.index).split("\n")) {
    const line = raw.replace(/\r$/, "");
    if (line.trim() === "") continue;
    if (!line.startsWith("  ")) {
      path = readPath(line);
      if (path === null) note.defect("note_path_invalid");
    } else if (path !== null) readEntry(line.trim(), path, about, note);
  }
  return note.finish();
}

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null; // the caller counts it as unreadable
  }
}

function readPath(line: string): string | null {
  const path = line.startsWith('"') && line.endsWith('"') && line.length > 2 ? line.slice(1, -1).replace(/\\(["\\])/g, "$1") : line;
  return isRepositoryPath(path) ? path : null;
}

function readEntry(entry: string, path: string, about: unknown, note: NoteMaker): void {
  const blank = entry.indexOf(" ");
  const key = blank < 0 ? entry : entry.slice(0, blank);
  const pairs = blank < 0 ? [] : readRanges(entry.slice(blank + 1), note);
  if (pairs.length === 0) {
    if (blank < 0) note.defect("note_range_invalid");
    return;
  }
  const { tool, author } = authorOf(key, about, note);
  if (isTestTool(tool)) note.test(path, pairs);
  else if (author !== null) note.claim({ path, ...author }, pairs);
}

/** `1-10,15` as first and last lines. */
function readRanges(text: string, note: NoteMaker): number[] {
  const pairs: number[] = [];
  for (const part of text.split(",")) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part.trim());
    const [first, last] = match === null ? [0, 0] : [Number(match[1]), Number(match[2] ?? match[1])];
    if (isRange(first, last)) pairs.push(first, last);
    else note.defect("note_range_invalid");
  }
  return pairs;
}

const person: Author = { author: "person", agent: null, session: null, sessionDigest: null, model: null };

/**
 * Who a key is. `h_…` and the older `human`: a person. `s_…::t_…`: a session. 7 or 16 hex digits, or an id as the agent
 * gives it: the older prompts. Hex digits are a digest of `tool:id`, so that a session is known without its entry.
 */
function authorOf(key: string, about: unknown, note: NoteMaker): { readonly tool: string | null; readonly author: Author | null } {
  const own = key.split("::")[0] as string;
  if (own === "human" || own.startsWith("h_")) return { tool: null, author: person };
  const entry = member(member(about, own.startsWith("s_") ? "sessions" : "prompts"), own);
  const agentId = member(entry, "agent_id");
  const tool = textOr(member(agentId, "tool"));
  const digest = /^(?:s_)?([0-9a-f]{7,64})$/.exec(own)?.[1] ?? null;
  const isUuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(own);
  if (entry === undefined) note.defect("note_author_unknown");
  if (entry === undefined && digest === null && !isUuid && own !== "ai_agent") return { tool: null, author: null };
  const session = textOr(member(agentId, "id")) ?? (isUuid ? own : null);
  const author: Author = {
    author: "agent",
    agent: agentCalled(tool),
    session,
    sessionDigest: session === null ? digest : null,
    model: textOr(member(agentId, "model")),
  };
  return { tool, author };
}
