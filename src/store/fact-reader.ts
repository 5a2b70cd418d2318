import {
  type AuthorshipNoteFact,
  type CommitFact,
  type FileChange,
  type Quality,
  type SessionLabel,
  type UsageGrain,
  type WriteQuality,
  qualities,
  transcriptStates,
  usageGrains,
  writeQualities,
} from "../contract/facts.ts";
import type { DiffRoom } from "../lines/diff-room.ts";
import { emptyDiff, unpackLineDiff } from "../lines/line-diff.ts";
import type { Call, Sighting, TurnStart } from "../contract/stored.ts";
import type { LineDiff } from "../lines/line-diff.ts";
import type { Cell } from "./duckdb/database.ts";
import { keyKinds } from "./rows.ts";
import type { FactStore } from "./store.ts";

/** Facts as attribution reads them: texts instead of ids, one row each, in a canonical order. */

export interface StoredSession {
  readonly agent: string;
  readonly session: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly parentSession: string | null;
  readonly trigger: string | null;
  readonly entrypoint: string | null;
  readonly agentVersion: string | null;
  readonly cwd: string | null;
  readonly branch: string | null;
  /** What telemetry says of it, by label: what was told first. */
  readonly labels: ReadonlyMap<SessionLabel, string>;
}

export interface StoredWrite {
  readonly agent: string;
  readonly session: string;
  readonly callKey: string;
  readonly path: string;
  readonly quality: WriteQuality;
  readonly instant: number;
  readonly operation: string;
  readonly diff: LineDiff;
}

export interface StoredCheckpoint {
  readonly repository: number;
  readonly checkpoint: string;
  readonly listed: string;
  readonly session: string;
  readonly transcript: string;
  readonly filesTouched: readonly string[];
  readonly createdAt: number | null;
}

export interface StoredRepository {
  readonly id: number;
  readonly aliases: readonly { readonly kind: string; readonly value: string }[];
  /** By clone: its refs, and what only its git could tell. */
  readonly clones: readonly {
    readonly clone: string;
    readonly refs: readonly { readonly name: string; readonly commit: string }[];
    readonly states: Readonly<Record<string, string>>;
  }[];
}

/** Runs a query and hands each row to `make` as a function of column names: no object of cells per row. */
async function read<T>(
  store: FactStore,
  sql: string,
  make: (cell: (name: string) => Cell) => T,
  parameters: Record<string, Cell> = {},
): Promise<T[]> {
  const rows: T[] = [];
  await store.database.eachChunk(sql, parameters, (names, columns, count) => {
    const at = new Map(names.map((name, c) => [name, columns[c] as Cell[]]));
    let row = 0;
    const cell = (name: string): Cell => (at.get(name) as Cell[])[row] as Cell;
    for (; row < count; row++) rows.push(make(cell));
  });
  return rows;
}

/** Sessions to read of, by dictionary id; null for all. */
export type SessionScope = ReadonlySet<number> | null;

const inScope = (scope: SessionScope, column = "session_id"): string => (scope === null ? "true" : `${column} IN (${idList(scope)})`);

const idList = (ids: Iterable<number>): string => [...ids, -1].map(Number).join(", ");

/**
 * Sessions with all others that tell of the same responses or calls: what was said once in several is joined within them, and
 * nothing outside of them can change how.
 */
export async function familyOf(store: FactStore, sessions: Iterable<number>): Promise<Set<number>> {
  const family = new Set<number>();
  let fresh = [...sessions];
  while (fresh.length > 0) {
    for (const session of fresh) family.add(session);
    const list = idList(fresh);
    const shared = ["sighting.response_key", "sighting.request_id", "call.call_key"].map((shared) => {
      const [table, key] = shared.split(".") as [string, string];
      return `SELECT DISTINCT session_id FROM ${table} WHERE session_id NOT IN (${list})
        AND ${key} IN (SELECT ${key} FROM ${table} WHERE session_id IN (${list}) AND ${key} IS NOT NULL)`;
    });
    const { columns } = await store.database.columns(shared.join(" UNION "));
    fresh = ((columns[0] ?? []) as number[]).filter((session) => !family.has(session));
  }
  return family;
}

const number = (cell: Cell): number => Number(cell);
const maybeNumber = (cell: Cell): number | null => (cell === null ? null : Number(cell));

