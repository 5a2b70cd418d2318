import type { CommitFact, FileChange } from "../../contract/facts.ts";
import { type Fingerprinter, LineDiffBuilder } from "../../lines/fingerprint.ts";
import { type PathKind, pathKind } from "../../lines/line-kind.ts";
import { type OpenFileChange, byte, rawFile } from "./log-words.ts";
import { readMessage } from "./message.ts";

/**
 * The frame `LogParser` reads. A line that begins with 0x01 can only be a commit's head: every line of a patch begins
 * with a printable character. A message holds no NUL.
 */
export const logFormat = "--format=%x01%H %P%x00%at %ct%x00%an%x00%ae%x00%B%x00";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Commit = Mutable<Omit<CommitFact, "files">> & { files: FileChange[] };

/** A file of the raw part of which the patch may still tell the lines. */
interface Entry {
  readonly change: OpenFileChange;
  /** Sections of the patch that belong to it: a type change has two. */
  sections: number;
  readonly wanted: boolean;
}

/**
 * Turns the bytes of `git log --raw -p -U0` in `logFormat` into commits. Fed chunk by chunk; works on bytes, makes no
 * string of a line of code. A commit is given out once the next one begins, so that the last one of a broken output
 * is never taken for whole.
 */
export class LogParser {
  readonly #ownFilesOf: (commit: string) => ReadonlySet<string> | undefined;
  /** Each path once: the same file comes again and again. */
  readonly #paths = new Map<string, { readonly path: string; readonly kind: PathKind }>();
  readonly #pathOf = (text: string): string => this.#known(text).path;
  #held: Buffer[] = [];
  #commit: Commit | null = null;
  #ownFiles: ReadonlySet<string> | undefined;
  #entries: Entry[] = [];
  #next = 0;
  #entry: Entry | null = null;
  readonly #builder: LineDiffBuilder;
  /** The builder holds lines of the entry. */
  #building = false;
  #linesLeft = 0;
  #done: CommitFact[] = [];

  /** @param ownFilesOf of a merge: the only files whose lines are wanted; the diffs of the others stay empty */
  constructor(fingerprinter: Fingerprinter, ownFilesOf: (commit: string) => ReadonlySet<string> | undefined) {
    this.#builder = new LineDiffBuilder(fingerprinter, pathKind(""));
    this.#ownFilesOf = ownFilesOf;
  }

  /** @returns the commits that are known to be whole */
  push(chunk: Buffer): readonly CommitFact[] {
    let start = 0;
    while (this.#held.length > 0 && start < chunk.length) {
      const end = chunk.indexOf(byte.lineFeed, start) + 1;
      const isEnded = end > 0;
      this.#held.push(Buffer.from(chunk.subarray(start, isEnded ? end : chunk.length)));
      start = isEnded ? end : chunk.length;
      if (isEnded) this.#lines(Buffer.concat(this.#held.splice(0)));
    }
    if (start < chunk.length) this.#lines(start === 0 ? chunk : chunk.subarray(start));
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** @returns the last commit; only to be asked when git ended well */
  end(): readonly CommitFact[] {
    if (this.#held.length > 0) this.#lines(Buffer.concat([...this.#held.splice(0), Buffer.from("\n")]));
    this.#endCommit();
    return this.#done.splice(0);
  }

  /** Hash of the commit that is not known to be whole. */
  get unfinished(): string | null {
    return this.#commit?.hash ?? null;
  }

  #lines(bytes: Buffer): void {
    let start = 0;
    while (start < bytes.length) {
      if (this.#linesLeft > 0) {
        start = this.#patchLines(bytes, start);
        if (start < 0) return;
        continue;
      }
      const isHead = bytes[start] === byte.head;
      const end = isHead ? endOfHead(bytes, start) : bytes.indexOf(byte.lineFeed, start);
      if (end === -1) {
        this.#held.push(Buffer.from(bytes.subarray(start)));
        return;
      }
      if (isHead) this.#startCommit(bytes, start + 1);
      else if (end > start) this.#otherLine(bytes, start, end);
      start = end + 1;
    }
  }

  /** Reads the lines of a hunk that are there. @returns where the next line begins, -1 if the last one is not whole and was held */
  #patchLines(bytes: Buffer, start: number): number {
    const building = this.#building;
    while (this.#linesLeft > 0 && start < bytes.length) {
      const isLine = bytes[start] !== byte.backslash; // "\\ No newline at end of file"
      const taken = isLine && building;
      const end = taken ? this.#builder.line(bytes, start + 1) : bytes.indexOf(byte.lineFeed, start);
      if (end === bytes.length || end === -1) {
        if (taken) this.#builder.dropLine();
        this.#held.push(Buffer.from(bytes.subarray(start)));
        return -1;
      }
      if (isLine) this.#linesLeft--;
      start = end + 1;
    }
    return start;
  }

