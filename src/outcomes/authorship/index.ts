/** Reads what tools wrote down about the authors of lines: git notes, refs of their own, trace files. README.md says which. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { AuthorshipNoteFact, CarriedNote, NoteDialect } from "../../contract/facts.ts";
import { CatFile } from "../../git/cat-file.ts";
import { type TreeEntry, readTree } from "../../git/refs.ts";
import type { Repository } from "../git/index.ts";
import { parseTrace } from "./agent-trace.ts";
import { type ParsedNote, textOf } from "./dialect.ts";
import { parseEarlyNote } from "./git-ai-early.ts";
import { parseGitAiNote } from "./git-ai.ts";

/** Larger ones are no notes of lines (the largest of 10,689 seen has 3 MB) and are not read. */
const largestNoteBytes = 16 * 1024 * 1024;
const bytesAtOnce = 8 * 1024 * 1024;

/** Refs of notes, by dialect; of two notes on one commit the one of the first ref counts. */
const noteRefs: readonly { readonly dialect: NoteDialect; readonly ref: RegExp }[] = [
  { dialect: "git-ai", ref: /^refs\/notes\/ai$/ },
  { dialect: "git-ai", ref: /^refs\/notes\/ai-remote\/[^/]+$/ },
  { dialect: "agent-trace", ref: /^refs\/notes\/agent-trace$/ },
];
const earlyRef = /^refs\/ai\/authorship\/([0-9a-f]{40,64})$/;
const traceFolder = ".agent-trace";
const isTraceFile = (name: string): boolean => /\.jsonl?$/.test(name);

/** A file of trace records in a work tree: it changes without any ref. */
export interface TraceFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Trace files beside a repository's `.git`; none for bare ones. One look into one folder. */
export function findTraceFiles(commonDir: string): readonly TraceFile[] {
  const folder = join(dirname(commonDir), traceFolder);
  if (basename(commonDir) !== ".git" || !existsSync(folder)) return [];
  const files: TraceFile[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!isTraceFile(name)) continue;
    const path = join(folder, name);
    const stat = statSync(path);
    if (stat.isFile()) files.push({ path, size: stat.size, mtimeMs: stat.mtimeMs });
  }
  return files;
}

/** What tells that notes changed, beside the refs that lead to commits. */
export function noteStateOf({ blobRefs, place }: Repository): readonly unknown[] {
  return [
    blobRefs.filter(({ name }) => earlyRef.test(name)).map(({ name, oid }) => [name, oid]),
    findTraceFiles(place.commonDir).map(({ path, size, mtimeMs }) => [path, size, mtimeMs]),
  ];
}

export interface NotesBatch {
  readonly facts: readonly AuthorshipNoteFact[];
  /** Every note the copy carries, with the last batch only. */
  readonly carried: readonly CarriedNote[] | null;
}

/**
 * Reads the notes of a repository that are not known yet, in batches.
 * @param isKnown whether a note's content was read before: it is carried, not read
 */
export async function* readNotes(repository: Repository, isKnown: (note: CarriedNote) => boolean): AsyncGenerator<NotesBatch, void, void> {
  const listed = await listNotes(repository);
  const carried: CarriedNote[] = listed.map(({ dialect, commit, oid }) => ({ dialect, commit, note: oid }));
  const objects = new CatFile(repository.git);
  try {
    const fresh = listed.filter(({ dialect, commit, oid }) => !isKnown({ dialect, commit, note: oid }));
    for (const group of inGroups(fresh)) {
      const contents = await Promise.all(
        group.map(({ oid, size }) => (size !== null && size > largestNoteBytes ? "large" : objects.get(oid))),
      );
      const facts = group.flatMap((note, n) => {
        const content = contents[n] ?? null;
        return content === null ? [] : [content === "large" ? tooLarge(note) : noteFact(note, content)];
      });
      yield { facts, carried: null };
    }
    const traces = await readTraces(repository, objects);
    carried.push(...traces.map(({ dialect, commit, note }) => ({ dialect, commit, note })));
    yield { facts: traces, carried };
  } finally {
    await objects.close();
  }
}

interface ListedNote {
  readonly dialect: NoteDialect;
  readonly commit: string;
  readonly oid: string;
  /** Null for blobs nobody measured; they may be absent. */
  readonly size: number | null;
}

async function listNotes({ git, refs, blobRefs }: Repository): Promise<ListedNote[]> {
  const notes = new Map<string, ListedNote>();
  for (const { dialect, ref } of noteRefs) {
    for (const { name } of refs.filter((one) => ref.test(one.name))) {
      for (const { path, oid, size } of await readTree(git, name, { sizes: true })) {
        const commit = path.replaceAll("/", ""); // notes lie in folders by the beginning of the hash
        if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit) && !notes.has(`${dialect} ${commit}`))
          notes.set(`${dialect} ${commit}`, { dialect, commit, oid, size });
      }
    }
  }
  for (const { name, oid } of blobRefs) {
    const commit = earlyRef.exec(name)?.[1];
    if (commit !== undefined) notes.set(`git-ai-early ${commit}`, { dialect: "git-ai-early", commit, oid, size: null });
  }
  return [...notes.values()];
}

