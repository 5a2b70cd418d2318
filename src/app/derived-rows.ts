import { type ChangeEvidence, classOf } from "../attribution/change-class.ts";
import type { ForgeChange } from "../contract/forge-facts.ts";
import type { Change } from "../contract/history.ts";
import type { FateParameters } from "../contract/fates.ts";
import type { Problem } from "../contract/problem.ts";
import { reviewCourse } from "../attribution/review-course.ts";
import type { Segment, Strand } from "../attribution/model.ts";
import { turnAt } from "../attribution/segments.ts";
import type { DerivedRows } from "../store/derived-store.ts";
import type { Row } from "../store/duckdb/database.ts";
import { type StoredCheckpoint, compare } from "../store/fact-reader.ts";
import type { ForgeIssues } from "./forge-issues.ts";
import { readSigns } from "../outcomes/git/message-signs.ts";
import { type Computed, type ComputedRepository, type PlacedSession, repositoryName } from "./compute.ts";
import { markedAgent } from "./agent-markers.ts";
import { countRows } from "./count-rows.ts";
import { checkpointsNamed } from "./evidence.ts";
import { fateRow } from "./kept-fates.ts";
import { type RowIds, type StandingIds, changeId, changeKey, numberAll } from "./row-ids.ts";
import { runRows } from "./run-rows.ts";
import { strandLife } from "./strand-life.ts";
import { spanRows } from "./span-rows.ts";
import { type ChangeNames, type Written, artefactsText, mentionsOf, packPlaces } from "./written.ts";

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
          usage.grain ?? "response",
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
    session_label_d: () =>
      computed.sessions.flatMap(({ session, labels }) =>
        [...labels].map(([label, value]): Row => [ids.sessions.get(session) as number, label, value]),
      ),
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

function placeRow({ session, keptIn, folders }: PlacedSession, { mentions, facts }: Computed, ids: RowIds): Row {
  return [
    ids.sessions.get(session) as number,
    keptIn,
    JSON.stringify(folders),
    JSON.stringify(mentionsOf(session, mentions)),
    facts.calls.get(session)?.[0]?.instant ?? null,
  ];
}

function writtenRow(written: Written, ids: RowIds, changes: Pick<ChangeNames, "keyOf">): Row {
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

function* strandRows(segments: readonly Segment[], ids: RowIds): Generator<Row> {
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

function strandRow(id: number, segment: number, from: number, to: number, total: number, strand: Strand, ids: RowIds): Row {
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

function changeRows({ repository, changes, history, releases, issues, overrules, forge }: ComputedRepository, ids: RowIds): Row[] {
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
function* commitRows({ repositories, ignoreTrailers }: Computed, ids: RowIds): Generator<Row> {
  let id = ids.free.commit;
  for (const { repository, history, changes, releases } of repositories) {
    for (const [c, commit] of history.commits.entries()) {
      let added = 0;
      let removed = 0;
      for (const { diff } of commit.files) {
        const { hunks } = diff;
        for (let h = 0; h < hunks.length; h += 4) {
          removed += hunks[h + 1] as number;
          added += hunks[h + 3] as number;
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
