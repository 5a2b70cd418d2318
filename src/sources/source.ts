/**
 * The contract of every place tokens are read from. A source maps raw records to raw facts: it knows no price, no
 * database and no time zone but UTC. `testkit.ts` holds every registered source to it.
 */
import type { TokenFact } from "../contract/facts.ts";
import type { Problem } from "../contract/problem.ts";
import type { Fingerprinter } from "../lines/fingerprint.ts";

/** What a source may look at. Handed down from main.ts; nothing below reads env, argv, clock or home. */
export interface SourceEnv {
  /** Home folder to search, null for none (`--no-home`). */
  readonly home: string | null;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Git directories of the repositories that are known to this run. */
  readonly gitDirs: readonly string[];
  readonly fingerprinter: Fingerprinter;
  /** Folder in which a server keeps what it was sent until it is read; absent where none is. */
  readonly inbox?: string;
}

/** Enough to skip an unchanged input or to resume a grown one; compared as a whole by `sameState`. */
export interface SourceState {
  readonly size: number;
  readonly mtimeMs: number;
  /** Device and inode for files, object id for git objects. */
  readonly identity: string;
}

/** Where reading ended. Opaque to everybody but the source that made it. JSON. */
export interface Checkpoint {
  readonly state: SourceState;
  /** Offset past the last whole record. */
  readonly offset: number;
  /** Fingerprint of up to 4 kB before `offset`: a changed past means reading anew. */
  readonly tail: string;
}

export type Item =
  | { readonly kind: "fact"; readonly fact: TokenFact }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint };

export interface Found {
  /** Path or `gitDir:path`, unique within the source. */
  readonly key: string;
  readonly state: SourceState;
  /** Yields batches; a batch may end anywhere. The last item of a whole read is a checkpoint. */
  read(from: Checkpoint | null): AsyncIterable<readonly Item[]>;
  /** Lets go of an input that is read and committed. Only sources whose inputs are there to be read once have it. */
  readonly release?: () => Promise<void>;
}

export interface Source {
  /** Stable, stored with every row: `claude-code`, `checkpoints`. */
  readonly id: string;
  readonly title: string;
  /** Whether its inputs lie inside git repositories (`env.gitDirs`), not under the home folder: it is read after these are known. */
  readonly inRepositories: boolean;
  /** Its inputs are there to be read once, and gone afterwards. */
  readonly isInbox?: boolean;
  /** Cheap; opens no large file. Problems (no permission, absent blob) come as items. */
  discover(env: SourceEnv): AsyncIterable<Found | { readonly problem: Problem }>;
}
