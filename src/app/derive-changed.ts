import { Drafts } from "../attribution/drafts.ts";
import type { KnownRepository } from "../attribution/locate.ts";
import { Moves } from "../attribution/moves.ts";
import { reviewInstants } from "../attribution/reviews-given.ts";
import { OpenLines, openStateOf, regroup } from "../attribution/write-groups.ts";
import { lineCount } from "../lines/line-diff.ts";
import type { PriceBook } from "../prices/price-book.ts";
import type { Changed } from "../store/changed.ts";
import {
  type KeptSession,
  type KeptPath,
  type KeptWrite,
  readFreeIds,
  readKeptPaths,
  readKeptRepositories,
  readKeptSessions,
  readLinkedSessions,
  readSessionsIn,
  readWritesOfSessions,
} from "../store/derived-kept.ts";
import type { Replaced } from "../store/derived-store.ts";
import type { Database } from "../store/duckdb/database.ts";
import {
  type StoredRepository,
  compare,
  familyOf,
  namedSessionsOf,
  readKnownPaths,
  readRepositories,
  readSessionNames,
  readWrites,
  sharesId,
} from "../store/fact-reader.ts";
import { readForgeHistory } from "../store/forge-reader.ts";
import type { FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import {
  type ComputeOptions,
  type Computed,
  type ComputedRepository,
  type LinkEvidence,
  type LoadedFacts,
  type PlacedSession,
  allocateSessions,
  artefactsBySession,
  keptIn,
  linkEvidence,
  linkRepository,
  loadFacts,
  outcomesOf,
  placeSession,
  priceUsages,
  repositoryName,
  reviewsByRepository,
} from "./compute.ts";
import { contextCostsOf } from "./context-costs.ts";
import { type StandingIds, changeKey } from "./row-ids.ts";
import {
  KeptRepositories,
  type WriteChanges,
  compareWrites,
  hangsOn,
  isSameWrite,
  mayTouchCommits,
  movedSessions,
  otherPaths,
  turnKey,
  writeKey,
} from "./kept.ts";
import { type FoundWrite, type Located, knownRepository, locateWrites } from "./locate-writes.ts";
import { Witnesses } from "./witnesses.ts";
import { type ChangeNames, type Written, artefactsText, digestOf, mentionsOf, unpackPlaces } from "./written.ts";

/** Derived rows to be put in the place of others. */
export interface Rederived {
  readonly computed: Computed;
  readonly replaced: Replaced;
  readonly standing: StandingIds;
  readonly changes: Pick<ChangeNames, "keyOf">;
}

export interface RederiveInput {
  readonly store: FactStore;
  /** The derived tables as they stand, on facts before the change. */
  readonly derived: Database;
  readonly changed: Changed;
  readonly book: PriceBook;
  readonly options: ComputeOptions;
  readonly progress: Progress;
  /** Called between the steps of linking a repository again, which leave much behind. */
  releaseMemory(): void;
}

/** What was found to hang on what changed, beside what was looked at so far: sessions by key. */
interface More {
  readonly sessions: readonly string[];
  readonly repositories: readonly number[];
}

/**
 * Derives anew what may have changed: sessions that facts were told of, with those that told of the same responses and calls;
 * repositories with new commits, refs or checkpoints, or with writes that may be in a commit they already had; sessions
 * whose lines end otherwise for it. What that leads to is looked at until nothing more is found, so that the result is
 * what a whole derivation would give.
 * @returns null where everything may have changed
 */
export async function rederive(input: RederiveInput): Promise<Rederived | null> {
  const { store, derived, changed } = input;
  if (changed.identity) return null;
  const { repositories, idOf } = await readRepositories(store);
  const keptRepositories = await readKeptRepositories(derived);
  if (repositories.length !== keptRepositories.length) return null;
  const kept: Kept = { sessions: await readKeptSessions(derived), paths: await readKeptPaths(derived), repositories: keptRepositories };
  const known = await readKnown(store, repositories, idOf);
  const relinked = new Set([...changed.repositories].map((id) => idOf.get(id) ?? id));
  for (const repository of await namedAnew(store, kept.sessions, known)) relinked.add(repository);
  let core = await familyOf(store, changed.sessions);
  for (;;) {
    const attempt = await new Attempt(input, kept, known, core, relinked).derive();
    if (attempt === null || !("more" in attempt)) return attempt;
    core = await familyOf(store, [...core, ...attempt.more.sessions.map((session) => store.dictionary.id(session))]);
    for (const repository of attempt.more.repositories) relinked.add(repository);
  }
}

/**
 * Sessions beyond which linking a repository again is worth less than it costs where it is most of the store. Measured with 274
 * sessions in one repository: 11.0 CPU seconds against 11.6, but 490 MB at once against 398.
 */
const manySessions = 100;

interface Kept {
  readonly sessions: readonly KeptSession[];
  readonly paths: readonly KeptPath[];
  readonly repositories: Awaited<ReturnType<typeof readKeptRepositories>>;
}

/** A repository as the facts have it. */
interface Known {
  readonly stored: StoredRepository;
  readonly locator: KnownRepository;
  /** Ids the facts have for it. */
  readonly ids: readonly number[];
  readonly newestCommitAt: number | null;
}

async function readKnown(
  store: FactStore,
  repositories: readonly StoredRepository[],
  idOf: ReadonlyMap<number, number>,
): Promise<ReadonlyMap<number, Known>> {
  const known = new Map<number, Known>();
  for (const stored of repositories) {
    const ids = [...idOf].filter(([, id]) => id === stored.id).map(([id]) => id);
    const { paths, newestCommitAt } = await readKnownPaths(store, ids);
    known.set(stored.id, { stored, ids, newestCommitAt, locator: knownRepository(stored, paths) });
  }
  return known;
}

/** Repositories whose notes or trailers name a session that was not known, or may mean it now and meant another before. */
async function namedAnew(store: FactStore, kept: readonly KeptSession[], known: ReadonlyMap<number, Known>): Promise<number[]> {
  const before = new Set(kept.map(({ agent, session }) => `${agent} ${session}`));
  const fresh = (await readSessionNames(store)).filter(({ agent, session }) => !before.has(`${agent} ${session}`));
  if (fresh.length === 0) return [];
  const repositories: number[] = [];
  for (const [repository, { ids }] of known) if ((await new Witnesses(fresh).namedIn(store, ids)).length > 0) repositories.push(repository);
  return repositories;
}

/** One look at some sessions and repositories. */
class Attempt {
  readonly #input: RederiveInput;
  readonly #kept: Kept;
  readonly #known: ReadonlyMap<number, Known>;
  readonly #core: ReadonlySet<number>;
  readonly #relinked: ReadonlySet<number>;
  readonly #standing: KeptRepositories;

  constructor(
    input: RederiveInput,
    kept: Kept,
    known: ReadonlyMap<number, Known>,
    core: ReadonlySet<number>,
    relinked: ReadonlySet<number>,
  ) {
    this.#input = input;
    this.#kept = kept;
    this.#known = known;
    this.#core = core;
    this.#relinked = relinked;
    this.#standing = new KeptRepositories(kept.repositories.filter(({ id }) => !relinked.has(id)));
  }

  /** @returns null where so much has to be looked at that a whole derivation costs as little, and holds less at once */
  async derive(): Promise<Rederived | { readonly more: More } | null> {
    const { store, book, options, progress, releaseMemory } = this.#input;
    const scope = await this.#scope();
    if (this.#relinked.size > 0 && scope.size > manySessions && scope.size * 2 > this.#kept.sessions.length) return null;
    const loaded = await loadFacts(store, progress, { sessions: scope, repositories: this.#relinked });
    const usages = priceUsages(loaded.usages, book);
    const inScope = new Set(loaded.sessions.map(({ session }) => session));
    const { sessions, paths } = this.#kept;
    const located = locateWrites({
      ...loaded,
      usages,
      known: [...this.#known.values()].map(({ locator }) => locator),
      keptIn: keptIn(loaded.checkpoints),
      others: otherPaths(sessions, paths, inScope),
    });
    const evidence = linkEvidence(loaded, options);
    const before = await readWritesOfSessions(
      this.#input.derived,
      sessions.filter(({ session }) => inScope.has(session)).map(({ id }) => id),
    );
    const moved = movedSessions(sessions, paths, inScope, located);
    const touched = await this.#touched(loaded, located, before, evidence);
    if (moved.length > 0 || touched.length > 0) return { more: { sessions: moved, repositories: touched } };

    const standing = await this.#keepLinks(located, before, inScope, evidence);
    if ("more" in standing) return standing;
    if (this.#relinked.size > 0) releaseMemory();
    const repositories = loaded.repositories.map(({ stored, commits, room, notes, forge, overrules }) => {
      progress(`linking ${repositoryName(stored)}`);
      const outcomes = outcomesOf(stored, commits, options, { forge, incidents: loaded.incidents, overrules });
      const linked = linkRepository(outcomes, located.writes.get(stored.id) ?? [], notes, evidence);
      room.forgetFingerprints();
      return linked;
    });
    if (this.#relinked.size > 0) releaseMemory();
    const written = [...repositories.flatMap((repository) => repository.written), ...standing.written, ...located.outside];
    const changes = changeNames(repositories, this.#standing);
    progress("following the money");
    const placed = loaded.sessions.map((session) => placeSession(session, located));
    const coreKeys = new Set([...this.#core].map((id) => store.dictionary.text(id)));
    const differing = differingSessions(placed, written, sessions, before, changes);
    const reviews = reviewsByRepository(repositories);
    // Reviews may have come that a session of the repository gave: its turns are shared out otherwise then.
    const mayReview = ({ session, repository }: PlacedSession): boolean =>
      repository !== null && this.#relinked.has(repository) && reviewCalls(loaded, session).length > 0;
    const rewritten = placed.filter((one) => coreKeys.has(one.session) || differing.has(one.session) || mayReview(one));
    await this.#addStandingReviews(reviews, rewritten, loaded);
    const keys = new Set(rewritten.map(({ session }) => session));
    const own = <T extends { readonly session: string }>(rows: readonly T[]): T[] => rows.filter(({ session }) => keys.has(session));
    return {
      computed: {
        usages: own(usages),
        sessions: rewritten,
        facts: loaded.facts,
        written: own(written),
        ...allocateSessions(own(usages), rewritten, loaded.facts, artefactsBySession(own(written)), reviews),
        contextCosts: () => contextCostsOf(own(usages), loaded.facts, loaded.resumed, book),
        repositories,
        checkpoints: loaded.checkpoints,
        mentions: loaded.mentions,
        problems: loaded.problems,
        ignoreTrailers: options.ignoreTrailers,
      },
      replaced: {
        sessions: sessions.filter(({ session }) => keys.has(session)).map(({ id }) => id),
        repositories: [...this.#relinked],
        problems: await this.#joiningProblems(scope),
      },
      standing: {
        sessions: new Map(sessions.map(({ session, id }) => [session, id])),
        changes: new Map(this.#kept.repositories.map(({ id, changes: own }) => [id, own.map((change) => change.id)])),
        free: await readFreeIds(this.#input.derived),
      },
      changes,
    };
  }

  /** Sessions to look at: those that changed, and all that have to do with a repository that is linked again. */
  async #scope(): Promise<ReadonlySet<number>> {
    const { store, derived } = this.#input;
    if (this.#relinked.size === 0) return this.#core;
    const inside = (await readSessionsIn(derived, this.#relinked)).map((session) => store.dictionary.id(session));
    const ids = [...this.#relinked].flatMap((repository) => this.#known.get(repository)?.ids ?? []);
    const witnessed = await new Witnesses(await readSessionNames(store)).namedIn(store, ids);
    const named = witnessed.map(({ session }) => store.dictionary.id(session));
    return await familyOf(store, [...this.#core, ...inside, ...named, ...(await namedSessionsOf(store, ids))]);
  }

  /** Repositories whose links may not stand: a write may be in a commit they have, or evidence names one anew. */
  async #touched(loaded: LoadedFacts, located: Located, before: readonly KeptWrite[], evidence: LinkEvidence): Promise<number[]> {
    const { derived } = this.#input;
    const keptOf = new Map(this.#kept.sessions.map((session) => [session.session, session]));
    const mentionInstants = loaded.sessions.flatMap(({ session }) => {
      const now = mentionsOf(session, loaded.mentions);
      const then = keptOf.get(session)?.mentions ?? [];
      const changed = [...now.filter((mention) => !then.includes(mention)), ...then.filter((mention) => !now.includes(mention))];
      return changed.map((mention) => Number(mention.split(" ")[0]));
    });
    const firstCalled = loaded.sessions
      .filter(({ session }) => (loaded.facts.calls.get(session)?.[0]?.instant ?? null) !== (keptOf.get(session)?.firstCallAt ?? null))
      .map(({ session }) => session);
    const touched: number[] = [];
    for (const [repository, { newestCommitAt }] of this.#known) {
      if (this.#relinked.has(repository)) continue;
      const own = before.filter((write) => write.repository === repository);
      const writes = compareWrites(
        located.writes.get(repository) ?? [],
        own.filter(({ digest }) => digest !== null),
      );
      const putDown = own.filter(({ digest, turn }) => digest === null && turn === null);
      if (
        mayTouchCommits(writes.instants, mentionInstants, newestCommitAt) ||
        putDown.some(({ session, instant, callKey }) => evidence.callBefore(session, instant) !== callKey) ||
        (firstCalled.length > 0 && (await this.#isNamed(repository, firstCalled, loaded, derived)))
      )
        touched.push(repository);
    }
    return touched;
  }

  /** Whether one of some sessions is linked to a commit, or may be by a checkpoint that lists it. */
  async #isNamed(repository: number, sessions: readonly string[], { checkpoints }: LoadedFacts, derived: Database): Promise<boolean> {
    const linked = await readLinkedSessions(derived, repository);
    const listed = new Set(checkpoints.filter((checkpoint) => checkpoint.repository === repository).map(({ session }) => session));
    return sessions.some((session) => linked.has(session) || listed.has(session));
  }

  /** What the writes into repositories whose links stand became: only lines without a commit may have changed. */
  async #keepLinks(
    located: Located,
    before: readonly KeptWrite[],
    inScope: ReadonlySet<string>,
    evidence: LinkEvidence,
  ): Promise<{ readonly written: readonly Written[] } | { readonly more: More }> {
    const written: Written[] = [];
    const more = new Set<string>();
    const keptOf = new Map(before.map((write) => [`${write.repository}\u0000${writeKey(write)}`, write]));
    for (const repository of this.#known.keys()) {
      if (this.#relinked.has(repository)) continue;
      const own = before.filter((write) => write.repository === repository);
      const found = located.writes.get(repository) ?? [];
      const changes = compareWrites(
        found,
        own.filter(({ digest }) => digest !== null),
      );
      for (const kept of own)
        if (kept.digest === null) written.push(this.#standing.written(kept, kept.turn, evidence.lastActive.get(kept.session) ?? 0));
      for (const write of found) {
        if (hangsOn(write, changes)) continue;
        const kept = keptOf.get(`${repository}\u0000${writeKey(write)}`) as KeptWrite;
        written.push(this.#standing.written(kept, write.turn, evidence.lastActive.get(write.session) ?? 0));
      }
      if (changes.paths.size === 0) continue;
      const regrouped = await this.#regroup(repository, changes, found, keptOf, inScope, evidence);
      written.push(...regrouped.written);
      for (const session of regrouped.others) more.add(session);
    }
    return more.size > 0 ? { more: { sessions: [...more], repositories: [] } } : { written };
  }

  /**
   * Looks anew at the drafts and moves of what hangs on some changes.
   * @returns writes of the sessions in scope, and other sessions whose lines stand otherwise now
   */
  async #regroup(
    repository: number,
    changes: WriteChanges,
    found: readonly FoundWrite[],
    keptOf: ReadonlyMap<string, KeptWrite>,
    inScope: ReadonlySet<string>,
    evidence: LinkEvidence,
  ): Promise<{ readonly written: readonly Written[]; readonly others: readonly string[] }> {
    const elsewhere = await this.#keptElsewhere(repository, changes.paths, inScope);
    const keptElsewhere = new Map(elsewhere.map((write) => [writeKey(write), write]));
    // All writes of the sessions in scope, and of other sessions those of the turns that wrote to these paths: moves are found in a turn.
    const writes = [...found, ...(await this.#readOthers(elsewhere))].sort(byFactOrder);
    const keptWrites = writes.map((write) => keptElsewhere.get(writeKey(write)) ?? keptOf.get(`${repository}\u0000${writeKey(write)}`));
    const places = writes.map((write, w) => {
      const kept = keptWrites[w];
      return kept?.places && isSameWrite(write, kept) ? unpackPlaces(kept.places) : new Int32Array(lineCount(write.diff)).fill(-1);
    });
    const drafts = new Drafts(writes, (w, place) => (places[w]?.[place] ?? -1) >= 0);
    const hanging = writes.map((write) => hangsOn(write, changes));
    const turns = new Set(writes.filter((_, w) => hanging[w]).map(turnKey));
    const turning = writes.filter((write) => turns.has(turnKey(write)));
    const moves = new Moves(turning);
    const placeIn = new Map(turning.map((write, w) => [write, w]));
    const isMoved = (write: FoundWrite, place: number): boolean => moves.isMoved(placeIn.get(write) as number, place);
    const lastActive = new Map([...this.#kept.sessions.map(({ session, lastAt }) => [session, lastAt] as const), ...evidence.lastActive]);
    const isOpaque = (path: string): boolean => this.#standing.isOpaque(repository, path);
    const open = new OpenLines({ ...this.#standing.surroundings(repository), lastActive, isOpaque });
    const written: Written[] = [];
    const others = new Set<string>();
    writes.forEach((write, w) => {
      if (!hanging[w]) return;
      const kept = keptWrites[w];
      const same = kept && isSameWrite(write, kept) ? kept : null;
      const reachedAt = same?.reachedAt ?? null;
      const groups = same ? this.#standing.written(same, write.turn, 0).artefacts.groups : [];
      const { places: now, ...artefacts } = regroup(
        write,
        { groups, places: places[w] as Int32Array },
        { open, stateOf: (place) => openStateOf(drafts, w, place, reachedAt), isMoved: (place) => isMoved(write, place) },
      );
      const { callKey, path, quality } = write;
      const whole = { callKey, path, quality, repository, insideRepository: true, ...artefacts };
      if (inScope.has(write.session)) written.push(writtenOf(write, now, reachedAt, whole));
      else if (artefactsText(whole, this.#standing) !== kept?.artefacts) others.add(write.session);
    });
    return { written, others: [...others] };
  }

  /** What sessions that are not looked at wrote to some paths, and in the same turns elsewhere in the repository. */
  async #keptElsewhere(repository: number, paths: ReadonlySet<string>, inScope: ReadonlySet<string>): Promise<KeptWrite[]> {
    const sessions = new Set(
      this.#kept.paths
        .filter((kept) => kept.repository === repository && kept.path !== null && paths.has(kept.path) && !inScope.has(kept.session))
        .map(({ session }) => session),
    );
    const ids = this.#kept.sessions.filter(({ session }) => sessions.has(session)).map(({ id }) => id);
    const own = (await readWritesOfSessions(this.#input.derived, ids)).filter(
      (write) => write.repository === repository && write.digest !== null,
    );
    const turns = new Set(own.filter(({ path }) => path !== null && paths.has(path)).map(turnKey));
    return own.filter((write) => turns.has(turnKey(write)));
  }

  /** Writes of sessions that are not looked at, with their lines. */
  async #readOthers(kept: readonly KeptWrite[]): Promise<FoundWrite[]> {
    if (kept.length === 0) return [];
    const { store } = this.#input;
    const sessions = new Set(kept.map(({ session }) => store.dictionary.id(session)));
    const wanted = new Map(kept.map((write) => [`${write.session}\u0000${writeKey(write)}`, write]));
    return (await readWrites(store, sessions)).flatMap(({ session, callKey, path: loggedPath, instant, quality, operation, diff }) => {
      const known = wanted.get(`${session}\u0000${writeKey({ callKey, loggedPath })}`);
      if (!known) return [];
      return [{ session, callKey, loggedPath, instant, quality, operation, diff, path: known.path as string, turn: known.turn as number }];
    });
  }

  /** What the forges tell of reviews in repositories that are not linked again, for sessions that may have given them. */
  async #addStandingReviews(reviews: Map<number, number[]>, sessions: readonly PlacedSession[], loaded: LoadedFacts): Promise<void> {
    const wanted = sessions.filter(({ session }) => reviewCalls(loaded, session).length > 0).map(({ repository }) => repository);
    for (const repository of new Set(wanted)) {
      if (repository === null || this.#relinked.has(repository)) continue;
      const forge = await this.#input.derived.all("SELECT forge FROM repository_d WHERE repository_id = $repository", { repository });
      const address = forge[0]?.["forge"] as string | null | undefined;
      const history = address ? await readForgeHistory(this.#input.store, address) : null;
      if (history !== null) reviews.set(repository, reviewInstants(history.changes));
    }
  }

  /** Locators of the problems of joining that speak of sessions looked at: these are found again, or are none any more. */
  async #joiningProblems(scope: ReadonlySet<number>): Promise<string[]> {
    const rows = await this.#input.derived.all("SELECT locator FROM problem_d WHERE code = 'response_id_not_unique'");
    const locators: string[] = [];
    for (const row of rows) {
      const locator = row["locator"] as string;
      const [, kind, id] = /^(message|request) id (.*)$/s.exec(locator) ?? [];
      if (id !== undefined && (await sharesId(this.#input.store, kind as "message" | "request", id, scope))) locators.push(locator);
    }
    return locators;
  }
}

const reviewCalls = ({ facts }: LoadedFacts, session: string) =>
  (facts.calls.get(session) ?? []).filter(({ activity }) => activity === "review");

const byFactOrder = (a: FoundWrite, b: FoundWrite): number =>
  a.instant - b.instant || compare(a.session, b.session) || compare(a.callKey, b.callKey) || compare(a.loggedPath, b.loggedPath);

function writtenOf(write: FoundWrite, places: Int32Array, reachedAt: number | null, artefacts: Written["artefacts"]): Written {
  const { session, loggedPath, instant, turn, diff } = write;
  return { session, loggedPath, instant, turn, digest: digestOf(write), changedLines: lineCount(diff), places, reachedAt, artefacts };
}

/** @param standing repositories that are not among the computed ones, null where there are none */
export function changeNames(
  repositories: readonly ComputedRepository[],
  standing: Pick<ChangeNames, "keyOf"> | null,
): Pick<ChangeNames, "keyOf"> {
  const linked = new Map(repositories.map(({ repository, changes }) => [repository, changes.changes]));
  return {
    keyOf(repository, index) {
      const change = linked.get(repository)?.[index];
      if (change) return changeKey(change);
      if (standing) return standing.keyOf(repository, index);
      throw new Error(`repository ${repository} has no change ${index}`);
    },
  };
}

/** Sessions whose writes became something else, or that are found elsewhere, than the derived tables have it. */
function differingSessions(
  sessions: Computed["sessions"],
  written: readonly Written[],
  kept: readonly KeptSession[],
  before: readonly KeptWrite[],
  changes: Pick<ChangeNames, "keyOf">,
): ReadonlySet<string> {
  const tellNow = tellBySession(
    written.map((write) => ({
      session: write.session,
      text: `${writeKey({ callKey: write.artefacts.callKey, loggedPath: write.loggedPath })} ${write.instant} ${write.turn} ${write.reachedAt} ${artefactsText(write.artefacts, changes)}`,
    })),
  );
  const tellBefore = tellBySession(
    before.map((write) => ({
      session: write.session,
      text: `${writeKey(write)} ${write.instant} ${write.turn} ${write.reachedAt} ${write.artefacts}`,
    })),
  );
  const keptOf = new Map(kept.map((session) => [session.session, session]));
  return new Set(
    sessions
      .filter(({ session, repository, keptIn: holder }) => {
        const known = keptOf.get(session);
        return (
          known?.repository !== repository || known.keptIn !== holder || (tellNow.get(session) ?? "") !== (tellBefore.get(session) ?? "")
        );
      })
      .map(({ session }) => session),
  );
}

function tellBySession(rows: readonly { readonly session: string; readonly text: string }[]): ReadonlyMap<string, string> {
  const own = new Map<string, string[]>();
  for (const { session, text } of rows) {
    const list = own.get(session);
    if (list) list.push(text);
    else own.set(session, [text]);
  }
  return new Map([...own].map(([session, texts]) => [session, texts.sort().join("\n")]));
}