export async function readSessions(store: FactStore, scope: SessionScope = null): Promise<StoredSession[]> {
  const text = (cell: Cell): string => store.dictionary.text(cell as number);
  const maybe = (cell: Cell): string | null => store.dictionary.maybeText(cell as number | null);
  const labels = await readLabels(store, scope);
  const rows = await read(
    store,
    `SELECT * FROM session WHERE ${inScope(scope)}`,
    (c): StoredSession => ({
      agent: text(c("agent_id")),
      session: text(c("session_id")),
      firstAt: number(c("first_ms")),
      lastAt: number(c("last_ms")),
      parentSession: maybe(c("parent_session_id")),
      trigger: maybe(c("started_by")),
      entrypoint: maybe(c("entrypoint_id")),
      agentVersion: maybe(c("agent_version_id")),
      cwd: maybe(c("cwd_id")),
      branch: maybe(c("branch_id")),
      labels: labels.get(`${c("agent_id")} ${c("session_id")}`) ?? noLabels,
    }),
  );
  return rows.sort((a, b) => a.firstAt - b.firstAt || compare(a.session, b.session));
}

const noLabels: ReadonlyMap<SessionLabel, string> = new Map();

/** Labels of sessions by the ids of agent and session: of several values the one that was told first, else the smaller. */
async function readLabels(store: FactStore, scope: SessionScope): Promise<ReadonlyMap<string, ReadonlyMap<SessionLabel, string>>> {
  const labels = new Map<string, Map<SessionLabel, string>>();
  await read(
    store,
    `SELECT l.*, d.text AS value FROM session_label l JOIN dict d ON d.id = l.value_id WHERE ${inScope(scope)} ORDER BY instant_ms DESC, d.text DESC`,
    (c) => {
      const key = `${c("agent_id")} ${c("session_id")}`;
      const own = labels.get(key) ?? new Map<SessionLabel, string>();
      labels.set(key, own.set(store.dictionary.text(c("label_id") as number) as SessionLabel, c("value") as string)); // as its fact has it
    },
  );
  return labels;
}

/** Agent and id of every session, in order of the ids. */
export async function readSessionNames(store: FactStore): Promise<{ readonly agent: string; readonly session: string }[]> {
  const text = (cell: Cell): string => store.dictionary.text(cell as number);
  const rows = await read(store, "SELECT DISTINCT agent_id, session_id FROM session", (c) => ({
    agent: text(c("agent_id")),
    session: text(c("session_id")),
  }));
  return rows.sort((a, b) => compare(a.session, b.session) || compare(a.agent, b.agent));
}

/** What the trailers of a repository's commits (under any of its ids) say, each text once. */
export async function readTrailers(store: FactStore, ids: readonly number[]): Promise<readonly CommitFact["trailers"][]> {
  const list = idList(ids);
  return await read(
    store,
    `SELECT DISTINCT trailers FROM commit WHERE repository_id IN (${list}) AND trailers <> '[]'`,
    (c) => JSON.parse(c("trailers") as string) as CommitFact["trailers"], // our own
  );
}

export async function readSightings(store: FactStore, scope: SessionScope = null): Promise<Sighting[]> {
  const text = (cell: Cell): string => store.dictionary.text(cell as number);
  const maybe = (cell: Cell): string | null => store.dictionary.maybeText(cell as number | null);
  return await read(
    store,
    `SELECT * FROM sighting WHERE ${inScope(scope)}`,
    (c): Sighting => ({
      source: text(c("source_id")),
      agent: text(c("agent_id")),
      session: text(c("session_id")),
      responseKey: c("response_key") as string,
      messageId: c("key_kind") === keyKinds.message ? (c("response_key") as string) : null,
      requestId: c("request_id") as string | null,
      instant: number(c("instant_ms")),
      agentId: maybe(c("sub_agent_id")),
      provider: maybe(c("provider_id")),
      model: text(c("model_id")),
      agentVersion: maybe(c("agent_version_id")),
      serviceTier: maybe(c("service_tier_id")),
      speed: maybe(c("speed_id")),
      geo: maybe(c("geo_id")),
      cwd: maybe(c("cwd_id")),
      branch: maybe(c("branch_id")),
      counts: {
        input: number(c("input")),
        cacheRead: number(c("cache_read")),
        cacheWrite5m: number(c("cache_write_5m")),
        cacheWrite1h: number(c("cache_write_1h")),
        output: number(c("output")),
        reasoning: maybeNumber(c("reasoning")),
      },
      outputQuality: qualities[c("output_quality") as number] as Quality,
      webSearches: number(c("web_searches")),
      visibleChars: number(c("visible_chars")),
      doubtful: c("doubtful") === true,
      ...(c("grain") === null ? {} : { grain: usageGrains[c("grain") as number] as UsageGrain }),
    }),
  );
}

