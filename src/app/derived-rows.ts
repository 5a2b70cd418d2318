import { type ChangeEvidence, classOf } from "../attribution/change-class.ts";
import type { LineAuthors } from "../attribution/lives.ts";
import { type NotedAuthors, notedKind } from "../attribution/noted-lines.ts";
import type { ForgeChange } from "../contract/forge-facts.ts";
import type { Change } from "../contract/history.ts";
import type { FateParameters } from "../contract/fates.ts";
import type { Problem } from "../contract/problem.ts";
import { reviewCourse } from "../attribution/review-course.ts";
import type { Segment, Strand } from "../attribution/model.ts";
import { turnAt } from "../attribution/segments.ts";
import { lineKinds } from "../lines/line-kind.ts";
import type { DerivedRows } from "../store/derived-store.ts";
import type { Row } from "../store/duckdb/database.ts";
import { type StoredCheckpoint, compare } from "../store/fact-reader.ts";
import { LineRanges, newLineNumbers } from "./line-ranges.ts";
import type { ForgeIssues } from "./forge-issues.ts";
import { readSigns } from "../outcomes/git/message-signs.ts";
import { type Computed, type ComputedRepository, type PlacedSession, repositoryName } from "./compute.ts";
import { markedAgent } from "./agent-markers.ts";
import { countRows } from "./count-rows.ts";
import { checkpointsNamed } from "./evidence.ts";
import { fateRow } from "./kept-fates.ts";
import { strandLife } from "./strand-life.ts";
import { spanRows } from "./span-rows.ts";
import { type ChangeNames, type Written, artefactsText, mentionsOf, packPlaces } from "./written.ts";

const agentGrades = ["A", "B", "C"] as const;

/** Ids of rows that stand beside those to be written; all empty and 0 for a whole store. */
export interface StandingIds {
  /** By session key; a session keeps its id when its rows are replaced. */
  readonly sessions: ReadonlyMap<string, number>;
  /** Ids of the changes of each repository whose rows stand, in the order of its list. */
  readonly changes: ReadonlyMap<number, readonly number[]>;
  /** The first id that is free, by table. */
  readonly free: Readonly<Record<"session" | "usage" | "segment" | "strand" | "change" | "commit" | "run", number>>;
}

export const noStandingIds: StandingIds = {
  sessions: new Map(),
  changes: new Map(),
  free: { session: 0, usage: 0, segment: 0, strand: 0, change: 0, commit: 0, run: 0 },
};

interface Ids extends StandingIds {
  /** Ids of the changes of every repository, in the order of its list. */
  readonly changes: ReadonlyMap<number, readonly number[]>;
}

