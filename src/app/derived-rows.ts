import { authorsOf } from "../attribution/lives.ts";
import type { Segment, Strand } from "../attribution/model.ts";
import { lineKinds } from "../lines/line-kind.ts";
import type { DerivedRows } from "../store/derived-store.ts";
import type { Row } from "../store/duckdb/database.ts";
import { type StoredCheckpoint, compare } from "../store/fact-reader.ts";
import { type Computed, type ComputedRepository, repositoryName } from "./compute.ts";
import { checkpointsNamed } from "./evidence.ts";
import { turnAt } from "./compute-session-facts.ts";

const agentGrades = ["A", "B", "C"] as const;

/** Numbers sessions and changes as the derived tables do: dense, in canonical order. */
interface Ids {
  readonly session: ReadonlyMap<string, number>;
  /** Id of the first change of each repository; a change's id is that plus its index. */
  readonly firstChange: ReadonlyMap<number, number>;
}

/** Everything derived as rows, columns in the order of derived.sql. */
export function derivedRows(computed: Computed, checkpoints: readonly StoredCheckpoint[], states: Readonly<Record<string, string>>): DerivedRows {
  const ids = numberAll(computed);
  const turnOfUsage = (session: string, instant: number): number => turnAt(computed.facts.turns.get(session) ?? [], instant);
  const segmentOf = new Map<number, number>();
  computed.segments.forEach((segment, s) => {
    for (const usage of segment.usages) segmentOf.set(usage, s);
  });
  return {
    derived_state: Object.entries(states).map(([name, value]): Row => [name, value]),
    repository_d: computed.repositories.map((repository) => repositoryRow(repository, checkpoints)),
    session_d: computed.sessions.map((session): Row => [
      ids.session.get(session.session) as number, session.session, session.agent, session.firstAt, session.lastAt, session.repository, session.trigger,
      session.parentSession, session.entrypoint, session.agentVersion,
    ]),
    usage_d: computed.usages.map((usage): Row => [
      usage.id, usage.key, ids.session.get(usage.session) ?? null, segmentOf.get(usage.id) ?? null, usage.instant, usage.agent, usage.provider, usage.model,
      usage.agentVersion, usage.serviceTier, usage.speed, usage.geo, usage.branch, usage.cwd,
      computed.sessions[ids.session.get(usage.session) ?? -1]?.repository ?? null, usage.agentId !== null, turnOfUsage(usage.session, usage.instant),
      usage.sources.join(" "), usage.sightings, usage.counts.input, usage.counts.cacheRead, usage.counts.cacheWrite5m, usage.counts.cacheWrite1h,
      usage.counts.output, usage.counts.reasoning, usage.outputQuality, usage.webSearches,
    ]),
    charge: computed.usages.map((usage): Row => [usage.id, usage.id, usage.listNanoUsd, null, null, usage.priceGap, null]),
    segment: computed.segments.map((segment, s): Row => [
      s, ids.session.get(segment.session) ?? null, segment.turn, segment.kind, segment.activity, segment.purpose,
    ]),
    strand: strandRows(computed.segments, ids),
    change: computed.repositories.flatMap((repository) => changeRows(repository, ids)),
    commit_d: commitRows(computed.repositories, ids),
    commit_link: computed.repositories.flatMap(({ repository, linked, history }) =>
      linked.links
        .map((link): Row => [
          ids.session.get(link.session) ?? null, repository, history.commits[link.commit]?.hash ?? null, link.grade, link.method, link.confidence,
          link.lines, link.linesRemoved,
        ])
        .sort((a, b) => compare(String(a[2]), String(b[2])) || Number(a[0]) - Number(b[0])),
    ),
    run: runRows(computed.repositories, ids),
  };
}

function numberAll(computed: Computed): Ids {
  const firstChange = new Map<number, number>();
  let next = 0;
  for (const { repository, changes } of computed.repositories) {
    firstChange.set(repository, next);
    next += changes.changes.length;
  }
  return { session: new Map(computed.sessions.map((session, s) => [session.session, s])), firstChange };
}

function repositoryRow({ repository, stored, history, changes, releases, defaultBranch, landingIsRelease }: ComputedRepository, checkpoints: readonly StoredCheckpoint[]): Row {
  const onDefault = history.commits.filter((_, c) => history.onDefault[c] === 1);
  const named = onDefault.map((commit) => checkpointsNamed(commit.trailers)).filter((list) => list.length > 0);
  const distinct = new Set(named.flat());
  const present = new Set(checkpoints.map((checkpoint) => checkpoint.checkpoint));
  const missing = [...distinct].filter((checkpoint) => !present.has(checkpoint)).length;
  const pulls = changes.changes.filter((change) => change.kind === "pull_request");
  const landedPulls = pulls.filter((change) => change.evidence === "merge_subject" || change.evidence === "squash_subject");
  let alive = 0;
  for (const lines of history.alive.values()) alive += lines.length;
  const allRefs = Math.max(0, ...stored.clones.map((clone) => Number(clone.states["commitsAllRefs"] ?? 0)));
  return [
    repository, repositoryName(stored), defaultBranch?.name ?? null, defaultBranch?.reason ?? null, history.commits[history.tip]?.commitAt ?? null,
    onDefault.length, Math.max(allRefs, history.commits.length), onDefault.filter((commit) => commit.parents.length > 1).length, named.length,
    distinct.size - missing, missing, pulls.length, landedPulls.length, changes.changes.length,
    changes.changes.filter((change) => change.landedAt !== null).length, releases.releases.length, history.lines, alive,
    landingIsRelease ? "landing" : "tags",
  ];
}

