import type { Problem } from "../../contract/problem.ts";
import { CatFile } from "../../git/cat-file.ts";
import { GitError } from "../../git/git.ts";
import { type TreeEntry, readTree } from "../../git/refs.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import type { Checkpoint, Found, Item, Source, SourceEnv } from "../source.ts";
import { type CheckpointTree, type CheckpointTrees, findCheckpoints, sourceId } from "./discover.ts";
import { type TranscriptFormat, formatOf, formats } from "./formats.ts";
import { type CheckpointEntry, type CheckpointMetadata, type TranscriptState, agentOf, listEntries, parseMetadata } from "./parse.ts";

/** Transcripts that Entire keeps on a branch of the repository. README.md beside this file says how they are read. */
export const checkpoints = {
  id: sourceId,
  title: "Checkpoints in repositories",
  inRepositories: true,
  async *discover(env: SourceEnv) {
    for await (const found of findCheckpoints(env)) yield "problem" in found ? found : foundTrees(found, env.fingerprinter);
  },
} as const satisfies Source;

/**
 * The commits are the state: while the refs stand where they stood, nothing is read. The size is how many formats are known:
 * where an earlier version knew fewer, all is read anew.
 */
function foundTrees(trees: CheckpointTrees, fingerprinter: Fingerprinter): Found {
  const state = { size: formats.length, mtimeMs: 0, identity: trees.trees.map(textOf).join(" ") };
  return {
    key: `${trees.gitDir}:checkpoints`,
    state,
    async *read(from) {
      const reading = new CheckpointReading(trees, fingerprinter);
      yield* reading.read(from);
      yield [{ kind: "checkpoint", checkpoint: { state, offset: 0, tail: String(reading.absent) } }];
    },
  };
}

/** A tree as the state names it: its commit, and the folder it stands for behind a colon. */
const textOf = ({ commit, under }: CheckpointTree): string => (under === "" ? commit : `${commit}:${under}`);

function treeIn(text: string): CheckpointTree {
  const [commit = "", under = ""] = text.split(":");
  return { commit, under };
}

/** A transcript, told in one or more blobs, and who lists it. */
interface Transcript {
  readonly oids: readonly string[];
  readonly size: number;
  readonly session: string;
  readonly path: string;
}

type Listed = CheckpointEntry & { readonly about: CheckpointMetadata };

class CheckpointReading {
  /** Transcripts that this copy lacks. */
  absent = 0;
  readonly #trees: CheckpointTrees;
  readonly #fingerprinter: Fingerprinter;
  readonly #objects: CatFile;
  readonly #formats = new Map<string, TranscriptFormat>();
  /** Sessions that are listed by themselves and are a sub-agent of another, by whom their transcript tells of it. */
  readonly #startedBy = new Map<string, string>();

  constructor(trees: CheckpointTrees, fingerprinter: Fingerprinter) {
    this.#trees = trees;
    this.#fingerprinter = fingerprinter;
    this.#objects = new CatFile(trees.git);
  }

  async *read(from: Checkpoint | null): AsyncGenerator<readonly Item[]> {
    try {
      const now = await this.#list(this.#trees.trees);
      const before = from === null || from.state.size !== formats.length ? null : await this.#listBefore(from);
      const fresh = listEntries(now.filter((file) => before?.get(file.path) !== file.oid));
      const { entries, foreign } = before === null ? fresh : this.#completed(fresh.entries, now, fresh.foreign);
      const problems: Problem[] =
        foreign > 0
          ? [this.#problem("foreign_file", "notice", "files on the checkpoint branch that are no part of a checkpoint", foreign)]
          : [];
      const listed = await this.#withMetadata(entries, problems);
      yield problems.map((problem) => ({ kind: "problem", problem }));
      yield* this.#readTranscripts(transcriptsOf(listed, entries, new Set(before?.values())));
      yield this.#checkpointFacts(listed);
      yield this.#countProblems(entries).map((problem) => ({ kind: "problem", problem }));
    } finally {
      await this.#objects.close();
    }
  }

  async #list(trees: readonly CheckpointTree[]): Promise<TreeEntry[]> {
    const files = new Map<string, TreeEntry>();
    for (const { commit, under } of trees) {
      for (const file of await readTree(this.#trees.git, commit, { sizes: true })) {
        const path = under + file.path;
        if (!files.has(path)) files.set(path, { ...file, path });
      }
    }
    this.absent = [...files.values()].filter((file) => isTranscriptFile(file) && file.size === null).length;
    return [...files.values()];
  }

  /** path → oid as the last reading saw it; null if that cannot be known, or if blobs absent then are here now. */
  async #listBefore(from: Checkpoint): Promise<Map<string, string> | null> {
    try {
      const absent = this.absent;
      const files = await this.#list(from.state.identity.split(" ").map(treeIn));
      const stillAbsent = String(this.absent) === from.tail;
      this.absent = absent;
      return stillAbsent ? new Map(files.map((file) => [file.path, file.oid])) : null;
    } catch (error) {
      if (error instanceof GitError) return null; // the branch was rewritten and the old commit is gone
      throw error;
    }
  }