/** Groups of notes that are held in memory together. */
function* inGroups(notes: readonly ListedNote[]): Generator<readonly ListedNote[]> {
  let group: ListedNote[] = [];
  let bytes = 0;
  for (const note of notes) {
    group.push(note);
    bytes += Math.min(note.size ?? 65_536, largestNoteBytes);
    if (bytes < bytesAtOnce && group.length < 1_000) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

function noteFact({ dialect, commit, oid }: ListedNote, content: Buffer): AuthorshipNoteFact {
  if (content.length > largestNoteBytes) return tooLarge({ dialect, commit, oid });
  const parsed = dialect === "git-ai" ? parseGitAiNote(content) : dialect === "git-ai-early" ? parseEarlyNote(content) : traceNote(content);
  return { kind: "authorship_note", dialect, commit, note: oid, madeBefore: false, ...told(parsed) };
}

const told = ({ claims, testLines, defects }: ParsedNote): Pick<AuthorshipNoteFact, "claims" | "testLines" | "defects"> => ({
  claims,
  testLines,
  defects: Object.fromEntries(defects),
});

function tooLarge({ dialect, commit, oid }: Pick<ListedNote, "dialect" | "commit" | "oid">): AuthorshipNoteFact {
  return {
    kind: "authorship_note",
    dialect,
    commit,
    note: oid,
    madeBefore: false,
    claims: [],
    testLines: 0,
    defects: { note_too_large: 1 },
  };
}

/** The records of a git note speak of the commit the note is on, whatever they name. */
function traceNote(content: Buffer): ParsedNote {
  const { records, defects } = parseTrace(content);
  return merged(records, defects);
}

function merged(records: readonly ParsedNote[], own: ParsedNote["defects"]): ParsedNote {
  const defects = new Map(own);
  for (const record of records) for (const [code, count] of record.defects) defects.set(code, (defects.get(code) ?? 0) + count);
  return {
    claims: records.flatMap(({ claims }) => claims),
    testLines: records.reduce((sum, { testLines }) => sum + testLines, 0),
    defects,
  };
}

/** Records of trace files: those of the work tree where there is one, else those HEAD holds. One fact a commit they name. */
async function readTraces(repository: Repository, objects: CatFile): Promise<AuthorshipNoteFact[]> {
  const contents: (Buffer | "large")[] = [];
  const files = findTraceFiles(repository.place.commonDir);
  for (const { path, size } of files) contents.push(size > largestNoteBytes ? "large" : readFileSync(path));
  if (files.length === 0) {
    for (const { oid, size } of await committedTraces(repository)) {
      const content = size !== null && size > largestNoteBytes ? "large" : await objects.get(oid);
      if (content !== null) contents.push(content);
    }
  }
  return traceFacts(contents);
}

async function committedTraces({ git, refs, hints }: Repository): Promise<readonly TreeEntry[]> {
  const head = refs.find(({ name }) => name === "HEAD" || name === `refs/heads/${hints.head}`)?.commit;
  if (head === undefined) return [];
  return (await readTree(git, head, { sizes: true, under: `${traceFolder}/` })).filter(({ path }) => isTraceFile(path));
}

function traceFacts(contents: readonly (Buffer | "large")[]): AuthorshipNoteFact[] {
  const facts = new Map<string, AuthorshipNoteFact>();
  const add = (commit: string, parsed: ParsedNote, more: Readonly<Record<string, number>> = {}, place = 0): void => {
    const { claims, testLines, defects } = told(parsed);
    const body = { claims, testLines, defects: { ...defects, ...more } };
    if (claims.length === 0 && testLines === 0 && Object.keys(body.defects).length === 0) return;
    const note = createHash("sha1")
      .update(JSON.stringify([body, place]))
      .digest("hex");
    facts.set(`${commit} ${note}`, { kind: "authorship_note", dialect: "agent-trace", commit, note, madeBefore: true, ...body });
  };
  for (const [place, content] of contents.entries()) {
    if (content === "large") {
      add("", merged([], new Map()), { note_too_large: 1 }, place);
      continue;
    }
    if (textOf(content)?.trim() === "") continue;
    const { records, defects } = parseTrace(content);
    const nameless = records.filter(({ revision }) => revision === null).length;
    add("", merged([], defects), nameless > 0 ? { note_without_commit: nameless } : {}, place);
    for (const record of records) if (record.revision !== null) add(record.revision, record);
  }
  return [...facts.values()];
}