function strandRows(segments: readonly Segment[], ids: Ids): Row[] {
  const rows: Row[] = [];
  segments.forEach((segment, s) => {
    const total = segment.strands.reduce((sum, strand) => sum + strand.weight, 0);
    let from = 0;
    for (const strand of segment.strands) {
      rows.push(strandRow(rows.length, s, from, from + strand.weight, total, strand, ids));
      from += strand.weight;
    }
  });
  return rows;
}

function strandRow(id: number, segment: number, from: number, to: number, total: number, strand: Strand, ids: Ids): Row {
  const { life } = strand;
  const change = strand.change === null || strand.repository === null ? null : (ids.firstChange.get(strand.repository) as number) + strand.change;
  return [
    id, segment, from, to, total, strand.flow, strand.grade, strand.unlinkedReason, strand.activity, strand.repository, change, strand.lineKind, strand.side,
    strand.lines, strand.authorKind, life?.writtenAt ?? null, life?.committedAt ?? null, life?.landedAt ?? null, life?.releasedAt ?? null, life?.diedAt ?? null,
    life?.death ?? null, life?.supersededAt ?? null, life?.undoneAt ?? null, life?.lastActiveAt ?? null, strand.horizon, strand.commit, life?.deathCommit ?? null,
    strand.landingIsRelease,
  ];
}

function changeRows({ repository, changes, history, releases }: ComputedRepository, ids: Ids): Row[] {
  const index = new Map(history.commits.map((commit, c) => [commit.hash, c]));
  return changes.changes.map((change, i): Row => {
    const landed = change.landedCommit === null ? undefined : index.get(change.landedCommit);
    const release = landed === undefined ? undefined : releases.releases[releases.releaseOf[landed] as number];
    return [
      (ids.firstChange.get(repository) as number) + i, repository, change.id, change.kind, change.number, change.landedCommit, change.landedAt,
      release?.releasedAt ?? null, change.evidence,
    ];
  });
}

function commitRows(repositories: readonly ComputedRepository[], ids: Ids): Row[] {
  const rows: Row[] = [];
  for (const { repository, history, changes, releases } of repositories) {
    history.commits.forEach((commit, c) => {
      let added = 0;
      let removed = 0;
      for (const { diff } of commit.files) {
        for (let h = 0; h < diff.hunks.length; h += 4) {
          removed += diff.hunks[h + 1] as number;
          added += diff.hunks[h + 3] as number;
        }
      }
      const change = changes.changeOf[c] as number;
      rows.push([
        rows.length, repository, commit.hash, commit.commitAt, commit.authorAt, change < 0 ? null : (ids.firstChange.get(repository) as number) + change,
        history.onDefault[c] === 1, commit.authorEmail, releases.releases[releases.releaseOf[c] as number]?.releasedAt ?? null, added, removed,
      ]);
    });
  }
  return rows;
}

/** Neighbouring lines of one birth with one life, one kind and one author become one run. */
function runRows(repositories: readonly ComputedRepository[], ids: Ids): Row[] {
  const rows: Row[] = [];
  for (const repository of repositories) {
    const { history, linked, ends, changes, releases } = repository;
    const authors = authorsOf(history, linked);
    history.commits.forEach((commit, c) => {
      commit.files.forEach((file, f) => {
        const lineIds = history.changed[c]?.[f]?.ids;
        if (!lineIds) return;
        const added = additions(file.diff.hunks, lineIds.length);
        let open: { key: string; row: (string | number | null)[] } | null = null;
        const close = (): void => {
          if (open) rows.push(open.row);
          open = null;
        };
        lineIds.forEach((line, place) => {
          if (history.born[line] !== c || added[place] !== 1) return;
          const kind = file.diff.lines.kind[place] as number;
          const grade = authors.grade[line] as number;
          const session = authors.session[line] as number;
          const landed = history.landed[line] as number;
          const moved = (history.origin[line] as number) >= 0 ? 1 : 0;
          const end = landed < 0 ? null : ends.deathOf(line);
          const key = [kind, grade, session, landed, end?.diedAt, end?.death, end?.deathCommit, history.killer[line]].join("|");
          if (open?.key === key) {
            open.row[12] = (open.row[12] as number) + 1;
            open.row[13] = (open.row[13] as number) + moved;
            return;
          }
          close();
          const landedCommit = history.commits[landed];
          const change = landed < 0 ? -1 : (changes.changeOf[landed] as number);
          const release = landed < 0 ? -1 : (releases.releaseOf[landed] as number);
          const killer = history.commits[history.killer[line] as number];
          open = {
            key,
            row: [
              0, repository.repository, file.path, commit.hash, commit.commitAt, landedCommit?.commitAt ?? null,
              change < 0 ? null : (ids.firstChange.get(repository.repository) as number) + change, releases.releases[release]?.releasedAt ?? null,
              end?.diedAt ?? null, end?.death ?? null, killer?.hash ?? null, lineKinds[kind] as string, 1, moved,
              grade === 0 ? "unknown" : "agent", grade === 0 ? null : (agentGrades[grade - 1] as string),
              session < 0 ? null : (ids.session.get(linked.sessions[session] as string) ?? null),
            ],
          };
        });
        close();
      });
    });
  }
  rows.forEach((row, r) => {
    (row as (string | number | null)[])[0] = r;
  });
  return rows;
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
