import { defaultLinkOptions } from "../attribution/link.ts";
import type { SessionPaths } from "../attribution/locate.ts";
import type { ArtefactGroup } from "../attribution/model.ts";
import type { KeptPath, KeptRepository, KeptSession, KeptWrite } from "../store/derived-kept.ts";
import type { FoundWrite, Located, SessionPlace } from "./locate-writes.ts";
import { sessionRepository } from "./locate-writes.ts";
import { type ChangeNames, type Surroundings, type Written, digestOf, parseArtefacts, unpackPlaces } from "./written.ts";

export const writeKey = (write: { readonly callKey: string; readonly loggedPath: string }): string =>
  `${write.callKey}\u0000${write.loggedPath}`;

/** Whether a write is the one that was derived from, so that its links stand. */
export function isSameWrite(write: FoundWrite, kept: KeptWrite | undefined): boolean {
  return (
    kept !== undefined &&
    kept.session === write.session &&
    kept.path === write.path &&
    kept.instant === write.instant &&
    kept.quality === write.quality &&
    kept.digest === digestOf(write)
  );
}

/** How the writes of some sessions into a repository differ from what was derived from. */
export interface WriteChanges {
  /** Instants of writes that came, went or changed. */
  readonly instants: readonly number[];
  /** Paths whose drafts may have changed with them: their own, and those of the same turns, whose moves may have. */
  readonly paths: ReadonlySet<string>;
  /** Turns with such writes, as `turnKey` names them. */
  readonly turns: ReadonlySet<string>;
  /** Texts they hold, as drafts tell them apart; null where a write went, of which no lines are left to tell. */
  readonly texts: ReadonlySet<number> | null;
}

export const turnKey = ({ session, turn }: { readonly session: string; readonly turn: number | null }): string => `${session}\u0000${turn}`;

export function compareWrites(found: readonly FoundWrite[], kept: readonly KeptWrite[]): WriteChanges {
  const before = new Map(kept.map((write) => [writeKey(write), write]));
  const instants: number[] = [];
  const paths = new Set<string>();
  const turns = new Set<string>();
  const texts = new Set<number>();
  let gone = false;
  for (const write of found) {
    const known = before.get(writeKey(write));
    before.delete(writeKey(write));
    const same = isSameWrite(write, known);
    if (same && known?.turn === write.turn) continue;
    turns.add(turnKey(write));
    if (known) turns.add(turnKey(known));
    if (known?.path) paths.add(known.path);
    paths.add(write.path);
    for (const text of write.diff.lines.bare) texts.add(text);
    if (same) continue;
    instants.push(write.instant, ...(known ? [known.instant] : []));
    gone ||= known !== undefined;
  }
  for (const write of before.values()) {
    instants.push(write.instant);
    turns.add(turnKey(write));
    if (write.path !== null) paths.add(write.path);
    gone = true;
  }
  for (const write of [...found, ...kept]) if (write.path !== null && turns.has(turnKey(write))) paths.add(write.path);
  return { instants, paths, turns, texts: gone ? null : texts };
}

/** Whether a write's lines may stand otherwise for the changes of others: they share a text, or a turn. */
export function hangsOn(write: FoundWrite, { paths, turns, texts }: WriteChanges): boolean {
  if (!paths.has(write.path)) return false;
  return texts === null || turns.has(turnKey(write)) || write.diff.lines.bare.some((text) => texts.has(text));
}

/** A printed hash names commits of up to an hour before. */
const printedAfterMs = 3_600_000;

/**
 * Whether writes, or hashes that were printed, of some instants may have to do with a commit that is known: a write is in
 * none that is older than it (RULINGS 17), and never was.
 */
export function mayTouchCommits(writes: readonly number[], mentions: readonly number[], newestCommitAt: number | null): boolean {
  if (newestCommitAt === null) return false;
  return (
    writes.some((instant) => instant <= newestCommitAt + defaultLinkOptions.skewMs) ||
    mentions.some((instant) => instant <= newestCommitAt + printedAfterMs)
  );
}

