import { createHash } from "node:crypto";
import type { ArtefactGroup, Life, WriteArtefacts } from "../attribution/model.ts";
import type { LineDiff } from "../lines/line-diff.ts";

/** What a session wrote in one call to one path, with what became of it; as it is kept for later derivations. */
export interface Written {
  readonly session: string;
  /** As the log has it; empty for lines that evidence alone gives to a call. */
  readonly loggedPath: string;
  readonly instant: number;
  /** Of an opaque write 0 where a call names the path, null where it is put down to the last call before the commit. */
  readonly turn: number | null;
  /** Of operation and changed lines; null for opaque writes, whose lines a commit tells (grade C). */
  readonly digest: string | null;
  readonly changedLines: number;
  /** For each line the index of its group where a commit has it, else -1. */
  readonly places: Int32Array | null;
  /** Instant of the first commit that has any of its lines. */
  readonly reachedAt: number | null;
  readonly artefacts: WriteArtefacts;
}

/** Equal for writes that do the same. */
export function digestOf({ operation, diff: { hunks, lines } }: { readonly operation: string; readonly diff: LineDiff }): string {
  const hash = createHash("sha1").update(operation);
  for (const column of [hunks, lines.folded, lines.bare, lines.exact, lines.sketch, lines.kind])
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  return hash.digest("base64url");
}

/** Names of changes, which stand while their places in a repository's list move. */
export interface ChangeNames {
  keyOf(repository: number, change: number): string;
  indexOf(repository: number, key: string): number | null;
}

/** What a repository gives to all lines in it. */
export type Surroundings = Pick<ArtefactGroup, "horizon" | "landingIsRelease">;

type KeptGroup = Omit<ArtefactGroup, "repository" | "horizon" | "landingIsRelease" | "change" | "life"> & {
  readonly change: string | null;
};

/** One letter a field: there are many groups, and what is null is left out. */
const groupLetters = {
  commit: "c",
  grade: "g",
  side: "s",
  lineKind: "k",
  authorKind: "a",
  unlinkedReason: "u",
  lines: "n",
  weightTenths: "w",
  change: "r",
} as const satisfies Readonly<Record<keyof KeptGroup, string>>;

const lifeLetters = {
  writtenAt: "W",
  committedAt: "C",
  landedAt: "L",
  releasedAt: "R",
  diedAt: "D",
  death: "H",
  deathCommit: "K",
  supersededAt: "S",
  undoneAt: "U",
  lastActiveAt: "A",
  repair: "F",
  answersAt: "V",
} as const satisfies Readonly<Record<keyof Life, string>>;

type Letters = Record<string, unknown>;

const groupNames = Object.entries(groupLetters);
const lifeNames = Object.entries(lifeLetters);

function shorten(fields: object, names: readonly (readonly [string, string])[], into: Letters): void {
  for (const [name, letter] of names) {
    const value = (fields as Letters)[name];
    if (value !== null && value !== undefined) into[letter] = value;
  }
}

function lengthen(short: Letters, names: readonly (readonly [string, string])[]): Letters {
  const fields: Letters = {};
  for (const [name, letter] of names) fields[name] = short[letter] ?? null;
  return fields;
}

/**
 * Groups and drafts as JSON, without what moves while they stand: the horizon, the numbers of changes, and until when the
 * session was active.
 */
export function artefactsText({ repository, groups, drafts }: WriteArtefacts, changes: Pick<ChangeNames, "keyOf">): string {
  const keep = (group: ArtefactGroup): Letters => {
    const short: Letters = {};
    shorten(group, groupNames, short);
    shorten(group.life, lifeNames, short);
    if (group.change !== null && repository !== null) short[groupLetters.change] = changes.keyOf(repository, group.change);
    if (isOpen(group)) delete short[lifeLetters.lastActiveAt];
    return short;
  };
  return JSON.stringify([groups.map(keep), drafts.map(keep)]);
}

/** Lines no commit has are as alive as their session. */
const isOpen = ({ commit }: { readonly commit: string | null }): boolean => commit === null;

/** Reads what `artefactsText` made. @param lastActive newest instant of the session */
export function parseArtefacts(
  text: string,
  repository: number | null,
  surroundings: Surroundings,
  changes: Pick<ChangeNames, "indexOf">,
  lastActive: number,
): Pick<WriteArtefacts, "groups" | "drafts"> {
  const [groups, drafts] = JSON.parse(text) as [Letters[], Letters[]]; // our own
  const restore = (short: Letters): ArtefactGroup => {
    const group = lengthen(short, groupNames) as unknown as KeptGroup;
    const life = lengthen(short, lifeNames) as unknown as Life;
    return {
      ...group,
      repository,
      ...surroundings,
      change: group.change === null || repository === null ? null : changes.indexOf(repository, group.change),
      life: isOpen(group) ? { ...life, lastActiveAt: Math.max(life.writtenAt, lastActive) } : life,
    };
  };
  return { groups: groups.map(restore), drafts: drafts.map(restore) };
}

/** Runs of equal places: index, length. */
export function packPlaces(places: Int32Array): Uint8Array {
  const runs: number[] = [];
  for (const place of places) {
    if (runs.length > 0 && runs.at(-2) === place) runs[runs.length - 1]!++;
    else runs.push(place, 1);
  }
  return new Uint8Array(Int32Array.from(runs).buffer);
}

export function unpackPlaces(bytes: Uint8Array): Int32Array {
  const runs = new Int32Array(new Uint8Array(bytes).buffer);
  const places: number[] = [];
  for (let r = 0; r < runs.length; r += 2) for (let i = 0; i < (runs[r + 1] as number); i++) places.push(runs[r] as number);
  return Int32Array.from(places);
}

/** The commits a session printed, or its telemetry told, sorted. */
export function mentionsOf(
  session: string,
  mentions: readonly { session: string; hash: string; instant: number; telemetry: boolean }[],
): string[] {
  return mentions
    .filter((mention) => mention.session === session)
    .map(({ hash, instant, telemetry }) => `${instant} ${hash}${telemetry ? " telemetry" : ""}`)
    .sort();
}