/** Everything derived as rows, columns in the order of derived.sql. */
export function derivedRows(
  computed: Computed,
  states: Readonly<Record<string, string>>,
  standing: StandingIds,
  changes: Pick<ChangeNames, "keyOf">,
  fates: FateParameters,
): DerivedRows {
  const ids = numberAll(computed, standing);
  const { free } = ids;
  const placed = new Map(computed.sessions.map((session) => [session.session, session]));
  const turnOfUsage = (session: string, instant: number): number => turnAt(computed.facts.turns.get(session) ?? [], instant);
  const segmentOf = new Map<number, number>();
  computed.segments.forEach((segment, s) => {
    for (const usage of segment.usages) segmentOf.set(usage, free.segment + s);
  });
  return {
    derived_state: () => Object.entries(states).map(([name, value]): Row => [name, value]),
    problem_d: () => [
      ...computed.problems.map((problem) => problemRow(problem, null)),
      ...computed.repositories.flatMap(({ repository, problems }) => problems.map((problem) => problemRow(problem, repository))),
    ],
    repository_d: () => computed.repositories.map((repository) => repositoryRow(repository, computed.checkpoints)),
    session_d: () =>
      computed.sessions.map(
        (session): Row => [
          ids.sessions.get(session.session) as number,
          session.session,
          session.agent,
          session.firstAt,
          session.lastAt,
          session.repository,
          session.trigger,
          session.parentSession,
          session.entrypoint,
          session.agentVersion,
        ],
      ),
    usage_d: () =>
      computed.usages.map(
        (usage): Row => [
          free.usage + usage.id,
          usage.key,
          ids.sessions.get(usage.session) ?? null,
          segmentOf.get(usage.id) ?? null,
          usage.instant,
          usage.agent,
          usage.provider,
          usage.model,
          usage.agentVersion,
          usage.serviceTier,
          usage.speed,
          usage.geo,
          usage.branch,
          usage.cwd,
          placed.get(usage.session)?.repository ?? null,
          usage.agentId !== null,
          turnOfUsage(usage.session, usage.instant),
          usage.sources.join(" "),
          usage.sightings,
          usage.counts.input,
          usage.counts.cacheRead,
          usage.counts.cacheWrite5m,
          usage.counts.cacheWrite1h,
          usage.counts.output,
          usage.counts.reasoning,
          usage.outputQuality,
          usage.webSearches,
          usage.visibleChars,
          usage.sightedTokens,
        ],
      ),
    charge: () =>
      computed.usages.map(
        ({ id, listNanoUsd, priceGap, outputNanoPerMillion }): Row => [
          free.usage + id,
          free.usage + id,
          listNanoUsd,
          null,
          null,
          priceGap,
          null,
          outputNanoPerMillion,
        ],
      ),
    context_cost: () => contextRows(computed, free.usage),
    segment: () =>
      computed.segments.map(
        (segment, s): Row => [
          free.segment + s,
          ids.sessions.get(segment.session) ?? null,
          segment.turn,
          segment.kind,
          segment.activity,
          segment.purpose,
        ],
      ),
    strand: () => strandRows(computed.segments, ids),
    fate_now: () => computed.segments.flatMap(({ strands }) => strands).map((strand, s) => fateRow(free.strand + s, strand, fates)),
    change: () => computed.repositories.flatMap((repository) => changeRows(repository, ids)),
    commit_d: () => commitRows(computed, ids),
    commit_link: () =>
      computed.repositories.flatMap(({ repository, linked, history }) =>
        linked.links
          .map(
            (link): Row => [
              ids.sessions.get(link.session) ?? null,
              repository,
              history.commits[link.commit]?.hash ?? null,
              link.grade,
              link.method,
              link.confidence,
              link.lines,
              link.linesRemoved,
            ],
          )
          .sort((a, b) => compare(String(a[2]), String(b[2])) || Number(a[0]) - Number(b[0])),
      ),
    run: () => runRows(computed.repositories, ids),
    issue_d: () => computed.repositories.flatMap(({ repository, issues }) => issueRows(repository, issues)),
    fix_d: () => computed.repositories.flatMap(fixRows),
    note_tally: () => computed.repositories.flatMap(tallyRows),
    ...spanRows(computed.segments, free.segment),
    ...countRows(computed, ids.sessions),
    session_place: () => computed.sessions.map((session) => placeRow(session, computed, ids)),
    write_d: () => computed.written.map((written) => writtenRow(written, ids, changes)),
    opaque_path: () =>
      computed.repositories.flatMap(({ repository, history }) => [...history.opaquePaths.keys()].map((path): Row => [repository, path])),
  };
}

function* contextRows({ contextCosts }: Computed, firstUsage: number): Generator<Row> {
  for (const { usage, cause, nanoUsd } of contextCosts()) yield [firstUsage + usage, cause, nanoUsd];
}

const problemRow = ({ source, code, severity, locator, message, hint, count }: Problem, repository: number | null): Row => [
  source,
  code,
  severity,
  locator,
  message,
  hint ?? null,
  count ?? 1,
  repository,
];

