/** Reads the tree of a checkpoint branch and the small files in it. */
import type { CheckpointFact } from "../../contract/facts.ts";
import type { TreeEntry } from "../../git/refs.ts";

/** One session under one checkpoint: `<xx>/<rest>/<n>/`, in older layouts `<xx>/<rest>/` itself, in the newest `<YZ>/<id>/<n>/`. */
export interface CheckpointEntry {
  readonly folder: string;
  /** Twelve hex digits; in the newest layout 26 letters and digits. */
  readonly checkpoint: string;
  readonly metadata: TreeEntry | null;
  /** The transcript in its parts, in order; large ones are cut at 50 MB. Empty if the entry has none. */
  readonly transcript: readonly TreeEntry[];
}

export interface CheckpointListing {
  readonly entries: readonly CheckpointEntry[];
  /** Files that are no part of a checkpoint. */
  readonly foreign: number;
}

const inCheckpoint = /^(?:([0-9a-f]{2})\/([0-9a-f]{10})|[0-9A-Z]{2}\/([0-9A-Z]{26}))\/(?:(\d+)\/)?([^/]+)$/;
const transcriptName = /^(full\.jsonl|raw_transcript)(?:\.(\d+))?$/;
/** Written beside the transcript and not read: the compact `transcript.jsonl` tells the same session in fewer words. */
const companions = new Set([
  "prompt.txt",
  "context.md",
  "content_hash.txt",
  "transcript.jsonl",
  "transcript_hash.txt",
  "raw_transcript_hash.txt",
]);
/** Names a generation of transcripts of v2: bookkeeping of its own. */
const generationFile = "generation.json";

/** Sorts the files of a checkpoint tree into entries, by folder. */
export function listEntries(files: readonly TreeEntry[]): CheckpointListing {
  const entries = new Map<string, { checkpoint: string; numbered: boolean; metadata: TreeEntry | null; transcript: Part[] }>();
  let foreign = 0;
  for (const file of files) {
    const match = inCheckpoint.exec(file.path);
    if (match === null) {
      if (file.path !== generationFile && !/^\w{2}\/\w{10,26}\/(?:\d+\/)?tasks\//.test(file.path)) foreign++;
      continue;
    }
    const [, shard = "", rest = "", id, number, name = ""] = match;
    const folder = file.path.slice(0, -name.length - 1);
    const entry = entries.get(folder) ?? { checkpoint: id ?? shard + rest, numbered: number !== undefined, metadata: null, transcript: [] };
    const part = transcriptName.exec(name);
    if (name === "metadata.json") entry.metadata = file;
    else if (part !== null) entry.transcript.push({ layout: part[1] as Part["layout"], part: Number(part[2] ?? 0), file });
    else if (!companions.has(name)) foreign++;
    entries.set(folder, entry);
  }
  const withNumbers = new Set([...entries].flatMap(([folder, entry]) => (entry.numbered ? [folder.replace(/\/\d+$/, "")] : [])));
  const listed = [...entries].flatMap(([folder, { checkpoint, metadata, transcript }]): CheckpointEntry[] => {
    // The metadata above numbered folders sums them up and names no session.
    if (withNumbers.has(folder) && transcript.length === 0) return [];
    const parts = oneTelling(transcript);
    return metadata === null && parts.length === 0 ? [] : [{ folder, checkpoint, metadata, transcript: parts }];
  });
  return { entries: listed, foreign };
}

interface Part {
  readonly layout: "full.jsonl" | "raw_transcript";
  readonly part: number;
  readonly file: TreeEntry;
}

/**
 * The transcript of an entry that v1 and v2 both hold: they tell the same session, so only one is read. That is v1's, unless
 * this copy lacks a part of it and has v2's whole.
 */
function oneTelling(parts: readonly Part[]): TreeEntry[] {
  const of = (layout: Part["layout"]): TreeEntry[] =>
    parts
      .filter((one) => one.layout === layout)
      .sort((a, b) => a.part - b.part)
      .map(({ file }) => file);
  const [first, second] = [of("full.jsonl"), of("raw_transcript")];
  const isWhole = (files: readonly TreeEntry[]): boolean => files.length > 0 && files.every(({ size }) => size !== null);
  return isWhole(first) || !isWhole(second) ? (first.length > 0 ? first : second) : second;
}

export interface CheckpointMetadata {
  readonly listedId: string;
  /** `listedId` without the date that old versions put before it. */
  readonly session: string;
  readonly agent: string | null;
  readonly branch: string | null;
  readonly createdAt: number | null;
  readonly filesTouched: readonly string[];
}

/** @returns null if it is no metadata of a session */
export function parseMetadata(content: Buffer): CheckpointMetadata | null {
  let value: unknown;
  try {
    value = JSON.parse(content.toString("utf8"));
  } catch {
    return null; // the caller counts it
  }
  if (typeof value !== "object" || value === null) return null;
  const { session_id: id, agent, branch, created_at: createdAt, files_touched: files } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || id === "") return null;
  const instant = typeof createdAt === "string" ? Date.parse(createdAt) : Number.NaN;
  return {
    listedId: id,
    session: id.replace(/^\d{4}-\d{2}-\d{2}-(?=.)/, ""),
    agent: typeof agent === "string" ? agent : null,
    branch: typeof branch === "string" && branch !== "" ? branch : null,
    createdAt: Number.isNaN(instant) ? null : instant,
    filesTouched: Array.isArray(files) ? files.filter((file) => typeof file === "string") : [],
  };
}

const agentsByTitle: Readonly<Record<string, string>> = {
  "Claude Code": "claude-code",
  "Gemini CLI": "gemini-cli",
  Codex: "codex",
  "Codex CLI": "codex",
  OpenCode: "opencode",
  Cursor: "cursor",
  "Copilot CLI": "copilot-cli",
  "GitHub Copilot": "copilot-cli",
  Pi: "pi",
  "Factory AI Droid": "droid",
};

/** Agent of an entry: by what its transcript looks like where there is one, else by the metadata's word, null for "Agent" and nothing. */
export function agentOf(format: string | null, title: string | null): string | null {
  if (format !== null && format !== "unknown" && format !== "empty") return format;
  return title !== null && Object.hasOwn(agentsByTitle, title) ? (agentsByTitle[title] ?? null) : null;
}

/** What became of an entry's transcript. */
export type TranscriptState = CheckpointFact["transcript"];
