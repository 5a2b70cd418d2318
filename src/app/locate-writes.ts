import type { TurnWrite } from "../attribution/lives.ts";
import { type KnownRepository, PathLocator, type SessionPaths } from "../attribution/locate.ts";
import type { Usage } from "../attribution/model.ts";
import { turnAt } from "../attribution/segments.ts";
import { lineCount } from "../lines/line-diff.ts";
import type { StoredRepository, StoredSession, StoredWrite } from "../store/fact-reader.ts";
import type { SessionFactsAndWrites } from "./compute-session-facts.ts";
import { type Written, digestOf } from "./written.ts";

/** A write in its repository, with the path its log gave it. */
export interface FoundWrite extends TurnWrite {
  readonly loggedPath: string;
  readonly operation: string;
}

/** Where a session ran. */
export interface SessionPlace {
  /** The repository whose checkpoints hold it. */
  readonly keptIn: number | null;
  /** Sorted; with them the repository its telemetry names (`toldFolder`). */
  readonly folders: readonly string[];
}

export interface Located {
  /** By repository, in the order of the facts. */
  readonly writes: ReadonlyMap<number, readonly FoundWrite[]>;
  /** Writes outside every known repository. */
  readonly outside: readonly Written[];
  readonly repositoryOf: ReadonlyMap<string, number>;
  readonly places: ReadonlyMap<string, SessionPlace>;
  readonly locator: PathLocator;
}

export interface LocateInput {
  readonly sessions: readonly StoredSession[];
  readonly facts: SessionFactsAndWrites;
  readonly usages: readonly Usage[];
  readonly known: readonly KnownRepository[];
  /** Repository of the checkpoint branch that holds a session. */
  readonly keptIn: ReadonlyMap<string, number>;
  /** What all other sessions of the store wrote and where: checkouts are found by the paths of all. */
  readonly others: readonly SessionPaths[];
}

/** A repository as a locator knows it. @param paths every path its history ever had */
export function knownRepository({ id, aliases }: StoredRepository, paths: ReadonlySet<string>): KnownRepository {
  const folders = aliases.filter((alias) => alias.kind === "folder").map((alias) => alias.value);
  const told = aliases.filter((alias) => alias.kind === "remote").map((alias) => toldFolder(alias.value));
  return { id, folders: [...folders, ...told], paths };
}

/**
 * Stands among the folders for a repository that is told by its address. No log has a folder of that kind, and all of this
 * kind come after all others, so that where a session really ran is asked first.
 */
const toldFolder = (address: string): string => `~repository:${address.toLowerCase()}`;

/** Which write went into which repository, and where each session ran. */
export function locateWrites({ sessions, facts, usages, known, keptIn, others }: LocateInput): Located {
  const places = placesOf(sessions, usages, keptIn);
  const paths = new Map<string, string[]>();
  for (const { session, path } of facts.writes) pushTo(paths, session, path);
  const own = sessions.map(({ session }): SessionPaths => {
    const { folders, keptIn: repository } = places.get(session) as SessionPlace;
    return { session, paths: paths.get(session) ?? [], folders, repository };
  });
  const locator = new PathLocator(known, [...own, ...others]);
  const writes = new Map<number, FoundWrite[]>();
  const outside: Written[] = [];
  const votes = new Map<string, Map<number, number>>();
  for (const write of facts.writes) {
    const place = locator.locate(write.path, keptIn.get(write.session) ?? null);
    if (!place) {
      outside.push(outsideWrite(write));
      continue;
    }
    const { session, callKey, instant, diff, quality, operation, path: loggedPath } = write;
    const turn = turnAt(facts.turns.get(session) ?? [], instant);
    pushTo(writes, place.repository, { session, callKey, instant, path: place.path, operation, diff, quality, turn, loggedPath });
    const vote = votes.get(session) ?? new Map<number, number>();
    vote.set(place.repository, (vote.get(place.repository) ?? 0) + lineCount(diff));
    votes.set(session, vote);
  }
  const repositoryOf = new Map<string, number>();
  for (const { session } of sessions) {
    const repository = sessionRepository(places.get(session) as SessionPlace, votes.get(session) ?? new Map(), locator);
    if (repository !== null) repositoryOf.set(session, repository);
  }
  return { writes, outside, repositoryOf, places, locator };
}

/** The repository that holds a session, else the one it changed most lines in, else the one it ran in, else the one its telemetry names. */
export function sessionRepository(
  { keptIn, folders }: SessionPlace,
  changedLines: ReadonlyMap<number, number>,
  locator: PathLocator,
): number | null {
  const [voted] = [...changedLines].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const ran = folders.map((folder) => locator.repositoryOf(folder)).find((id) => id !== null);
  return keptIn ?? voted?.[0] ?? ran ?? null;
}

function placesOf(
  sessions: readonly StoredSession[],
  usages: readonly Usage[],
  keptIn: ReadonlyMap<string, number>,
): ReadonlyMap<string, SessionPlace> {
  const folders = new Map<string, Set<string>>(sessions.map(({ session }) => [session, new Set()]));
  for (const { session, cwd } of [...sessions, ...usages]) if (cwd !== null) folders.get(session)?.add(cwd);
  for (const { session, labels } of sessions) {
    const address = labels.get("repository");
    if (address !== undefined) folders.get(session)?.add(toldFolder(address));
  }
  return new Map([...folders].map(([session, own]) => [session, { keptIn: keptIn.get(session) ?? null, folders: [...own].sort() }]));
}

function outsideWrite(write: StoredWrite): Written {
  const { session, callKey, path, quality, instant, diff } = write;
  const artefacts = { callKey, path, quality, repository: null, insideRepository: false, groups: [], drafts: [] };
  return {
    session,
    loggedPath: path,
    instant,
    turn: null,
    digest: digestOf(write),
    changedLines: lineCount(diff),
    places: null,
    reachedAt: null,
    artefacts,
  };
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