function numberAll({ repositories, sessions }: Computed, standing: StandingIds): Ids {
  const changes = new Map(standing.changes);
  let nextChange = standing.free.change;
  for (const { repository, changes: own } of repositories)
    changes.set(
      repository,
      own.changes.map(() => nextChange++),
    );
  const numbers = new Map(standing.sessions);
  let nextSession = standing.free.session;
  for (const { session } of sessions) if (!numbers.has(session)) numbers.set(session, nextSession++);
  return { ...standing, changes, sessions: numbers };
}

const changeId = ({ changes }: Ids, repository: number, change: number): number => changes.get(repository)?.[change] as number;

function placeRow({ session, keptIn, folders }: PlacedSession, { mentions, facts }: Computed, ids: Ids): Row {
  return [
    ids.sessions.get(session) as number,
    keptIn,
    JSON.stringify(folders),
    JSON.stringify(mentionsOf(session, mentions)),
    facts.calls.get(session)?.[0]?.instant ?? null,
  ];
}

function writtenRow(written: Written, ids: Ids, changes: Pick<ChangeNames, "keyOf">): Row {
  const { artefacts, places } = written;
  return [
    ids.sessions.get(written.session) ?? null,
    artefacts.callKey,
    written.loggedPath,
    written.instant,
    written.turn,
    artefacts.quality,
    written.digest,
    written.changedLines,
    artefacts.repository,
    artefacts.insideRepository ? artefacts.path : null,
    places === null ? null : packPlaces(places),
    written.reachedAt,
    artefactsText(artefacts, changes),
  ];
}

/** Ways to land that count as landed pull requests (RULINGS 5). */
const landsBySubject: ReadonlySet<Change["evidence"]> = new Set(["merge_subject", "squash_subject"]);

function repositoryRow(
  { repository, stored, history, changes, tagged, defaultBranch, landingIsRelease, releaseRung, forge }: ComputedRepository,
  checkpoints: readonly StoredCheckpoint[],
): Row {
  const onDefault = history.commits.filter((_, c) => history.onDefault[c] === 1);
  const named = onDefault.map((commit) => checkpointsNamed(commit.trailers)).filter((list) => list.length > 0);
  const distinct = new Set(named.flat());
  const present = new Set(checkpoints.map((checkpoint) => checkpoint.checkpoint));
  const missing = [...distinct].filter((checkpoint) => !present.has(checkpoint)).length;
  const pulls = changes.changes.filter((change) => change.kind === "pull_request");
  const landedPulls = pulls.filter((change) => landsBySubject.has(change.evidence) || change.state === "landed");
  let alive = 0;
  for (const lines of history.alive.values()) alive += lines.length;
  const allRefs = Math.max(0, ...stored.clones.map((clone) => Number(clone.states["commitsAllRefs"] ?? 0)));
  return [
    repository,
    repositoryName(stored),
    defaultBranch?.name ?? null,
    defaultBranch?.reason ?? null,
    history.commits[history.tip]?.commitAt ?? null,
    onDefault.length,
    Math.max(allRefs, history.commits.length),
    onDefault.filter((commit) => commit.parents.length > 1).length,
    named.length,
    distinct.size - missing,
    missing,
    pulls.length,
    landedPulls.length,
    changes.changes.length,
    changes.changes.filter((change) => change.landedAt !== null).length,
    tagged,
    history.lines,
    alive,
    landingIsRelease ? "landing" : releaseRung,
    forge?.repository ?? null,
    forge?.toldUntil ?? null,
  ];
}

function* strandRows(segments: readonly Segment[], ids: Ids): Generator<Row> {
  let id = ids.free.strand;
  for (const [s, segment] of segments.entries()) {
    const total = segment.strands.reduce((sum, strand) => sum + strand.weight, 0);
    let from = 0;
    for (const strand of segment.strands) {
      yield strandRow(id++, ids.free.segment + s, from, from + strand.weight, total, strand, ids);
      from += strand.weight;
    }
  }
}

