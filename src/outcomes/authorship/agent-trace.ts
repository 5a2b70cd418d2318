/**
 * Agent Trace records (RFC 0.1.0). Two dialects: the published one (three-part version; a record of a commit, kept as a git
 * note), and that of its reference tool (version `1.0`, appended to `.agent-trace/traces.jsonl` at each edit, naming the
 * commit *before* the one that will hold the lines). Some writers give `contributor` as a bare word.
 */
import { basename } from "node:path/posix";
import { agentCalled, isTestTool } from "./agents.ts";
import {
  NoteMaker,
  type NoteDefect,
  type ParsedNote,
  isObject,
  isRange,
  isRepositoryPath,
  member,
  textOf,
  textOr,
  unusable,
} from "./dialect.ts";

/** One record, with the commit it names (null: none it can be tied to). */
export interface TraceRecord extends ParsedNote {
  readonly revision: string | null;
}

export interface ParsedTrace {
  readonly records: readonly TraceRecord[];
  readonly defects: ReadonlyMap<NoteDefect, number>;
}

/** Reads one record, a list of them, or one a line. A line that is none is counted and left out. */
export function parseTrace(content: Buffer): ParsedTrace {
  const text = textOf(content);
  const defects = new Map<NoteDefect, number>();
  const refuse = (code: NoteDefect): void => void defects.set(code, (defects.get(code) ?? 0) + 1);
  if (text === null) return { records: [], defects: unusable("note_unreadable").defects };
  const records: TraceRecord[] = [];
  for (const value of valuesIn(text, refuse)) {
    const refusal = refusalOf(value);
    if (refusal === null) records.push(readRecord(value));
    else refuse(refusal);
  }
  return { records, defects };
}

function valuesIn(text: string, refuse: (code: NoteDefect) => void): readonly unknown[] {
  try {
    const whole: unknown = JSON.parse(text);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    // more than one record: one a line
  }
  return text.split("\n").flatMap((line): unknown[] => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line)];
    } catch {
      refuse("note_unreadable");
      return [];
    }
  });
}

function refusalOf(value: unknown): NoteDefect | null {
  const version = member(value, "version");
  if (!isObject(value) || !Array.isArray(member(value, "files"))) return "note_unreadable";
  if (typeof version !== "string" || !/^[01]\.\d+(?:\.\d+)?$/.test(version)) return "note_version_unknown";
  const vcs = textOr(member(member(value, "vcs"), "type"));
  return vcs === null || vcs === "git" ? null : "note_of_other_vcs";
}

function readRecord(value: unknown): TraceRecord {
  const note = new NoteMaker();
  const revision = textOr(member(member(value, "vcs"), "revision"));
  const tool = textOr(member(member(value, "tool"), "name"));
  const isReference = /^\d+\.\d+$/.test(String(member(value, "version")));
  for (const file of member(value, "files") as readonly unknown[]) {
    const path = member(file, "path");
    const conversations = member(file, "conversations");
    if (typeof path !== "string" || !isRepositoryPath(path)) note.defect("note_path_invalid");
    else if (!Array.isArray(conversations)) note.defect("note_range_invalid");
    else for (const conversation of conversations) readConversation(path, conversation, { tool, isReference }, note);
  }
  return { ...note.finish(), revision: revision !== null && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(revision) ? revision : null };
}

interface Writer {
  readonly tool: string | null;
  /** Its range 1–1 stands for "somewhere in the file". */
  readonly isReference: boolean;
}

function readConversation(path: string, conversation: unknown, { tool, isReference }: Writer, note: NoteMaker): void {
  const ranges = member(conversation, "ranges");
  if (!Array.isArray(ranges)) return note.defect("note_range_invalid");
  const session = sessionOf(conversation);
  for (const range of ranges as readonly unknown[]) {
    const [first, last] = [Number(member(range, "start_line")), Number(member(range, "end_line"))];
    if (!isRange(first, last) || (isReference && last === 1)) {
      note.defect("note_range_invalid");
      continue;
    }
    const contributor = member(range, "contributor") ?? member(conversation, "contributor");
    const author = authorKinds.get(String(typeof contributor === "string" ? contributor : member(contributor, "type")));
    if (author === undefined) note.defect("note_author_unknown");
    else if (isTestTool(tool)) note.test(path, [first, last]);
    else if (author === "person") note.claim({ path, author, agent: null, session: null, sessionDigest: null, model: null }, [first, last]);
    else if (author !== "unknown") {
      const model = textOr(member(contributor, "model_id")) ?? textOr(member(conversation, "model_id"));
      note.claim({ path, author, agent: agentCalled(tool), session, sessionDigest: null, model }, [first, last]);
    }
  }
}

const authorKinds: ReadonlyMap<string, "agent" | "mixed" | "person" | "unknown"> = new Map([
  ["ai", "agent"],
  ["mixed", "mixed"],
  ["human", "person"],
  ["unknown", "unknown"],
]);

/** The session behind a conversation: what its address ends in; for a transcript's file its name without `.jsonl`. */
function sessionOf(conversation: unknown): string | null {
  const related = member(conversation, "related");
  const listed = Array.isArray(related) ? related.find((entry) => member(entry, "type") === "session") : undefined;
  for (const url of [textOr(member(listed, "url")), textOr(member(conversation, "url"))]) {
    if (url === null || url.length > 2048) continue;
    const last = basename(url.replace(/[?#].*$/, "")).replace(/\.jsonl?$/, "");
    if (/^[\w.:-]{3,200}$/.test(last)) return last;
  }
  return null;
}
