/**
 * Differences of edits that left no patch: sub-agents' and those whose originals were too large to log (RULINGS 12). The
 * transcript is read again from its start, and the content of the edited files followed as far as it is told: reads,
 * whole writes, originals. Only files with such edits pay for this.
 */
import type { WriteFact } from "../../contract/facts.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { lineCount } from "../../lines/line-diff.ts";
import { type Fields, parsedJson, parsedObject } from "../json-cursor.ts";
import { WriteDifferencer, replaceText } from "../write-difference.ts";
import { type PatchlessWrite, agentName } from "./facts.ts";
import { type TranscriptRecord, w, words } from "./schema.ts";

type Json = Readonly<Record<string, unknown>>;

/** Content of a file, made out when it is asked for; null if it cannot be known. */
type Content = () => string | null;

const nothing: Content = () => null;

function once(make: Content): Content {
  let made: string | null | undefined;
  return () => (made === undefined ? (made = make()) : made);
}

/** In every call of a tool on a file: `file_path`, `notebook_path`. */
const fileCall = '_path":"';

/** The record that calls and answers: a sub-agent's lies inside one of progress. */
function speakingRecord(outer: TranscriptRecord): TranscriptRecord {
  return outer.top.word(w.type, words) === w.progress && outer.data.has(w.message) ? outer.inner : outer;
}

/**
 * Where the calls on files and their results stand, noted in the first reading: a replay needs these lines and no others,
 * and they are a small part of a transcript.
 */
export class ReplayMarks {
  /** By path; those whose path is not plain to see under null. */
  readonly #offsets = new Map<string | null, number[]>();
  /** Calls without a result yet. */
  readonly #calls = new Map<string, string | null>();

  take(outer: TranscriptRecord, offset: number): void {
    const record = speakingRecord(outer);
    for (let i = 0; i < record.blockCount; i++) {
      const block = record.blocks[i] as Fields;
      if (block.has(w.input)) this.#call(block, offset);
      else if (block.has(w.tool_use_id) && this.#calls.size > 0) this.#result(block, offset);
    }
  }

  #call(block: Fields, offset: number): void {
    const input = block.bytes.subarray(block.start(w.input), block.stop(w.input));
    const key = input.indexOf(pathKey);
    const callId = key < 0 ? null : block.string(w.id);
    if (callId === null) return;
    const path = input.includes(pathKey, key + 1) ? null : plainPath(input, key + pathKey.length);
    this.#calls.set(callId, path);
    this.#mark(path, offset);
  }

  #result(block: Fields, offset: number): void {
    const callId = block.string(w.tool_use_id) ?? "";
    const path = this.#calls.get(callId);
    if (path === undefined) return;
    this.#calls.delete(callId);
    this.#mark(path, offset);
  }

  #mark(path: string | null, offset: number): void {
    const known = this.#offsets.get(path);
    if (known === undefined) this.#offsets.set(path, [offset]);
    else known.push(offset);
  }

  /** Offsets of the records that may matter to these files, ascending. */
  offsetsOf(paths: ReadonlySet<string>): number[] {
    const offsets = [null, ...paths].flatMap((path) => this.#offsets.get(path) ?? []);
    return [...new Set(offsets)].sort((a, b) => a - b);
  }
}

const pathKey = '_path"';

/** The path behind a key that ends at `at`; null where it is written in more than plain letters. */
function plainPath(input: Buffer, at: number): string | null {
  const start = at + ':"'.length;
  const stop = input.indexOf('"', start);
  if (stop < 0 || input[at] !== 58 || input[at + 1] !== 34) return null;
  for (let i = start; i < stop; i++) if (input[i] === 92 || (input[i] as number) >= 128) return null;
  return input.toString("latin1", start, stop);
}

export class WriteReplay {
  readonly #wanted: ReadonlyMap<string, PatchlessWrite>;
  readonly #emit: (fact: WriteFact) => void;
  readonly #differencer: WriteDifferencer;
  /** Files whose content is followed. */
  readonly paths: ReadonlySet<string>;
  /** path → content after the last record read, made out when it is asked for. */
  readonly #known = new Map<string, Content>();
  /** Calls on wanted paths by id. */
  readonly #calls = new Map<string, { readonly tool: string; readonly input: Json; readonly path: string }>();

  constructor(writes: readonly PatchlessWrite[], fingerprinter: Fingerprinter, emit: (fact: WriteFact) => void) {
    this.#wanted = new Map(writes.map((write) => [write.callId, write]));
    this.#emit = emit;
    this.#differencer = new WriteDifferencer(fingerprinter);
    this.paths = new Set(writes.flatMap((write) => pathOf(parsedObject(write.input)) ?? []));
  }

  /** Whether a line can matter: it holds a call on a file, or the result of a call on a wanted one. */
  concerns(line: Buffer): boolean {
    if (line.includes(fileCall)) return true;
    for (const callId of this.#calls.keys()) if (line.includes(callId)) return true;
    return false;
  }

  take(outer: TranscriptRecord): void {
    const record = speakingRecord(outer);
    for (let i = 0; i < record.blockCount; i++) {
      const block = record.blocks[i] as Fields;
      if (block.word(w.type, words) === w.tool_use) this.#call(block);
      else if (block.has(w.tool_use_id)) this.#result(block, record.top.isObject(w.toolUseResult) ? record.result : null);
    }
  }

  #call(block: Fields): void {
    const callId = block.string(w.id);
    const tool = block.string(w.name);
    if (callId === null || tool === null || !block.isObject(w.input)) return;
    const input = parsedObject(block.copy(w.input));
    const path = pathOf(input);
    if (path !== null && this.paths.has(path)) this.#calls.set(callId, { tool, input, path });
  }