function strandRow(id: number, segment: number, from: number, to: number, total: number, strand: Strand, ids: Ids): Row {
  const { life } = strand;
  const change = strand.change === null || strand.repository === null ? null : changeId(ids, strand.repository, strand.change);
  return [
    id,
    segment,
    from,
    to,
    total,
    strand.flow,
    strand.grade,
    strand.unlinkedReason,
    strand.activity,
    strand.repository,
    change,
    strand.lineKind,
    strand.side,
    strand.lines,
    strand.authorKind,
    ...strandLife(life, strand.reviewedAt ?? null),
    strand.horizon,
    strand.commit,
    life?.deathCommit ?? null,
    strand.landingIsRelease,
  ];
}

function changeRows({ repository, changes, history, releases, issues, overrules, forge }: ComputedRepository, ids: Ids): Row[] {
  const toldOf = new Map(forge?.changes.map((told) => [told.number, told]));
  const index = new Map(history.commits.map((commit, c) => [commit.hash, c]));
  const commitsOf = changes.changes.map((): number[] => []);
  for (const [c, change] of changes.changeOf.entries()) commitsOf[change]?.push(c);
  return changes.changes.map((change, i): Row => {
    const overruled = overrules.get(changeKey(change)) ?? overrules.get(change.landedCommit ?? "") ?? null;
    const own = commitsOf[i] as number[];
    const told = classEvidence(history, change, index.get(change.landedCommit ?? "") ?? null, own, issues);
    const evidence: ChangeEvidence = { ...told, overruled };
    const classed = classOf(evidence);
    const landed = change.landedCommit === null ? undefined : index.get(change.landedCommit);
    const release = landed === undefined ? undefined : releases.releases[releases.releaseOf[landed] as number];
    return [
      changeId(ids, repository, i),
      repository,
      changeKey(change),
      change.kind,
      change.number,
      change.landedCommit,
      change.landedAt,
      release?.releasedAt ?? null,
      change.evidence,
      classed?.class ?? null,
      classed?.evidence ?? null,
      classed?.confidence ?? null,
      (evidence.overruled === null ? classed : classOf({ ...evidence, overruled: null }))?.class ?? null,
      ...reviewCells(change.number === null ? undefined : toldOf.get(change.number), own, history.commits),
      change.number === null ? null : issues.oldestClosedBy(change.number, closesOf(own, history.commits)),
    ];
  });
}

/** review_path, ready_ms, first_review_ms, approved_ms, review_rounds, review_requests. */
function reviewCells(
  told: ForgeChange | undefined,
  own: readonly number[],
  commits: ComputedRepository["history"]["commits"],
): (string | number | null)[] {
  if (told === undefined) return [null, null, null, null, null, null];
  const pushes = own.flatMap((c) => commits[c]?.commitAt ?? []);
  const { path, readyAt, firstReviewAt, approvedAt, rounds, requests } = reviewCourse(told, pushes);
  return [path, readyAt, firstReviewAt, approvedAt, rounds, requests];
}

const issueRows = (repository: number, issues: ForgeIssues): Row[] =>
  issues.all.map(
    ({ number, kind, openedAt, closedAt, reopenedAt }): Row => [repository, number, kind, openedAt, closedAt, JSON.stringify(reopenedAt)],
  );

/** Issues that messages of commits say they close. */
const closesOf = (own: readonly number[], commits: ComputedRepository["history"]["commits"]): string[] =>
  own.flatMap((c) => (commits[c]?.signs ?? []).flatMap((sign) => (sign.startsWith("closes:") ? [sign.slice("closes:".length)] : [])));