export async function readTurns(store: FactStore, scope: SessionScope = null): Promise<(TurnStart & { agent: string; session: string })[]> {
  return await read(store, `SELECT * FROM turn WHERE ${inScope(scope)}`, (c) => ({
    agent: store.dictionary.text(c("agent_id") as number),
    session: store.dictionary.text(c("session_id") as number),
    key: c("turn_key") as string,
    instant: number(c("instant_ms")),
    startedBy: store.dictionary.text(c("started_by_id") as number) as TurnStart["startedBy"],
    cleared: c("cleared") as boolean,
    promptLength: c("prompt_length") as number | null,
  }));
}

export async function readCalls(store: FactStore, scope: SessionScope = null): Promise<(Call & { agent: string; session: string })[]> {
  const text = (cell: Cell): string => store.dictionary.text(cell as number);
  const maybe = (cell: Cell): string | null => store.dictionary.maybeText(cell as number | null);
  return await read(
    store,
    `SELECT c.*, r.instant_ms AS ended_ms, r.status_id, r.started_sub_agent_id, r.result_bytes
     FROM call c LEFT JOIN call_result r USING (agent_id, session_id, call_key) WHERE ${inScope(scope)}`,
    (c) => ({
      agent: text(c("agent_id")),
      session: text(c("session_id")),
      callKey: c("call_key") as string,
      responseKey: c("response_key") as string | null,
      agentId: maybe(c("sub_agent_id")),
      parentCallKey: c("parent_call_key") as string | null,
      instant: number(c("instant_ms")),
      endedAt: maybeNumber(c("ended_ms")),
      tool: text(c("tool_id")),
      // No witness showed the command: it was a shell's.
      activity: (maybe(c("activity_id")) ?? "shell") as Call["activity"],
      inputBytes: c("input_bytes") as number,
      resultBytes: c("result_bytes") as number | null,
      subject: maybeNumber(c("subject_fp")),
      status: (maybe(c("status_id")) ?? "unknown") as Call["status"],
      startedAgentId: maybe(c("started_sub_agent_id")),
    }),
  );
}

/** The best telling of each write: calls that are known to have failed are left out. */
export async function readWrites(store: FactStore, scope: SessionScope = null): Promise<StoredWrite[]> {
  const text = (cell: Cell): string => store.dictionary.text(cell as number);
  return await read(
    store,
    `SELECT w.* FROM write w
     ANTI JOIN (SELECT r.* FROM call_result r JOIN dict d ON d.id = r.status_id AND d.text = 'error') e USING (agent_id, session_id, call_key)
     WHERE ${inScope(scope, "w.session_id")}
     QUALIFY row_number() OVER (PARTITION BY agent_id, session_id, call_key, path_id ORDER BY quality) = 1`,
    (c) => ({
      agent: text(c("agent_id")),
      session: text(c("session_id")),
      callKey: c("call_key") as string,
      path: text(c("path_id")),
      quality: writeQualities[c("quality") as number] as WriteQuality,
      instant: number(c("instant_ms")),
      operation: text(c("operation_id")),
      diff: unpackLineDiff(c("lines") as Uint8Array),
    }),
  );
}

/** A commit hash a session's own tool printed, or its telemetry told. */
export interface StoredCommitMention {
  readonly session: string;
  readonly hash: string;
  readonly instant: number;
  readonly telemetry: boolean;
}

export async function readCommitMentions(store: FactStore): Promise<StoredCommitMention[]> {
  return await read(store, "SELECT session_id, commit_hash, instant_ms, telemetry FROM commit_mention", (c) => ({
    session: store.dictionary.text(c("session_id") as number),
    hash: c("commit_hash") as string,
    instant: number(c("instant_ms")),
    telemetry: (c("telemetry") as boolean | null) ?? false,
  }));
}

/** A note some copy of the repository carries now; `claims` is empty where its content was not there to be read. */
export interface StoredNote extends Omit<AuthorshipNoteFact, "kind"> {
  /** False where no copy had the content. */
  readonly isRead: boolean;
}