  /** Changed entries with all their files: a new transcript may stand beside old metadata. */
  #completed(
    changed: readonly CheckpointEntry[],
    now: readonly TreeEntry[],
    foreign: number,
  ): { entries: readonly CheckpointEntry[]; foreign: number } {
    const folders = new Set(changed.map((entry) => entry.folder));
    return { entries: listEntries(now).entries.filter((entry) => folders.has(entry.folder)), foreign };
  }

  async #withMetadata(entries: readonly CheckpointEntry[], problems: Problem[]): Promise<Listed[]> {
    const contents = await Promise.all(entries.map((entry) => (entry.metadata === null ? null : this.#objects.get(entry.metadata.oid))));
    const listed: Listed[] = [];
    let unreadable = 0;
    for (const [index, entry] of entries.entries()) {
      const content = contents[index] ?? null;
      const about = content === null ? null : parseMetadata(content);
      if (about === null) unreadable++;
      else listed.push({ ...entry, about });
    }
    if (unreadable > 0)
      problems.push(
        this.#problem(
          "checkpoint_without_session",
          "notice",
          "checkpoint entries whose metadata names no session; their transcripts are read all the same",
          unreadable,
        ),
      );
    return listed;
  }

  /**
   * Reads each transcript once. A session is stored again at each checkpoint, longer; where the shorter version is the
   * beginning of the longer one, only the rest is read (211 of 273 sessions measured), else all of it.
   */
  async *#readTranscripts(transcripts: readonly Transcript[]): AsyncGenerator<readonly Item[]> {
    let before: { readonly session: string; readonly content: Buffer; readonly resumeAt: number } | null = null;
    let next = this.#content(transcripts[0]);
    for (const [index, transcript] of transcripts.entries()) {
      const content = await next;
      next = this.#content(transcripts[index + 1]); // git unpacks it while this one is parsed
      if (content === null) continue;
      const format = formatOf(content);
      this.#formats.set(keyOf(transcript.oids), format);
      if (format.reader === null) continue;
      const known: number =
        before !== null && before.session === transcript.session && startsWith(content, before.content, before.resumeAt)
          ? before.resumeAt
          : 0;
      const input = {
        source: sourceId,
        locator: `${this.#trees.gitDir}:${transcript.path}`,
        session: transcript.session,
        complete: true,
        fingerprinter: this.#fingerprinter,
      };
      let resumeAt = known;
      for await (const batch of format.reader.parse((at) => [content.subarray(at)], known, input)) {
        resumeAt = batch.resumeAt;
        for (const item of batch.items) this.#noteStarter(transcript.session, item);
        yield batch.items;
      }
      before = { session: transcript.session, content, resumeAt };
    }
  }

  #noteStarter(listed: string, item: Item): void {
    if (item.kind !== "fact" || (item.fact.kind !== "sighting" && item.fact.kind !== "call")) return;
    if (item.fact.agentId === listed) this.#startedBy.set(listed, item.fact.session);
  }

  /** The parts of a transcript as one; null if any is absent, or there is none. */
  async #content(transcript: Transcript | undefined): Promise<Buffer | null> {
    if (transcript === undefined) return null;
    const parts = await Promise.all(transcript.oids.map((oid) => this.#objects.get(oid)));
    const present = parts.filter((part) => part !== null);
    if (present.length < parts.length) return null;
    return present.length === 1 ? (present[0] as Buffer) : Buffer.concat(present);
  }

  #checkpointFacts(listed: readonly Listed[]): readonly Item[] {
    return listed.map(({ folder, checkpoint, transcript, about }) => {
      const format = this.#formats.get(keyOf(transcript.map((file) => file.oid))) ?? null;
      return {
        kind: "fact",
        fact: {
          kind: "checkpoint",
          gitDir: this.#trees.gitDir,
          checkpoint,
          entry: folder,
          listedId: about.listedId,
          session: this.#startedBy.get(about.session) ?? about.session,
          agent: agentOf(format?.agent ?? null, about.agent),
          filesTouched: about.filesTouched,
          branch: about.branch,
          createdAt: about.createdAt,
          transcript: transcriptState(transcript, format),
          transcriptBytes: bytesOf(transcript),
        },
      };
    });
  }

  #countProblems(entries: readonly CheckpointEntry[]): Problem[] {
    const problems: Problem[] = [];
    const without = entries.filter((entry) => entry.transcript.length === 0).length;
    if (without > 0)
      problems.push(
        this.#problem(
          "checkpoint_without_transcript",
          "notice",
          "checkpoint entries without a transcript; their tokens are not known",
          without,
        ),
      );
    const absent = entries.filter((entry) => entry.transcript.some((file) => file.size === null)).length;
    if (absent > 0)
      problems.push(
        this.#problem(
          "absent_blob",
          "notice",
          "transcripts that this copy of the repository lacks; their tokens are not counted",
          absent,
          "import from a full clone to see them",
        ),
      );
    const unread = [...this.#formats.values()].filter(({ agent, reader }) => reader === null && agent !== "empty");
    for (const agent of new Set(unread.map((format) => format.agent))) {
      const count = entries.filter((entry) => this.#formats.get(keyOf(entry.transcript.map((file) => file.oid)))?.agent === agent).length;
      problems.push(this.#problem("format_not_supported", "notice", `transcripts in the format of ${agent}; not read yet`, count));
    }
    return problems;
  }

  #problem(code: string, severity: Problem["severity"], message: string, count: number, hint?: string): Problem {
    return {
      code,
      severity,
      source: sourceId,
      locator: `${this.#trees.gitDir}:checkpoints`,
      message,
      count,
      ...(hint === undefined ? {} : { hint }),
    };
  }
}