/** What the sessions that are not looked at wrote, for the locator. */
export function otherPaths(sessions: readonly KeptSession[], paths: readonly KeptPath[], without: ReadonlySet<string>): SessionPaths[] {
  const own = pathsBySession(paths);
  return sessions
    .filter(({ session }) => !without.has(session))
    .map(({ session, folders, keptIn }) => ({
      session,
      folders,
      repository: keptIn,
      paths: (own.get(session) ?? []).map(({ loggedPath }) => loggedPath),
    }));
}

/** Sessions whose writes, or themselves, are found in another place than before now that more paths are known. */
export function movedSessions(
  sessions: readonly KeptSession[],
  paths: readonly KeptPath[],
  without: ReadonlySet<string>,
  { locator }: Pick<Located, "locator">,
): string[] {
  const own = pathsBySession(paths);
  return sessions
    .filter(({ session }) => !without.has(session))
    .filter(({ session, keptIn, folders, repository }) => {
      const votes = new Map<number, number>();
      const moved = (own.get(session) ?? []).some((path) => {
        if (path.repository !== null) votes.set(path.repository, (votes.get(path.repository) ?? 0) + path.changedLines);
        const place = locator.locate(path.loggedPath, keptIn);
        return (place?.repository ?? null) !== path.repository || (place?.path ?? null) !== path.path;
      });
      return moved || sessionRepository({ keptIn, folders } satisfies SessionPlace, votes, locator) !== repository;
    })
    .map(({ session }) => session);
}

function pathsBySession(paths: readonly KeptPath[]): ReadonlyMap<string, readonly KeptPath[]> {
  const own = new Map<string, KeptPath[]>();
  for (const path of paths) {
    const list = own.get(path.session);
    if (list) list.push(path);
    else own.set(path.session, [path]);
  }
  return own;
}

/** What repositories that are not linked again give to the lines in them, and how their changes are called. */
export class KeptRepositories implements Pick<ChangeNames, "indexOf"> {
  readonly #byId: ReadonlyMap<number, KeptRepository>;
  readonly #indexes: ReadonlyMap<number, ReadonlyMap<string, number>>;

  constructor(repositories: readonly KeptRepository[]) {
    this.#byId = new Map(repositories.map((repository) => [repository.id, repository]));
    this.#indexes = new Map(repositories.map(({ id, changes }) => [id, new Map(changes.map(({ key }, index) => [key, index]))]));
  }

  indexOf(repository: number, key: string): number | null {
    return this.#indexes.get(repository)?.get(key) ?? null;
  }

  keyOf(repository: number, change: number): string {
    const key = this.#byId.get(repository)?.changes[change]?.key;
    if (key === undefined) throw new Error(`repository ${repository} has no change ${change}`);
    return key;
  }

  surroundings(repository: number): Surroundings & Pick<ArtefactGroup, "repository"> {
    const kept = this.#byId.get(repository);
    return { repository, horizon: kept?.horizon ?? null, landingIsRelease: kept?.landingIsRelease ?? false };
  }

  isOpaque(repository: number, path: string): boolean {
    return this.#byId.get(repository)?.opaquePaths.has(path) ?? false;
  }

  /** What was derived of a write, as it stands today. @param lastActive newest instant of its session */
  written(kept: KeptWrite, turn: number | null, lastActive: number): Written {
    const { session, callKey, loggedPath, instant, quality, digest, changedLines, repository, path, places, reachedAt, artefacts } = kept;
    const surroundings = repository === null ? { horizon: null, landingIsRelease: false } : this.surroundings(repository);
    const { horizon, landingIsRelease } = surroundings;
    return {
      session,
      loggedPath,
      instant,
      turn,
      digest,
      changedLines,
      places: places === null ? null : unpackPlaces(places),
      reachedAt,
      artefacts: {
        callKey,
        path: path ?? loggedPath,
        quality: quality as Written["artefacts"]["quality"], // as `derivedRows` wrote it
        repository,
        insideRepository: path !== null,
        ...parseArtefacts(artefacts, repository, { horizon, landingIsRelease }, this, lastActive),
      },
    };
  }
}
