/**
 * git-ai before its notes: one JSON blob a commit under `refs/ai/authorship/<commit>`, schema `authorship/0.0.1` or none. It
 * names authors as people do ("Claude", "Aidan"), without a session. What is no known agent's name is a person's.
 */
import { agentCalled } from "./agents.ts";
import { NoteMaker, type ParsedNote, isObject, isRange, isRepositoryPath, member, textOf, unusable } from "./dialect.ts";
import { parseGitAiNote } from "./git-ai.ts";

/** Names seen for agents and models; only these are believed to be one. */
const agentNames = /^(?:claude|cursor|codex|copilot|gemini|windsurf|opencode)\b/i;
const modelNames = /^(?:o[134]|gpt|claude|gemini|sonnet|opus)[-\d.]*/i;

export function parseEarlyNote(content: Buffer): ParsedNote {
  const text = textOf(content);
  if (text === null) return unusable("note_unreadable");
  if (!text.trimStart().startsWith("{")) return parseGitAiNote(content); // the first notes of the later form stood here too
  let about: unknown;
  try {
    about = JSON.parse(text);
  } catch {
    return unusable("note_unreadable");
  }
  const version = member(about, "schema_version");
  if (version !== undefined && version !== "authorship/0.0.1") return unusable("note_version_unknown");
  const files = member(about, "files");
  if (!isObject(files)) return unusable("note_unreadable");
  const note = new NoteMaker();
  for (const [path, file] of Object.entries(files)) {
    const authors = member(file, "authors");
    if (!isRepositoryPath(path)) note.defect("note_path_invalid");
    else if (!Array.isArray(authors)) note.defect("note_range_invalid");
    else for (const entry of authors) readAuthor(path, entry, note);
  }
  return note.finish();
}

function readAuthor(path: string, entry: unknown, note: NoteMaker): void {
  const name = member(entry, "author");
  const lines = member(entry, "lines");
  if (typeof name !== "string" || name === "" || !Array.isArray(lines)) return note.defect("note_author_unknown");
  const pairs: number[] = [];
  for (const line of lines as readonly unknown[]) {
    const [first, last] = Array.isArray(line) ? [Number(line[0]), Number(line[1])] : [Number(line), Number(line)];
    if (isRange(first, last)) pairs.push(first, last);
    else note.defect("note_range_invalid");
  }
  const unnamed = { path, session: null, sessionDigest: null };
  const agent = agentNames.exec(name)?.[0];
  if (agent !== undefined) note.claim({ ...unnamed, author: "agent", agent: agentCalled(agent), model: null }, pairs);
  else if (modelNames.test(name)) note.claim({ ...unnamed, author: "agent", agent: null, model: name.slice(0, 100) }, pairs);
  else note.claim({ ...unnamed, author: "person", agent: null, model: null }, pairs);
}