const isTranscriptFile = (file: TreeEntry): boolean => /\/(?:full\.jsonl|raw_transcript)(?:\.\d+)?$/.test(file.path);

const keyOf = (oids: readonly string[]): string => oids.join(" ");

/** Null where there is no transcript or a part of it is absent. */
function bytesOf(transcript: readonly TreeEntry[]): number | null {
  let bytes = 0;
  for (const { size } of transcript) {
    if (size === null) return null;
    bytes += size;
  }
  return transcript.length === 0 ? null : bytes;
}

function transcriptState(transcript: readonly TreeEntry[], format: TranscriptFormat | null): TranscriptState {
  if (transcript.length === 0) return "none";
  if (transcript.some((file) => file.size === null)) return "absent";
  if (transcript.every((file) => file.size === 0) || format?.agent === "empty") return "empty";
  return format === null || format.reader !== null ? "present" : "not_supported";
}

/** Present transcripts not yet read, equal ones once; a session's versions together, the shortest first. */
function transcriptsOf(listed: readonly Listed[], entries: readonly CheckpointEntry[], read: ReadonlySet<string>): Transcript[] {
  const sessions = new Map(listed.map((entry) => [entry.folder, entry.about.session]));
  const found = new Map<string, Transcript>();
  for (const { folder, transcript } of entries) {
    if (transcript.length === 0 || transcript.some((file) => file.size === null)) continue;
    const oids = transcript.map((file) => file.oid);
    const key = keyOf(oids);
    const size = transcript.reduce((sum, file) => sum + (file.size ?? 0), 0);
    if (size === 0 || found.has(key) || oids.every((oid) => read.has(oid))) continue;
    found.set(key, { oids, size, session: sessions.get(folder) ?? folder, path: transcript[0]?.path ?? folder });
  }
  return [...found.values()].sort((a, b) => (a.session < b.session ? -1 : a.session > b.session ? 1 : a.size - b.size));
}

const startsWith = (content: Buffer, beginning: Buffer, length: number): boolean =>
  length > 0 && content.length >= length && content.compare(beginning, 0, length, 0, length) === 0;