/** Notes of a repository (under any of its ids) that a copy carries, each once, in a canonical order. */
export async function readNotes(store: FactStore, ids: readonly number[]): Promise<StoredNote[]> {
  const list = ids.map(Number).join(", ");
  const notes = new Map<string, StoredNote>();
  await read(
    store,
    `SELECT s.dialect, s.commit_hash, s.note, n.made_before, n.claims, n.test_lines, n.defects FROM note_seen s
     LEFT JOIN dict d ON d.text = s.dialect
     LEFT JOIN authorship_note n ON n.repository_id IN (${list}) AND n.dialect_id = d.id AND n.commit_hash = s.commit_hash AND n.note = s.note
     WHERE s.repository_id IN (${list}) ORDER BY s.commit_hash, s.dialect, s.note`,
    (c) => {
      const claims = c("claims") as string | null;
      const note: StoredNote = {
        dialect: c("dialect") as StoredNote["dialect"],
        commit: c("commit_hash") as string,
        note: c("note") as string,
        madeBefore: (c("made_before") as boolean | null) ?? false,
        claims: claims === null ? [] : (JSON.parse(claims) as StoredNote["claims"]),
        testLines: (c("test_lines") as number | null) ?? 0,
        defects: claims === null ? {} : (JSON.parse(c("defects") as string) as StoredNote["defects"]),
        isRead: claims !== null,
      };
      notes.set(`${note.commit} ${note.dialect} ${note.note}`, note);
    },
  );
  return [...notes.values()];
}

export async function readCheckpoints(store: FactStore): Promise<StoredCheckpoint[]> {
  return await read(store, "SELECT * FROM checkpoint", (c) => ({
    repository: c("repository_id") as number,
    checkpoint: c("checkpoint_key") as string,
    listed: c("listed_key") as string,
    session: store.dictionary.text(c("session_id") as number),
    transcript: transcriptStates[c("transcript") as number] as string,
    filesTouched: JSON.parse(c("files_touched") as string) as string[],
    createdAt: maybeNumber(c("created_ms")),
  }));
}

/**
 * Repositories with their aliases; those that share one are one. They are numbered from 1 by their oldest root commit (else
 * by their aliases), so that numbers do not tell which was imported first; `idOf` maps the store's ids to these.
 */
export async function readRepositories(store: FactStore): Promise<{ repositories: StoredRepository[]; idOf: ReadonlyMap<number, number> }> {
  const aliases = await read(store, "SELECT * FROM repository_alias ORDER BY repository_id, kind, value", (c) => ({
    id: c("repository_id") as number,
    kind: c("kind") as string,
    value: c("value") as string,
  }));
  const idOf = new Map<number, number>();
  const byAlias = new Map<string, number>();
  const root = (id: number): number => {
    const next = idOf.get(id);
    return next === undefined || next === id ? id : root(next);
  };
  for (const { id, kind, value } of aliases) {
    if (!idOf.has(id)) idOf.set(id, id);
    const other = byAlias.get(`${kind}\u0000${value}`);
    if (other === undefined) byAlias.set(`${kind}\u0000${value}`, id);
    else {
      const [low, high] = [Math.min(root(other), root(id)), Math.max(root(other), root(id))];
      idOf.set(high, low);
    }
  }
  for (const [id, number] of canonicalNumbers(aliases, root)) idOf.set(id, number);
  const refs = await read(store, "SELECT * FROM ref_seen ORDER BY clone, name", (c) => ({
    id: c("repository_id") as number,
    clone: c("clone") as string,
    name: c("name") as string,
    commit: c("commit_hash") as string,
  }));
  const states = await read(store, "SELECT * FROM clone_state ORDER BY clone, name", (c) => ({
    id: c("repository_id") as number,
    clone: c("clone") as string,
    name: c("name") as string,
    value: c("value") as string,
  }));
  const repositories = [...new Set(idOf.values())]
    .sort((a, b) => a - b)
    .map((id): StoredRepository => {
      const own = <T extends { id: number }>(rows: T[]): T[] => rows.filter((row) => idOf.get(row.id) === id);
      const clones = [...new Set(own(states).map((row) => row.clone))].sort();
      return {
        id,
        aliases: own(aliases).map(({ kind, value }) => ({ kind, value })),
        clones: clones.map((clone) => ({
          clone,
          refs: own(refs)
            .filter((row) => row.clone === clone)
            .map(({ name, commit }) => ({ name, commit })),
          states: Object.fromEntries(
            own(states)
              .filter((row) => row.clone === clone)
              .map(({ name, value }) => [name, value]),
          ),
        })),
      };
    });
  return { repositories, idOf };
}

function canonicalNumbers(
  aliases: readonly { id: number; kind: string; value: string }[],
  root: (id: number) => number,
): Map<number, number> {
  const names = new Map<number, string[]>();
  for (const { id, kind, value } of aliases) {
    const own = names.get(root(id));
    const name = `${kind === "root" ? 0 : 1} ${kind} ${value}`;
    if (own) own.push(name);
    else names.set(root(id), [name]);
  }
  const ranked = [...names].map(([id, own]) => ({ id, name: own.sort().join("\n") })).sort((a, b) => compare(a.name, b.name));
  const numbers = new Map(ranked.map(({ id }, rank) => [id, rank + 1]));
  return new Map(aliases.map(({ id }) => [id, numbers.get(root(id)) as number]));
}

