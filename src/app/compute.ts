import { LineEnds } from "../attribution/line-ends.ts";
import { type LinkResult, defaultLinkOptions, linkWrites } from "../attribution/link.ts";
import { type LineAuthors, type RepositoryOutcomes, artefactsOf, authorsOf, landingIsRelease } from "../attribution/lives.ts";
import type { ContextCost } from "../attribution/context-cause.ts";
import type { SessionInput, Usage, WriteArtefacts } from "../attribution/model.ts";
import { type Repairs, findRepairs } from "../attribution/repairs.ts";
import { ReviewAnswers } from "../attribution/review-answers.ts";
import { reviewInstants } from "../attribution/reviews-given.ts";
import { linkNotedLines } from "../attribution/noted-links.ts";
import { type NotedAuthors, type NotedLines, noteLines, notedAuthors, notedKind } from "../attribution/noted-lines.ts";
import { type StartedAgent, startedAgents } from "../attribution/segments.ts";
import { type SpannedSegment, allocateWithSpan } from "../attribution/span.ts";
import { joinSightings } from "../attribution/usages.ts";
import type { CommitFact, RefFact } from "../contract/facts.ts";
import type { Problem } from "../contract/problem.ts";
import type { Call, Sighting } from "../contract/stored.ts";
import { DiffRoom } from "../lines/diff-room.ts";
import { lineCount } from "../lines/line-diff.ts";
import { findChanges } from "../outcomes/git/changes.ts";
import { chooseDefaultBranch } from "../outcomes/git/default-branch.ts";
import { LineHistory } from "../outcomes/git/line-history.ts";
import { findReleases } from "../outcomes/git/releases.ts";
import type { PriceBook } from "../prices/price-book.ts";
import { priceUsage } from "../prices/price-usage.ts";
import {
  type SessionScope,
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
  readSessionNames,
  readSessions,
  readSightings,
  readStoredCommits,
  readTurns,
  readWrites,
} from "../store/fact-reader.ts";
import type { FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import { topologicalOrder } from "./commit-order.ts";
import { type SessionFacts, type SessionFactsAndWrites, ownedFacts } from "./compute-session-facts.ts";
import { ForgeIssues } from "./forge-issues.ts";
import { type ForgeOutcomes, loadForge, toldChanges } from "./forge-outcomes.ts";
import { contextCostsOf, resumedSessions } from "./context-costs.ts";
import { namedSessions } from "./evidence.ts";
import { type ReleaseLadder, releaseLadder } from "./release-ladder.ts";
import { reviewProblems } from "./review-problems.ts";
import { type FoundWrite, type SessionPlace, knownRepository, locateWrites } from "./locate-writes.ts";
import { noteProblems, unseenSessionProblems } from "./note-problems.ts";
import { type ChangeClass, changeClasses } from "../attribution/change-class.ts";
import { type StoredOverrule, readOverrules } from "../store/overrules.ts";
import { incidentCommits } from "./incident-commits.ts";
import { readIncidents } from "../store/forge-reader.ts";
import type { Incident } from "../contract/forge-facts.ts";
import { type SessionName, sessionsOfClaims } from "./noted-sessions.ts";
import { type Written, digestOf } from "./written.ts";

/** A repository with everything that is derived from its commits. */
export interface ComputedRepository extends RepositoryOutcomes {
  readonly stored: StoredRepository;
  readonly defaultBranch: { readonly name: string; readonly reason: string } | null;
  readonly landingIsRelease: boolean;
  /** What releases its lines where landing does not. */
  readonly releaseRung: ReleaseLadder["rung"];
  /** Releases by tag. */
  readonly tagged: number;
  /** What its forge told; null where git alone tells. */
  readonly forge: ForgeOutcomes | null;
  readonly issues: ForgeIssues;
  /** Commits an incident names. */
  readonly incidentCommits: ReadonlySet<number>;
  /** What persons say its changes are, by key. */
  readonly overrules: ReadonlyMap<string, ChangeClass>;
  readonly linked: LinkResult;
  /** Lines whose author notes name; null where the repository has none. */
  readonly noted: NotedLines | null;
  readonly ends: LineEnds;
  /** By content and explicit evidence; what notes say beside it, null where there are none. */
  readonly authors: LineAuthors;
  readonly byNote: NotedAuthors | null;
  readonly repairs: Repairs;
  readonly written: readonly Written[];
  /** Of its notes and trailers. */
  readonly problems: readonly Problem[];
}

export type PricedUsage = Usage & {
  readonly listNanoUsd: bigint | null;
  readonly priceGap: string | null;
  /** What a million further output tokens would cost: the price of an estimate. Null where there is no price. */
  readonly outputNanoPerMillion: bigint | null;
};
export type PlacedSession = StoredSession & SessionPlace & { readonly repository: number | null };

/** What is derived, in memory, before it becomes rows: of a whole store, or of the sessions and repositories to be replaced. */
export interface Computed {
  readonly usages: readonly PricedUsage[];
  readonly sessions: readonly PlacedSession[];
  readonly facts: SessionFacts;
  readonly written: readonly Written[];
  readonly segments: readonly SpannedSegment[];
  readonly startedAgents: readonly StartedAgent[];
  /** Made while they are written: there are several for each usage. */
  readonly contextCosts: () => Iterable<ContextCost>;
  readonly repositories: readonly ComputedRepository[];
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly mentions: LoadedFacts["mentions"];
  /** Of joining; what has no price is found in the rows. */
  readonly problems: readonly Problem[];
  readonly ignoreTrailers: boolean;
}

/** The facts of a store in memory, joined as far as telling them twice goes. */
export interface LoadedFacts {
  readonly sessions: readonly StoredSession[];
  /** Of all sessions of the store, whatever was asked for: notes and trailers may name any. */
  readonly everySession: readonly SessionName[];
  readonly usages: readonly Usage[];
  readonly facts: SessionFactsAndWrites;
  /** Sessions that began with the conversation of another. */
  readonly resumed: ReadonlySet<string>;
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly mentions: readonly StoredCommitMention[];
  readonly repositories: readonly {
    readonly stored: StoredRepository;
    readonly commits: readonly CommitFact[];
    /** Holds what they changed; its fingerprints are forgotten once the lines are linked. */
    readonly room: Pick<DiffRoom, "forgetFingerprints">;
    readonly notes: readonly StoredNote[];
    readonly forge: ForgeOutcomes | null;
    readonly overrules: ReadonlyMap<string, ChangeClass>;
  }[];
  /** Of tools other than forges: of all repositories. */
  readonly incidents: readonly Incident[];
  readonly problems: readonly Problem[];
}

/** What to load; without it, all. */
export interface LoadScope {
  readonly sessions: SessionScope;
  /** Repositories whose commits are wanted. */
  readonly repositories: ReadonlySet<number>;
}

/** Loads what `compute` needs; the store may be closed then. */
export async function loadFacts(store: FactStore, progress: Progress, wanted: LoadScope | null = null): Promise<LoadedFacts> {
  progress("joining sightings");
  const scope = wanted?.sessions ?? null;
  const sessions = await readSessions(store, scope);
  const { usages, problems, resumed } = join(await readSightings(store, scope), sessions);
  const facts = ownedFacts(await readCalls(store, scope), await readWrites(store, scope), await readTurns(store, scope), usages);
  const { repositories, idOf } = await readRepositories(store);
  const said = await readOverrules(store.database);
  const loaded = [];
  for (const stored of repositories) {
    if (wanted !== null && !wanted.repositories.has(stored.id)) continue;
    const ids = [...idOf].filter(([, id]) => id === stored.id).map(([id]) => id);
    const room = new DiffRoom();
    const commits = topologicalOrder(await readStoredCommits(store, ids, room));
    const overrules = standingClasses(said.filter(({ repository }) => ids.includes(repository)));
    const forge = await loadForge(store, stored, commits);
    loaded.push({ stored, commits, room, overrules, notes: await readNotes(store, ids), forge });
  }
  const checkpoints = (await readCheckpoints(store)).map((checkpoint) => ({
    ...checkpoint,
    repository: idOf.get(checkpoint.repository) ?? checkpoint.repository,
  }));
  const everySession = await readSessionNames(store);
  return {
    sessions,
    everySession,
    usages,
    facts,
    resumed,
    checkpoints,
    mentions: await readCommitMentions(store),
    repositories: loaded,
    incidents: await readIncidents(store),
    problems,
  };
}

/** Apart from its caller, so that nothing holds the sightings afterwards. */
function join(sightings: readonly Sighting[], sessions: readonly StoredSession[]) {
  const firstRecord = new Map(sessions.map(({ agent, session, firstAt }) => [`${agent}\u0000${session}`, firstAt]));
  const joined = joinSightings(sightings, (agent, session) => firstRecord.get(`${agent}\u0000${session}`));
  return { ...joined, resumed: resumedSessions(sightings, joined.usages) };
}

export interface ComputeOptions {
  readonly ignoreTrailers: boolean;
  /** By repository name, where the repository itself does not tell. */
  readonly defaultBranches: Readonly<Record<string, string>>;
  /** What releases the lines of a repository of these names; null where nothing is said. */
  releasedBy(names: readonly string[]): RepositoryOutcomes["releasedBy"];
  /** Labels that make an issue an incident. */
  readonly incidentLabels: readonly string[];
}

/**
 * Facts in, everything derived out: usages, line histories, links, lives, segments and strands. Pure: the same facts give
 * the same result, in whatever order and parts they came.
 */
export function compute(loaded: LoadedFacts, book: PriceBook, options: ComputeOptions, progress: Progress): Computed {
  const { sessions, checkpoints, mentions, problems, resumed } = loaded;
  // Without the writes: what is derived is held until it is written, and their lines are not needed by then.
  const facts: SessionFacts = { calls: loaded.facts.calls, turns: loaded.facts.turns };
  const usages = priceUsages(loaded.usages, book);
  progress("finding the lines of writes in commits");
  const located = locateWrites({
    sessions,
    facts: loaded.facts,
    usages,
    known: loaded.repositories.map(({ stored, commits }) => knownRepository(stored, pathsOf(commits))),
    keptIn: keptIn(checkpoints),
    others: [],
  });
  const evidence = linkEvidence(loaded, options);
  const repositories = loaded.repositories.map(({ stored, commits, room, notes, forge, overrules }) => {
    progress(`following the lines of ${repositoryName(stored)}`);
    const linked = linkRepository(
      outcomesOf(stored, commits, options, { forge, incidents: loaded.incidents, overrules }),
      located.writes.get(stored.id) ?? [],
      notes,
      evidence,
    );
    room.forgetFingerprints();
    return linked;
  });
  const written = [...repositories.flatMap((repository) => repository.written), ...located.outside];
  progress("following the money");
  const placed = sessions.map((session) => placeSession(session, located));
  return {
    usages,
    sessions: placed,
    facts,
    written,
    ...allocateSessions(usages, placed, facts, artefactsBySession(written), reviewsByRepository(repositories)),
    contextCosts: () => contextCostsOf(usages, facts, resumed, book),
    repositories,
    checkpoints,
    mentions,
    problems,
    ignoreTrailers: options.ignoreTrailers,
  };
}

export function priceUsages(usages: readonly Usage[], book: PriceBook): PricedUsage[] {
  return usages.map((usage) => {
    const price = priceUsage(usage, book);
    const more = priceUsage({ ...usage, counts: { ...usage.counts, output: usage.counts.output + 1_000_000 } }, book);
    // The copied part comes last: V8 gives every object that is copied and then added to a hidden class of its own.
    return {
      outputNanoPerMillion: price.kind === "priced" && more.kind === "priced" ? more.nanoUsd - price.nanoUsd : null,
      listNanoUsd: price.kind === "priced" ? price.nanoUsd : null,
      priceGap: price.kind === "priced" ? null : price.reason,
      ...usage,
    };
  });
}

/** The repository whose checkpoint branch holds each session. */
export function keptIn(checkpoints: readonly StoredCheckpoint[]): ReadonlyMap<string, number> {
  return new Map(checkpoints.map((checkpoint) => [checkpoint.session, checkpoint.repository]));
}

export function placeSession(
  session: StoredSession,
  located: Pick<ReturnType<typeof locateWrites>, "places" | "repositoryOf">,
): PlacedSession {
  const place = located.places.get(session.session) as SessionPlace;
  return { repository: located.repositoryOf.get(session.session) ?? null, ...place, ...session };
}

/** Every path commits ever changed. */
export function pathsOf(commits: readonly CommitFact[]): Set<string> {
  const paths = new Set<string>();
  for (const { files } of commits) {
    for (const { path, oldPath } of files) {
      paths.add(path);
      if (oldPath !== null) paths.add(oldPath);
    }
  }
  return paths;
}

/** What linking needs beside commits and writes. */
export interface LinkEvidence extends Pick<LoadedFacts, "checkpoints" | "mentions">, Pick<ComputeOptions, "ignoreTrailers"> {
  /** Newest instant of each session. */
  readonly lastActive: ReadonlyMap<string, number>;
  /** The call that a session's lines of grade C are put down to. */
  callBefore(session: string, instant: number): string | null;
  /** Whom a claim of a note means. */
  readonly sessionOf: ReturnType<typeof sessionsOfClaims>;
  /** Whether a session is one of this store. */
  isKnown(session: string): boolean;
}

export function linkEvidence(
  {
    sessions,
    everySession,
    checkpoints,
    mentions,
    facts,
  }: Pick<LoadedFacts, "sessions" | "everySession" | "checkpoints" | "mentions" | "facts">,
  { ignoreTrailers }: Pick<ComputeOptions, "ignoreTrailers">,
): LinkEvidence {
  const lastActive = new Map(sessions.map((session) => [session.session, session.lastAt]));
  const known = new Set(everySession.map(({ session }) => session));
  return {
    checkpoints,
    mentions,
    ignoreTrailers,
    lastActive,
    callBefore: callBefore(facts),
    sessionOf: sessionsOfClaims(everySession),
    isKnown: (session) => known.has(session),
  };
}

/** Links the writes into a repository with its commits. @param writes all of them, in the order of the facts */
export function linkRepository(
  outcomes: ReturnType<typeof outcomesOf>,
  writes: readonly FoundWrite[],
  notes: readonly StoredNote[],
  { checkpoints, mentions, ignoreTrailers, lastActive, callBefore: before, sessionOf, isKnown }: LinkEvidence,
): ComputedRepository {
  const { history, changes, forge } = outcomes;
  const own = checkpoints.filter((checkpoint) => checkpoint.repository === outcomes.repository);
  const byContent = linkWrites(history, writes, namedSessions(history, mentions, own, ignoreTrailers, isKnown));
  const noted = noteLines(history, notes, sessionOf);
  const { linked, contradicted } = linkNotedLines(byContent, noted, history, writes, defaultLinkOptions.skewMs);
  const name = repositoryName(outcomes.stored);
  const reviews = forge && new ReviewAnswers(history, changes, forge.changes);
  const problems = [
    ...(reviews === null ? [] : reviewProblems(name, reviews)),
    ...(noted === null ? [] : noteProblems(name, noted, contradicted)),
    ...(ignoreTrailers ? [] : unseenSessionProblems(name, history, isKnown)),
  ];
  const ends = new LineEnds(outcomes, outcomes.incidentCommits);
  const authors = authorsOf(history, linked, ends);
  const byNote = noted && notedAuthors(noted, history, authors, ends.restored);
  const told = ignoreTrailers ? { ...history, commits: history.commits.map(withoutTrailers) } : history;
  const repairs = findRepairs(told, outcomes.changes, (line) => authorOf(authors, byNote, line), outcomes.issues);
  const written = artefactsOf(outcomes, writes, linked, ends, lastActive, before, repairs, reviews).map(
    ({ write, places, reachedAt, byCall, artefacts }, w): Written => {
      const found = writes[w];
      const { session, instant } = write;
      const common = { session, instant, places, reachedAt, artefacts, changedLines: lineCount(write.diff) };
      if (!found) return { loggedPath: "", turn: byCall ? 0 : null, digest: null, ...common };
      return { loggedPath: found.loggedPath, turn: found.turn, digest: digestOf(found), ...common };
    },
  );
  return {
    ...outcomes,
    landingIsRelease: landingIsRelease(outcomes),
    linked,
    noted,
    ends,
    authors,
    byNote,
    repairs,
    written,
    problems,
  };
}

const withoutTrailers = (commit: CommitFact): CommitFact => ({ ...commit, trailers: [] });

/** A note outranks content. */
function authorOf(authors: LineAuthors, byNote: NotedAuthors | null, line: number): "agent" | "person" | "unknown" {
  const noted = byNote?.kind[line] ?? notedKind.none;
  if (noted === notedKind.person) return "person";
  return noted !== notedKind.none || authors.grade[line] !== 0 ? "agent" : "unknown";
}

export function artefactsBySession(written: readonly Written[]): ReadonlyMap<string, readonly WriteArtefacts[]> {
  const bySession = new Map<string, WriteArtefacts[]>();
  for (const { session, artefacts } of written) {
    const list = bySession.get(session);
    if (list) list.push(artefacts);
    else bySession.set(session, [artefacts]);
  }
  return bySession;
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

/** What is told of a repository beside its git. */
interface ToldOutcomes {
  readonly forge: ForgeOutcomes | null;
  readonly incidents: readonly Incident[];
  readonly overrules: ReadonlyMap<string, ChangeClass>;
}
const nothingTold: ToldOutcomes = { forge: null, incidents: [], overrules: new Map() };

/** The newest counts; one taken back is none. */
function standingClasses(said: readonly StoredOverrule[]): ReadonlyMap<string, ChangeClass> {
  const newest = new Map(said.map((one) => [one.change, one.class]));
  const known = (name: string | null): ChangeClass | undefined => changeClasses.find((one) => one === name);
  return new Map(
    [...newest].flatMap(([change, name]) => (known(name) === undefined ? [] : [[change, known(name) as ChangeClass] as const])),
  );
}

/** Everything that follows from the commits and refs of one repository. */
export function outcomesOf(
  stored: StoredRepository,
  commits: readonly CommitFact[],
  { defaultBranches, releasedBy, incidentLabels }: Pick<ComputeOptions, "defaultBranches" | "releasedBy" | "incidentLabels">,
  { forge, incidents, overrules }: ToldOutcomes = nothingTold,
): RepositoryOutcomes &
  Pick<ComputedRepository, "incidentCommits" | "overrules" | "stored" | "defaultBranch" | "forge" | "issues" | "releaseRung" | "tagged"> {
  const refs = stored.clones.flatMap((clone) => clone.refs.map((ref): RefFact => ({ kind: "ref", ...ref })));
  const told = (name: "originHead" | "head"): string | null =>
    stored.clones.map((clone) => clone.states[name]).find((value) => value) ?? null;
  const hints = { configured: defaultBranches[repositoryName(stored)] ?? null, originHead: told("originHead"), head: told("head") };
  const defaultBranch = chooseDefaultBranch(hints, refs, commits);
  const history = new LineHistory(commits, defaultBranch?.commit ?? null);
  for (const commit of commits) history.apply(commit);
  const result = { commits, ...history.finish() };
  const released = releasedBy(namesOf(stored));
  const tags = findReleases(commits, refs);
  const changes = findChanges(commits, refs, result.tip, forge === null ? null : toldChanges(forge, defaultBranch?.name ?? null));
  const issues = new ForgeIssues(forge, incidentLabels, incidents);
  const horizon = commits[result.tip]?.commitAt ?? 0;
  const { rung, releases } = releaseLadder(commits, refs, tags, released === null ? forge : null, horizon);
  return {
    repository: stored.id,
    stored,
    history: result,
    changes,
    forge,
    issues,
    overrules,
    incidentCommits: incidentCommits(result, changes, incidents, forge?.repository ?? null, issues),
    releases,
    releaseRung: rung,
    tagged: tags.releases.length,
    releasedBy: released,
    defaultBranch,
  };
}

/** What patterns of assay.yaml are held against: remotes and folders. */
export const namesOf = ({ aliases }: StoredRepository): string[] => aliases.flatMap(({ kind, value }) => (kind === "root" ? [] : [value]));

/**
 * The last call of a session before an instant that can have written what no log holds: an edit, a shell command or a
 * sub-agent, else a build (a formatter). Calls that only check or commit never make their turn an editing one.
 */
export function callBefore(facts: Pick<SessionFacts, "calls">): (session: string, instant: number) => string | null {
  const writes = new Set<Call["activity"]>(["edit", "shell", "delegate"]);
  return (session, instant) => {
    const calls = (facts.calls.get(session) ?? []).filter((call) => call.instant <= instant && call.status !== "error");
    const last = calls.findLast((call) => writes.has(call.activity)) ?? calls.findLast((call) => call.activity === "build");
    return last?.callKey ?? null;
  };
}

/** When others' changes were reviewed, by repository. */
export type ReviewsByRepository = ReadonlyMap<number, readonly number[]>;

export function reviewsByRepository(repositories: readonly Pick<ComputedRepository, "repository" | "forge">[]): Map<number, number[]> {
  return new Map(repositories.flatMap(({ repository, forge }) => (forge === null ? [] : [[repository, reviewInstants(forge.changes)]])));
}

/** Segments and strands of the sessions that own usages, in order of their keys, and the sub-agents these started. */
export function allocateSessions(
  usages: readonly PricedUsage[],
  sessions: readonly PlacedSession[],
  facts: SessionFacts,
  artefacts: ReadonlyMap<string, readonly WriteArtefacts[]>,
  reviews: ReviewsByRepository,
): Pick<Computed, "segments" | "startedAgents"> {
  const usagesOf = new Map<string, PricedUsage[]>();
  for (const usage of usages) {
    const list = usagesOf.get(usage.session);
    if (list) list.push(usage);
    else usagesOf.set(usage.session, [usage]);
  }
  const placed = new Map(sessions.map((session) => [session.session, session]));
  const inputs = [...usagesOf.keys()].sort(compare).map((session): SessionInput => {
    const own = usagesOf.get(session) as PricedUsage[];
    const repository = placed.get(session)?.repository ?? null;
    return {
      agent: placed.get(session)?.agent ?? (own[0] as Usage).agent,
      session,
      repository,
      repositorySeen: repository !== null,
      turns: facts.turns.get(session) ?? [],
      usages: own,
      calls: facts.calls.get(session) ?? [],
      writes: artefacts.get(session) ?? [],
      reviews: repository === null ? [] : (reviews.get(repository) ?? []),
    };
  });
  return { segments: inputs.flatMap(allocateWithSpan), startedAgents: inputs.flatMap(startedAgents) };
}
