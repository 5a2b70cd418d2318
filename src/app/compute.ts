import { allocate } from "../attribution/allocation.ts";
import { type LocatedWrite, type LinkResult, linkWrites } from "../attribution/link.ts";
import { LineEnds, type RepositoryOutcomes, type TurnWrite, artefactsOf, landingIsRelease } from "../attribution/lives.ts";
import { defaultLinkOptions } from "../attribution/link.ts";
import { linkNotedLines } from "../attribution/noted-links.ts";
import { type NotedLines, noteLines } from "../attribution/noted-lines.ts";
import { type KnownRepository, PathLocator } from "../attribution/locate.ts";
import type { Segment, SessionInput, Usage, WriteArtefacts } from "../attribution/model.ts";
import { turnAt } from "../attribution/segments.ts";
import { joinSightings } from "../attribution/usages.ts";
import type { CommitFact, RefFact } from "../contract/facts.ts";
import type { Problem } from "../contract/problem.ts";
import type { Call } from "../contract/stored.ts";
import { lineCount } from "../lines/line-diff.ts";
import { findChanges } from "../outcomes/git/changes.ts";
import { chooseDefaultBranch } from "../outcomes/git/default-branch.ts";
import { LineHistory } from "../outcomes/git/line-history.ts";
import { findReleases } from "../outcomes/git/releases.ts";
import type { PriceBook } from "../prices/price-book.ts";
import { priceUsage } from "../prices/price-usage.ts";
import {
  type StoredCheckpoint,
  type StoredCommitMention,
  type StoredNote,
  type StoredRepository,
  type StoredSession,
  compare,
  readCalls,
  readCheckpoints,
  readCommitMentions,
  readNotes,
  readRepositories,
  readSessions,
  readSightings,
  readStoredCommits,
  readTurns,
  readWrites,
} from "../store/fact-reader.ts";
import type { FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import { topologicalOrder } from "./commit-order.ts";
import { type SessionFacts, ownedFacts } from "./compute-session-facts.ts";
import { countUnseenSessions, namedSessions } from "./evidence.ts";
import { noteProblems } from "./note-problems.ts";
import { sessionsOfClaims } from "./noted-sessions.ts";

/** A repository with everything that is derived from its commits. */
export interface ComputedRepository extends RepositoryOutcomes {
  readonly stored: StoredRepository;
  readonly defaultBranch: { readonly name: string; readonly reason: string } | null;
  readonly landingIsRelease: boolean;
  readonly linked: LinkResult;
  /** Lines whose author notes name; null where the repository has none. */
  readonly noted: NotedLines | null;
  readonly ends: LineEnds;
}

/** Everything derived, in memory, before it becomes rows. */
export interface Computed {
  readonly usages: readonly (Usage & { readonly listNanoUsd: bigint | null; readonly priceGap: string | null })[];
  readonly sessions: readonly (StoredSession & { readonly repository: number | null })[];
  readonly facts: SessionFacts;
  readonly segments: readonly Segment[];
  readonly repositories: readonly ComputedRepository[];
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly problems: readonly Problem[];
  readonly ignoreTrailers: boolean;
}

/** The facts of a store in memory, joined as far as telling them twice goes. */
export interface LoadedFacts {
  readonly sessions: readonly StoredSession[];
  readonly usages: readonly Usage[];
  readonly facts: SessionFacts;
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly mentions: readonly StoredCommitMention[];
  readonly repositories: readonly {
    readonly stored: StoredRepository;
    readonly commits: readonly CommitFact[];
    readonly notes: readonly StoredNote[];
  }[];
  readonly problems: readonly Problem[];
}

/** Loads what `compute` needs; the store may be closed then. */
export async function loadFacts(store: FactStore, progress: Progress): Promise<LoadedFacts> {
  progress("joining sightings");
  const sessions = await readSessions(store);
  const firstRecord = new Map(sessions.map(({ agent, session, firstAt }) => [`${agent}\u0000${session}`, firstAt]));
  const { usages, problems } = joinSightings(await readSightings(store), (agent, session) => firstRecord.get(`${agent}\u0000${session}`));
  const facts = ownedFacts(await readCalls(store), await readWrites(store), await readTurns(store), usages);
  const { repositories, idOf } = await readRepositories(store);
  const loaded = [];
  for (const stored of repositories) {
    const ids = [...idOf].filter(([, id]) => id === stored.id).map(([id]) => id);
    loaded.push({ stored, commits: topologicalOrder(await readStoredCommits(store, ids)), notes: await readNotes(store, ids) });
  }
  const checkpoints = (await readCheckpoints(store)).map((checkpoint) => ({
    ...checkpoint,
    repository: idOf.get(checkpoint.repository) ?? checkpoint.repository,
  }));
  return { sessions, usages, facts, checkpoints, mentions: await readCommitMentions(store), repositories: loaded, problems };
}

export interface ComputeOptions {
  readonly ignoreTrailers: boolean;
  /** By repository name, where the repository itself does not tell. */
  readonly defaultBranches: Readonly<Record<string, string>>;
}

/**
 * Facts in, everything derived out: usages, line histories, links, lives, segments and strands. Pure: the same facts give
 * the same result, in whatever order and parts they came.
 */
export function compute(loaded: LoadedFacts, book: PriceBook, options: ComputeOptions, progress: Progress): Computed {
  const { sessions: storedSessions, facts, checkpoints, mentions } = loaded;
  const usages = loaded.usages.map((usage) => {
    const price = priceUsage(usage, book);
    return {
      ...usage,
      listNanoUsd: price.kind === "priced" ? price.nanoUsd : null,
      priceGap: price.kind === "priced" ? null : price.reason,
    };
  });
  const outcomes = loaded.repositories.map(({ stored, commits, notes }) => {
    progress(`line history of ${repositoryName(stored)}`);
    return { ...outcomesOf(stored, commits, options.defaultBranches), notes };
  });

  progress("finding the lines of writes in commits");
  const located = locateWrites(
    storedSessions,
    facts,
    usages,
    outcomes,
    new Map(checkpoints.map((checkpoint) => [checkpoint.session, checkpoint.repository])),
  );
  const artefacts = new Map<string, WriteArtefacts[]>();
  const addArtefact = (session: string, artefact: WriteArtefacts): void => {
    const list = artefacts.get(session);
    if (list) list.push(artefact);
    else artefacts.set(session, [artefact]);
  };
  const lastActive = new Map(storedSessions.map((session) => [session.session, session.lastAt]));
  const sessionOf = sessionsOfClaims(storedSessions);
  const isKnown = (session: string): boolean => lastActive.has(session);
  const problems: Problem[] = [];
  const repositories = outcomes.map(({ notes, ...repository }): ComputedRepository => {
    const writes = located.writes.get(repository.repository) ?? [];
    const own = checkpoints.filter((checkpoint) => checkpoint.repository === repository.repository);
    const { history } = repository;
    const byContent = linkWrites(history, writes, namedSessions(history, mentions, own, options.ignoreTrailers, isKnown));
    const noted = noteLines(history, notes, sessionOf);
    const { linked, contradicted } = linkNotedLines(byContent, noted, history, writes, defaultLinkOptions.skewMs);
    const name = repositoryName(repository.stored);
    if (noted !== null) problems.push(...noteProblems(name, noted, contradicted));
    if (!options.ignoreTrailers) problems.push(...unseenSessions(name, countUnseenSessions(history, isKnown)));
    const ends = new LineEnds(repository);
    for (const { write, artefacts: artefact } of artefactsOf(repository, writes, linked, ends, lastActive, callBefore(facts)))
      addArtefact(write.session, artefact);
    return { ...repository, landingIsRelease: landingIsRelease(repository), linked, noted, ends };
  });
  for (const { session, artefact } of located.outside) addArtefact(session, artefact);

  progress("following the money");
  const segments = allocateSessions(usages, storedSessions, facts, artefacts, located.repositoryOf);
  return {
    usages,
    sessions: storedSessions.map((session) => ({ ...session, repository: located.repositoryOf.get(session.session) ?? null })),
    facts,
    segments,
    repositories,
    checkpoints,
    problems: [...loaded.problems, ...unpricedModels(usages), ...problems],
    ignoreTrailers: options.ignoreTrailers,
  };
}

function unseenSessions(where: string, count: number): Problem[] {
  if (count === 0) return [];
  return [
    {
      code: "session_trailer_unseen",
      severity: "notice",
      source: "git",
      locator: where,
      message: "commits whose trailer names a session that was not imported; its tokens are not counted",
      hint: "Import from the machine the session ran on.",
      count,
    },
  ];
}

export function repositoryName({ aliases, id }: StoredRepository): string {
  const value = (kind: string): string | undefined => aliases.find((alias) => alias.kind === kind)?.value;
  return (
    value("remote") ??
    value("folder")
      ?.replace(/\/(\.git)?$/, "")
      .split("/")
      .slice(-2)
      .join("/") ??
    `repository ${id}`
  );
}

/** Everything that follows from the commits and refs of one repository. */
export function outcomesOf(
  stored: StoredRepository,
  commits: readonly CommitFact[],
  configured: Readonly<Record<string, string>>,
): RepositoryOutcomes & Pick<ComputedRepository, "stored" | "defaultBranch"> {
  const refs = stored.clones.flatMap((clone) => clone.refs.map((ref): RefFact => ({ kind: "ref", ...ref })));
  const told = (name: "originHead" | "head"): string | null =>
    stored.clones.map((clone) => clone.states[name]).find((value) => value) ?? null;
  const hints = { configured: configured[repositoryName(stored)] ?? null, originHead: told("originHead"), head: told("head") };
  const defaultBranch = chooseDefaultBranch(hints, refs, commits);
  const history = new LineHistory(commits, defaultBranch?.commit ?? null);
  for (const commit of commits) history.apply(commit);
  const result = history.finish();
  const releases = findReleases(commits, refs);
  return { repository: stored.id, stored, history: result, changes: findChanges(commits, refs, result.tip), releases, defaultBranch };
}

/** The last call of a session before an instant that can have changed files, else its last call at all. */
function callBefore(facts: SessionFacts): (session: string, instant: number) => string | null {
  const changes = new Set<Call["activity"]>(["edit", "shell", "delegate", "build"]);
  return (session, instant) => {
    let last: Call | null = null;
    let lastChanging: Call | null = null;
    for (const call of facts.calls.get(session) ?? []) {
      if (call.instant > instant) break;
      last = call;
      if (changes.has(call.activity)) lastChanging = call;
    }
    return (lastChanging ?? last)?.callKey ?? null;
  };
}

interface Located {
  /** By repository, in the order of the facts. */
  readonly writes: ReadonlyMap<number, readonly TurnWrite[]>;
  /** Writes outside every known repository. */
  readonly outside: readonly { session: string; artefact: WriteArtefacts }[];
  readonly repositoryOf: ReadonlyMap<string, number>;
}

/** Which write went into which repository, and where each session ran. */
export function locateWrites(
  sessions: readonly StoredSession[],
  facts: SessionFacts,
  usages: readonly Usage[],
  outcomes: readonly (RepositoryOutcomes & { stored: StoredRepository })[],
  checkpointRepository: ReadonlyMap<string, number>,
): Located {
  const known: KnownRepository[] = outcomes.map(({ repository, stored, history }) => ({
    id: repository,
    folders: stored.aliases.filter((alias) => alias.kind === "folder").map((alias) => alias.value),
    paths: new Set(
      history.commits.flatMap((commit) =>
        commit.files.flatMap((file) => (file.oldPath === null ? [file.path] : [file.path, file.oldPath])),
      ),
    ),
  }));
  const folders = new Map<string, Set<string>>();
  const addFolder = (session: string, folder: string | null): void => {
    if (folder === null) return;
    const set = folders.get(session);
    if (set) set.add(folder);
    else folders.set(session, new Set([folder]));
  };
  for (const { session, cwd } of sessions) addFolder(session, cwd);
  for (const { session, cwd } of usages) addFolder(session, cwd);
  const paths = new Map<string, string[]>();
  for (const { session, path } of facts.writes) {
    const list = paths.get(session);
    if (list) list.push(path);
    else paths.set(session, [path]);
  }
  const locator = new PathLocator(
    known,
    sessions.map(({ session }) => ({
      session,
      paths: paths.get(session) ?? [],
      folders: [...(folders.get(session) ?? [])],
      repository: checkpointRepository.get(session) ?? null,
    })),
  );

  const writes = new Map<number, TurnWrite[]>();
  const outside: { session: string; artefact: WriteArtefacts }[] = [];
  const votes = new Map<string, Map<number, number>>();
  for (const write of facts.writes) {
    const place = locator.locate(write.path, checkpointRepository.get(write.session) ?? null);
    if (!place) {
      outside.push({ session: write.session, artefact: outsideArtefact(write.callKey, write.path, write.quality) });
      continue;
    }
    const located: TurnWrite & LocatedWrite = {
      session: write.session,
      callKey: write.callKey,
      instant: write.instant,
      path: place.path,
      diff: write.diff,
      quality: write.quality,
      turn: turnAt(facts.turns.get(write.session) ?? [], write.instant),
    };
    const list = writes.get(place.repository);
    if (list) list.push(located);
    else writes.set(place.repository, [located]);
    const vote = votes.get(write.session) ?? new Map<number, number>();
    vote.set(place.repository, (vote.get(place.repository) ?? 0) + lineCount(write.diff));
    votes.set(write.session, vote);
  }
  const repositoryOf = new Map<string, number>();
  for (const { session } of sessions) {
    const [voted] = [...(votes.get(session) ?? [])].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const ran = [...(folders.get(session) ?? [])]
      .sort()
      .map((folder) => locator.repositoryOf(folder))
      .find((id) => id !== null);
    const repository = checkpointRepository.get(session) ?? voted?.[0] ?? ran ?? null;
    if (repository !== null) repositoryOf.set(session, repository);
  }
  return { writes, outside, repositoryOf };
}

function outsideArtefact(callKey: string, path: string, quality: WriteArtefacts["quality"]): WriteArtefacts {
  return { callKey, path, quality, repository: null, insideRepository: false, groups: [], drafts: [] };
}

function allocateSessions(
  usages: Computed["usages"],
  sessions: readonly StoredSession[],
  facts: SessionFacts,
  artefacts: ReadonlyMap<string, readonly WriteArtefacts[]>,
  repositoryOf: ReadonlyMap<string, number>,
): Segment[] {
  const usagesOf = new Map<string, Computed["usages"][number][]>();
  for (const usage of usages) {
    const list = usagesOf.get(usage.session);
    if (list) list.push(usage);
    else usagesOf.set(usage.session, [usage]);
  }
  const agentOf = new Map(sessions.map(({ session, agent }) => [session, agent]));
  return [...usagesOf.keys()].sort(compare).flatMap((session) => {
    const own = usagesOf.get(session) as Computed["usages"][number][];
    const input: SessionInput = {
      agent: agentOf.get(session) ?? (own[0] as Usage).agent,
      session,
      repository: repositoryOf.get(session) ?? null,
      repositorySeen: repositoryOf.has(session),
      turns: facts.turns.get(session) ?? [],
      usages: own,
      calls: facts.calls.get(session) ?? [],
      writes: artefacts.get(session) ?? [],
    };
    return allocate(input, { rule: "lines", flows: true });
  });
}

/** A model without a price is a gap in every total of dollars: said once for each model and reason (RULINGS 31). */
function unpricedModels(usages: Computed["usages"]): Problem[] {
  const gaps = new Map<string, { model: string; reason: string; count: number }>();
  for (const { model, priceGap } of usages) {
    if (priceGap === null) continue;
    const gap = gaps.get(`${model} ${priceGap}`);
    if (gap) gap.count++;
    else gaps.set(`${model} ${priceGap}`, { model, reason: priceGap, count: 1 });
  }
  return [...gaps.values()]
    .sort((a, b) => compare(a.model, b.model) || compare(a.reason, b.reason))
    .map(({ model, reason, count }) => ({
      code: reason,
      severity: "notice",
      source: "prices",
      locator: model,
      message: "responses have no known price: their tokens are counted, their dollars are in no total",
      hint: `Add a price for ${model} under prices: in assay.yaml.`,
      count,
    }));
}