/** What a merge brought is told by the commits it brought; the title of a pull request stands for a landing commit without a type. */
function classEvidence(
  { commits }: ComputedRepository["history"],
  { number }: Change,
  landed: number | null,
  own: readonly number[],
  issues: ForgeIssues,
): Omit<ChangeEvidence, "overruled"> {
  const ordered = landed === null ? own : [landed, ...own.filter((c) => c !== landed)];
  const files = own.flatMap((c) => {
    const commit = commits[c];
    return commit === undefined || commit.parents.length > 1 ? [] : commit.files;
  });
  const signs = ordered.map((c) => commits[c]?.signs ?? []);
  const title = number === null ? null : issues.titleOf(number);
  const isTyped = signs[0]?.some((sign) => sign.startsWith("type:")) === true;
  return {
    labels: number === null ? [] : issues.labelsOf(number, closesOf(ordered, commits)),
    signs: title === null || isTyped ? signs : [readSigns(title, title), ...signs],
    files: files.map(({ path, diff }) => ({ path, changedLines: diff.lines.kind.length })),
  };
}

/** What people call it: `#35`; a direct push by the commit that landed. */
export const changeKey = ({ number, landedCommit, id }: Change): string => (number === null ? (landedCommit ?? id) : `#${number}`);

function* commitRows({ repositories, ignoreTrailers }: Computed, ids: Ids): Generator<Row> {
  let id = ids.free.commit;
  for (const { repository, history, changes, releases } of repositories) {
    for (const [c, commit] of history.commits.entries()) {
      let added = 0;
      let removed = 0;
      for (const { diff } of commit.files) {
        for (let h = 0; h < diff.hunks.length; h += 4) {
          removed += diff.hunks[h + 1] as number;
          added += diff.hunks[h + 3] as number;
        }
      }
      const change = changes.changeOf[c] as number;
      yield [
        id++,
        repository,
        commit.hash,
        commit.commitAt,
        commit.authorAt,
        change < 0 ? null : changeId(ids, repository, change),
        history.onDefault[c] === 1,
        commit.authorEmail,
        releases.releases[releases.releaseOf[c] as number]?.releasedAt ?? null,
        added,
        removed,
        ignoreTrailers ? null : markedAgent(commit),
      ];
    }
  }
}

/** Lines of one file born in one commit, with one life, one kind and one author, are one run. */
function* runRows(repositories: readonly ComputedRepository[], ids: Ids): Generator<Row> {
  let id = ids.free.run;
  for (const repository of repositories) {
    const { authors, byNote: noted } = repository;
    for (const [c, commit] of repository.history.commits.entries()) {
      for (const [f, file] of commit.files.entries()) {
        const lineIds = repository.history.changed[c]?.[f]?.ids;
        if (!lineIds) continue;
        const added = additions(file.diff.hunks, lineIds.length);
        const numbers = newLineNumbers(file.diff.hunks, lineIds.length);
        const runs = new Map<string, (string | number | null)[]>();
        const places = new Map<string, LineRanges>();
        for (let place = 0; place < lineIds.length; place++) {
          const line = lineIds[place] as number;
          if (added[place] !== 1 || repository.history.born[line] !== c) continue;
          const kind = file.diff.lines.kind[place] as number;
          const key = `${runKey(repository, authors, line, kind)} ${noted?.kind[line] ?? 0} ${noted?.agent[line] ?? -1}`;
          const moved = (repository.history.origin[line] as number) >= 0 ? 1 : 0;
          const run = runs.get(key);
          const ranges = places.get(key) ?? new LineRanges();
          places.set(key, ranges);
          ranges.add(numbers[place] as number);
          if (run) {
            run[runColumn.lines] = (run[runColumn.lines] as number) + 1;
            run[runColumn.movedLines] = (run[runColumn.movedLines] as number) + moved;
          } else {
            runs.set(key, [
              id++,
              repository.repository,
              file.path,
              commit.hash,
              commit.commitAt,
              ...lifeCells(repository, line, ids),
              lineKinds[kind] as string,
              1,
              moved,
              ...authorCells(repository, authors, noted, line, ids),
            ]);
          }
        }
        for (const [key, run] of runs) yield [...run, (places.get(key) as LineRanges).text];
      }
    }
  }
}