/** Every path the commits of a repository (under any of its ids) ever changed, and the newest instant any of them bears. */
export async function readKnownPaths(
  store: FactStore,
  ids: readonly number[],
): Promise<{ paths: Set<string>; newestCommitAt: number | null }> {
  const list = idList(ids);
  const { columns } = await store.database.columns(
    `SELECT path_id FROM file_change WHERE repository_id IN (${list}) UNION SELECT old_path_id FROM file_change WHERE repository_id IN (${list}) AND old_path_id IS NOT NULL`,
  );
  const [newest] = await store.database.all(
    `SELECT max(greatest(commit_ms, author_ms)) AS newest FROM commit WHERE repository_id IN (${list})`,
  );
  return {
    paths: new Set(((columns[0] ?? []) as number[]).map((id) => store.dictionary.text(id))),
    newestCommitAt: newest?.["newest"] === null ? null : Number(newest?.["newest"]),
  };
}

/** Sessions that printed a commit hash, or that a checkpoint of a repository (under any of its ids) lists. */
export async function namedSessionsOf(store: FactStore, ids: readonly number[]): Promise<number[]> {
  const { columns } = await store.database.columns(
    `SELECT session_id FROM commit_mention UNION SELECT session_id FROM checkpoint WHERE repository_id IN (${idList(ids)})`,
  );
  return (columns[0] ?? []) as number[];
}

/** Whether some sessions tell of a message or request id. */
export async function sharesId(store: FactStore, kind: "message" | "request", id: string, scope: SessionScope): Promise<boolean> {
  const [row] = await store.database.all(`SELECT count(*)::INTEGER AS n FROM sighting WHERE ${kind}_id = $id AND ${inScope(scope)}`, {
    id,
  });
  return row?.["n"] !== 0;
}

/** Every commit of a repository (under any of its ids) with its file changes; order is not promised. */
export async function readStoredCommits(store: FactStore, ids: readonly number[], room: DiffRoom): Promise<CommitFact[]> {
  const maybe = (cell: Cell): string | null => store.dictionary.maybeText(cell as number | null);
  const list = ids.map(Number).join(", ");
  const told = new Map<string, { readonly id: number; readonly position: number; readonly change: FileChange }[]>();
  // Put in order here: the database would sort the packed lines too, and has not the memory for those of a large repository.
  await read(store, `SELECT * FROM file_change WHERE repository_id IN (${list})`, (c) => {
    const hash = c("commit_hash") as string;
    const lines = c("lines") as Uint8Array | null;
    const change: FileChange = {
      path: store.dictionary.text(c("path_id") as number),
      oldPath: maybe(c("old_path_id")),
      status: maybe(c("status_id")) as FileChange["status"],
      oldBlob: c("old_blob") as string,
      newBlob: c("new_blob") as string,
      opaque: (maybe(c("opaque_id")) ?? false) as FileChange["opaque"],
      diff: lines === null ? emptyDiff : room.take(lines),
    };
    const entry = { id: c("repository_id") as number, position: c("position") as number, change };
    const known = told.get(hash);
    if (known) known.push(entry);
    else told.set(hash, [entry]);
  });
  const filesOf = (hash: string): FileChange[] => {
    const entries = (told.get(hash) ?? []).sort((a, b) => a.position - b.position || a.id - b.id);
    // the same commit may be told under two ids of one repository
    return entries.filter(({ position }, i) => position !== entries[i - 1]?.position).map(({ change }) => change);
  };
  const commits = new Map<string, CommitFact>();
  await read(store, `SELECT * FROM commit WHERE repository_id IN (${list})`, (c) => {
    const hash = c("commit_hash") as string;
    const parents = c("parents") as string;
    commits.set(hash, {
      kind: "commit",
      hash,
      parents: parents === "" ? [] : parents.split(" "),
      authorName: store.dictionary.text(c("author_name_id") as number),
      authorEmail: store.dictionary.text(c("author_email_id") as number),
      authorAt: number(c("author_ms")),
      commitAt: number(c("commit_ms")),
      trailers: JSON.parse(c("trailers") as string) as CommitFact["trailers"],
      squashOf: c("squash_of") as number | null,
      mergeOf: c("merge_of") as number | null,
      reverts: c("reverts") as string | null,
      ...(c("signs") === null ? {} : { signs: JSON.parse(c("signs") as string) as string[] }),
      files: filesOf(hash),
    });
  });
  return [...commits.values()];
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