  #result(block: Fields, result: Fields | null): void {
    const callId = block.string(w.tool_use_id);
    const call = callId === null ? undefined : this.#calls.get(callId);
    if (callId === null || call === undefined) return;
    this.#calls.delete(callId);
    if (block.isTrue(w.is_error)) return;
    const { tool, input, path } = call;
    if (tool === "Read") {
      this.#learnRead(path, contentRead(block, result, input), input);
      return;
    }
    const before = copyOf(result, w.originalFile) ?? copyOf(result, w.original_file) ?? this.#known.get(path) ?? nothing;
    const updated = copyOf(result, w.updated_file);
    const write = this.#wanted.get(callId);
    if (write === undefined) {
      this.#known.set(path, updated ?? once(() => afterOf(tool, input, before())));
      return;
    }
    const content = before();
    const after = updated === null ? afterOf(tool, input, content) : updated();
    this.#tell(write, path, tool, input, content, after);
    this.#known.set(path, () => after);
  }

  /** A part of a file, from its first line on, is better than nothing; never better than the whole. */
  #learnRead(path: string, content: Content | null, input: Json): void {
    if (content === null) return;
    const known = this.#known.get(path) ?? nothing;
    this.#known.set(path, once(input["limit"] === undefined ? () => content() ?? known() : () => known() ?? content()));
  }

  #tell(write: PatchlessWrite, path: string, tool: string, input: Json, before: string | null, after: string | null): void {
    const { session, callId, instant } = write;
    const replayed = before !== null && after !== null;
    const diff = replayed ? this.#differencer.ofTexts(path, before, after) : this.#estimate(path, tool, input);
    if (lineCount(diff) === 0) return;
    this.#emit({
      kind: "write",
      agent: agentName,
      session,
      callId,
      instant,
      path,
      operation: "edit",
      quality: replayed ? "replayed" : "estimated",
      diff,
    });
  }

  /** The difference of old and new text alone: where a text begins inside a line, the line's beginning is missing. */
  #estimate(path: string, tool: string, input: Json): WriteFact["diff"] {
    if (tool === "Write") return this.#differencer.ofTexts(path, "", text(input["content"]));
    if (tool === "NotebookEdit") return this.#differencer.ofTexts(path, "", cellSource(text(input["new_source"])));
    const edits = editsOf(tool, input);
    return this.#differencer.ofTexts(
      path,
      edits.map(([from]) => withLineEnd(from)).join(""),
      edits.map(([, to]) => withLineEnd(to)).join(""),
    );
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** A text of a result, kept as it is written until it is asked for; null where there is none, as in files too large to log. */
function copyOf(result: Fields | null, key: number): Content | null {
  if (!result?.isString(key)) return null;
  const copy = result.copy(key);
  return once(() => text(parsedJson(copy)));
}

const withLineEnd = (value: string): string => (value === "" || value.endsWith("\n") ? value : `${value}\n`);

/** Source of a cell as the lines a notebook's file holds it in. */
function cellSource(source: string): string {
  const lines = source.split(/(?<=\n)/);
  return lines.map((line, i) => `    ${JSON.stringify(line)}${i + 1 < lines.length ? "," : ""}\n`).join("");
}

function pathOf(input: Json): string | null {
  const path = input["file_path"] ?? input["notebook_path"];
  return typeof path === "string" ? path : null;
}

function editsOf(tool: string, input: Json): (readonly [from: string, to: string, everywhere: boolean])[] {
  const list = tool === "MultiEdit" && Array.isArray(input["edits"]) ? (input["edits"] as unknown[]) : [input];
  return list.flatMap((item) => {
    if (typeof item !== "object" || item === null) return [];
    const edit = item as Json;
    return [[text(edit["old_string"]), text(edit["new_string"]), edit["replace_all"] === true] as const];
  });
}

/** The file after the call, where its result does not hold it (a notebook's does); null if it cannot be known. */
function afterOf(tool: string, input: Json, before: string | null): string | null {
  if (tool === "Write") return text(input["content"]);
  if (tool === "NotebookEdit" || before === null) return null;
  let content: string | null = before;
  for (const [from, to, everywhere] of editsOf(tool, input)) {
    if (content !== null) content = replaceText(content, from, to, everywhere);
  }
  return content;
}

/** Content of a read that began at the file's first line; null for parts. */
function contentRead(block: Fields, result: Fields | null, input: Json): Content | null {
  if (result?.isObject(w.file)) {
    const file = result.copy(w.file);
    if (!file.includes('"startLine":1,')) return null;
    return () => {
      const { content } = parsedObject(file);
      return typeof content === "string" ? content : null;
    };
  }
  const offset = input["offset"];
  if ((offset !== undefined && offset !== 1) || !block.has(w.content)) return null;
  const content = block.copy(w.content);
  return () => unnumbered(shownText(parsedJson(content)));
}

/** A string, or the text of a list's first block. */
function shownText(content: unknown): string {
  const first: unknown = Array.isArray(content) ? content[0] : null;
  return typeof first === "object" && first !== null ? text((first as Json)["text"]) : text(content);
}

/** Lines as a read shows them, `   1→text`, without their numbers; null if they do not begin with line 1. */
function unnumbered(shown: string): string | null {
  const lines: string[] = [];
  for (const line of shown.split("\n")) {
    const match = /^\s*(\d+)[→\t](.*)$/s.exec(line);
    if (match === null) break; // a reminder follows the numbered lines
    if (Number(match[1]) !== lines.length + 1) return null;
    lines.push(match[2] as string);
  }
  return lines.length > 0 ? lines.join("\n") : null;
}