  #otherLine(bytes: Buffer, start: number, end: number): void {
    const first = bytes[start];
    if (first === byte.at) this.#hunk(bytes, start);
    else if (first === byte.colon && this.#next === 0) this.#raw(bytes, start, end);
    else if (first === byte.lowerD && startsWith(bytes, start, "diff --git ")) this.#section();
    else if (first === byte.capitalB && startsWith(bytes, start, "Binary files ") && this.#entry !== null)
      this.#entry.change.opaque = "binary";
  }

  /** @param start behind the head byte */
  #startCommit(bytes: Buffer, start: number): void {
    this.#endCommit();
    const idsEnd = bytes.indexOf(0, start);
    const timesEnd = bytes.indexOf(0, idsEnd + 1);
    const nameEnd = bytes.indexOf(0, timesEnd + 1);
    const emailEnd = bytes.indexOf(0, nameEnd + 1);
    const messageEnd = bytes.indexOf(0, emailEnd + 1);
    const ids = bytes.toString("latin1", start, idsEnd).trimEnd().split(" ");
    const times = bytes.toString("latin1", idsEnd + 1, timesEnd);
    const { trailers, squashOf, mergeOf, reverts, signs } = readMessage(bytes.toString("utf8", emailEnd + 1, messageEnd));
    const hash = ids[0] as string;
    this.#commit = {
      kind: "commit",
      hash,
      parents: ids.slice(1),
      authorName: bytes.toString("utf8", timesEnd + 1, nameEnd),
      authorEmail: bytes.toString("utf8", nameEnd + 1, emailEnd),
      authorAt: Number.parseInt(times, 10) * 1000,
      commitAt: Number.parseInt(times.slice(times.indexOf(" ") + 1), 10) * 1000,
      trailers,
      squashOf,
      mergeOf,
      reverts,
      signs,
      files: [],
    };
    this.#ownFiles = this.#ownFilesOf(hash);
  }

  #endCommit(): void {
    this.#endSection();
    if (this.#commit !== null) this.#done.push(this.#commit);
    this.#commit = null;
    this.#entries = [];
    this.#next = 0;
  }

  #raw(bytes: Buffer, start: number, end: number): void {
    const change = rawFile(bytes, start, end, this.#pathOf);
    const commit = this.#commit;
    if (commit === null || change === null) return;
    commit.files.push(change);
    const wanted = change.opaque !== "submodule" && (this.#ownFiles === undefined || this.#ownFiles.has(change.path));
    this.#entries.push({ change, sections: change.status === "type_changed" ? 2 : 1, wanted });
  }

  /** Sections come in the order of the raw part, one for each entry. */
  #section(): void {
    const same = this.#entry !== null && this.#entry.sections > 0;
    if (!same) {
      this.#endSection();
      this.#entry = this.#entries[this.#next++] ?? null;
    }
    if (this.#entry === null) return;
    this.#entry.sections--;
    this.#entry.change.opaque = this.#entry.change.opaque === "submodule" ? "submodule" : false; // the last section tells of the new side
  }

  #endSection(): void {
    if (this.#entry !== null && this.#building) this.#entry.change.diff = this.#builder.finish();
    this.#entry = null;
    this.#building = false;
    this.#linesLeft = 0;
  }

  /** `@@ -12,3 +14 @@ context` */
  #hunk(bytes: Buffer, start: number): void {
    const end = bytes.indexOf(byte.at, start + 3) - 1; // the blank before the closing "@@"
    const middle = bytes.indexOf(byte.plus, start + 4);
    const oldStart = decimal(bytes, start + 4);
    const newStart = decimal(bytes, middle + 1);
    const oldLines = countBehind(bytes, start + 4, middle);
    const newLines = countBehind(bytes, middle + 1, end);
    this.#linesLeft = oldLines + newLines;
    if (this.#entry === null || !this.#entry.wanted) return;
    if (!this.#building) this.#builder.restart(this.#known(this.#entry.change.path).kind);
    this.#building = true;
    this.#builder.hunk(oldStart, oldLines, newStart, newLines);
  }

  #known(text: string): { readonly path: string; readonly kind: PathKind } {
    let known = this.#paths.get(text);
    if (known === undefined) this.#paths.set(text, (known = { path: text, kind: pathKind(text) }));
    return known;
  }
}

/** The line feed behind the fifth NUL, -1 while it is not there yet. */
function endOfHead(bytes: Buffer, start: number): number {
  let end = start;
  for (let field = 0; field < 5; field++) {
    end = bytes.indexOf(0, end + 1);
    if (end === -1) return -1;
  }
  return end + 1 < bytes.length ? end + 1 : -1;
}

function startsWith(bytes: Buffer, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

function decimal(bytes: Buffer, start: number): number {
  let value = 0;
  for (let i = start; (bytes[i] as number) >= 48 && (bytes[i] as number) <= 57; i++) value = value * 10 + (bytes[i] as number) - 48;
  return value;
}

/** The count of a range `12,3`, 1 where there is none. */
function countBehind(bytes: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) if (bytes[i] === byte.comma) return decimal(bytes, i + 1);
  return 1;
}