/** Places of the two counts in a row of table `run`. */
const runColumn = { lines: 12, movedLines: 13 } as const;

function runKey({ history, ends }: ComputedRepository, authors: LineAuthors, line: number, kind: number): string {
  const last = ends.latest(line);
  return `${kind} ${authors.grade[line]} ${authors.mixed[line]} ${authors.session[line]} ${history.landed[line]} ${history.died[last]} ${history.killer[last]} ${history.killer[line]} ${ends.replaced[last]}`;
}

/** landed_ms, landed_change_id, released_ms, died_ms, death, killer_commit. */
function lifeCells(
  { repository, history, changes, releases, ends }: ComputedRepository,
  line: number,
  ids: Ids,
): (string | number | null)[] {
  const landed = history.landed[line] as number;
  const killer = history.commits[history.killer[line] as number]?.hash ?? null;
  if (landed < 0) return [null, null, null, null, null, killer];
  const change = changes.changeOf[landed] as number;
  const { diedAt, death } = ends.deathOf(line);
  return [
    history.commits[landed]?.commitAt ?? null,
    change < 0 ? null : changeId(ids, repository, change),
    releases.releases[releases.releaseOf[landed] as number]?.releasedAt ?? null,
    diedAt,
    death,
    killer,
  ];
}

/** author_kind, grade, session_id, noted_agent. A note outranks content; what it says of no line, it leaves as it was. */
function authorCells(
  { linked, noted: notes }: ComputedRepository,
  authors: LineAuthors,
  noted: NotedAuthors | null,
  line: number,
  ids: Ids,
): (string | number | null)[] {
  const grade = authors.grade[line] as number;
  const session = grade === 0 ? null : (ids.sessions.get(linked.sessions[authors.session[line] as number] as string) ?? null);
  const kind = noted?.kind[line] ?? notedKind.none;
  if (kind === notedKind.none && grade === 0) return ["unknown", null, null, null];
  if (kind === notedKind.none) return [authors.mixed[line] === 1 ? "mixed" : "agent", agentGrades[grade - 1] as string, session, null];
  if (kind === notedKind.person) return ["person", "A", null, null];
  return [kind === notedKind.mixed ? "mixed" : "agent", "A", session, notes?.agents[noted?.agent[line] ?? -1] ?? null];
}

function fixRows({ repository, history, repairs }: ComputedRepository): Row[] {
  return repairs.fixes.map(({ commit, evidence, narrow, wide }): Row => {
    const { hash, commitAt } = history.commits[commit] as ComputedRepository["history"]["commits"][number];
    return [repository, hash, commitAt, evidence.kind, evidence.strength, narrow, wide];
  });
}

/** One row per dialect of notes a repository has. */
function tallyRows({ repository, noted }: ComputedRepository): Row[] {
  return [...(noted?.tallies ?? [])].map(
    ([dialect, tally]): Row => [
      repository,
      dialect,
      tally.notes,
      tally.commitGone,
      tally.onMerges,
      tally.notRead,
      tally.linesClaimed,
      tally.linesAdded,
      tally.linesOverClaimed,
      tally.linesClaimedOnDefault,
      tally.linesAddedOnDefault,
      tally.linesOfAgents,
      tally.linesMixed,
      tally.linesOfPersons,
      tally.testLines,
      tally.unseenSessions,
    ],
  );
}

/** 1 at the places of a difference that are added lines: each hunk's removed lines come first. */
function additions(hunks: Int32Array, count: number): Uint8Array {
  const added = new Uint8Array(count);
  let at = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    at += hunks[h + 1] as number;
    added.fill(1, at, at + (hunks[h + 3] as number));
    at += hunks[h + 3] as number;
  }
  return added;
}
