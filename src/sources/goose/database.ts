/** Goose's database, session by session: a ledger of responses in newer versions, totals of sessions in all. */
import type { SightingFact, TokenCounts, TokenFact } from "../../contract/facts.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { CountedProblems } from "../counted-problems.ts";
import {
  type JsonObject,
  countOf,
  instantOf,
  isCount,
  isObject,
  listOf,
  nanoUsdOf,
  objectOf,
  parsedText,
  stringOf,
} from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import { changedSessions } from "../session-marks.ts";
import type { Checkpoint, Item } from "../source.ts";
import { DatabaseError, type Row, type SqliteReader } from "../sqlite.ts";
import { tellMessage } from "./messages.ts";

export const agentName = "goose";

/**
 * Facts of every session that is not as it was at `from`.
 * @returns what each session looks like now, for the next reading
 */
export function* readSessions(
  database: SqliteReader,
  from: Checkpoint | null,
  path: string,
  fingerprinter: Fingerprinter,
): Generator<readonly Item[], string> {
  const sessions = database.columns("sessions");
  if (!["id", "working_dir", "created_at"].every((column) => sessions.has(column))) throw new DatabaseError("unknown_schema", null);
  const { changed, tail } = changedSessions(marksOf(database, sessions), from?.tail ?? "");
  const columns = sessionColumns.filter((column) => sessions.has(column));
  const problems = new CountedProblems(agentName, path);
  for (const id of changed) {
    const row = [...database.rows(columns, "FROM sessions WHERE id = ?", id)][0] ?? {}; // its messages may outlive it
    const facts = new SessionTeller(database, id, row, problems, fingerprinter).tell();
    yield [...facts.map((fact): Item => ({ kind: "fact", fact })), ...problems.take()];
  }
  yield problems.take();
  return tail;
}

/** What a session looks like: its totals change with each response, messages and ledger are added to. */
function marksOf(database: SqliteReader, columns: ReadonlySet<string>): Map<string, string> {
  const told = ["updated_at", ...totals].filter((column) => columns.has(column));
  const marks = new Map<string, string>();
  for (const row of database.rows(["id", ...told], "FROM sessions")) {
    marks.set(String(row["id"]), told.map((column) => row[column]).join(";"));
  }
  for (const table of ["messages", "usage_ledger"]) {
    if (!database.columns(table).has("session_id")) continue;
    for (const row of database.rows(["session_id AS id", "count(*) AS n", "max(id) AS last"], `FROM ${table} GROUP BY session_id`)) {
      const id = String(row["id"]);
      marks.set(id, `${marks.get(id) ?? ""};${table}:${row["n"]}:${row["last"]}`);
    }
  }
  return marks;
}

const totals = [
  "accumulated_input_tokens",
  "accumulated_output_tokens",
  "accumulated_total_tokens",
  "accumulated_cache_read_tokens",
  "accumulated_cache_write_tokens",
] as const;

const sessionColumns = [
  "working_dir",
  "created_at",
  ...totals,
  "accumulated_cost",
  "schedule_id",
  "provider_name",
  "model_config_json",
  "parent_session_id",
] as const;
const messageColumns = ["id", "message_id", "role", "content_json", "created_timestamp", "timestamp", "metadata_json"] as const;
const ledgerColumns = [
  "id",
  "created_timestamp",
  "model",
  "input_tokens",
  "output_tokens",
  "total_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "cost",
] as const;

class SessionTeller {
  readonly #database: SqliteReader;
  readonly #id: string;
  readonly #row: Row;
  readonly #problems: CountedProblems;
  readonly #told: TokenFact[] = [];
  readonly #facts: SessionFacts;
  /** The session that set it going. */
  readonly #parent: string | null;
  readonly #startedAt: number | null;
  readonly #model: string | null;
  /** What the ledger tells of models the session had before. */
  #byOtherModels = noCounts;

  constructor(database: SqliteReader, id: string, row: Row, problems: CountedProblems, fingerprinter: Fingerprinter) {
    this.#database = database;
    this.#id = id;
    this.#row = row;
    this.#problems = problems;
    this.#parent = stringOf(row["parent_session_id"]);
    this.#startedAt = utc(row["created_at"]);
    this.#model = stringOf(objectOf(parsedText(row["model_config_json"]))["model_name"]);
    this.#facts = new SessionFacts(agentName, id, fingerprinter, {
      fact: (fact) => this.#told.push(fact),
      problem: (code, severity, offset, message, hint) => problems.add(code, severity, offset, message, hint),
    });
    // A sub-agent keeps a session of its own: totals of one session would swallow those of another.
    this.#facts.learn({
      parentSession: this.#parent,
      cwd: stringOf(row["working_dir"]),
      trigger: stringOf(row["schedule_id"]) === null ? null : "schedule",
    });
  }

  tell(): TokenFact[] {
    this.#messages();
    this.#ledger();
    this.#total();
    this.#facts.tell();
    return this.#told;
  }

  /** Rows of this session, with what a version has of the columns. */
  #rows(table: string, wanted: readonly string[], order: string): Generator<Row> {
    const there = this.#database.columns(table);
    const columns = wanted.filter((column) => there.has(column));
    return this.#database.rows(columns, `FROM ${table} WHERE session_id = ? ${order}`, this.#id);
  }

  #messages(): void {
    if (!this.#database.columns("messages").has("content_json")) return;
    for (const row of this.#rows("messages", messageColumns, "ORDER BY created_timestamp, id")) {
      const place = `messages/${row["id"]}`;
      const content = parsedText(row["content_json"]);
      const instant = instantOf(row["created_timestamp"]) ?? utc(row["timestamp"]);
      if (!Array.isArray(content))
        this.#problems.add("torn_record", "notice", place, "message whose JSON is damaged; left out", "a backup may have it whole");
      else if (instant === null) this.#problems.add("no_instant", "notice", place, "message without a readable time; left out");
      else {
        const message = {
          id: stringOf(row["message_id"]) ?? `${this.#id}:${row["id"]}`,
          role: stringOf(row["role"]),
          instant,
          isAsked: this.#parent === null,
        };
        tellMessage(
          this.#facts,
          this.#problems,
          message,
          listOf(content).filter(isObject),
          objectOf(parsedText(row["metadata_json"])),
          place,
        );
      }
    }
  }

  #ledger(): void {
    if (!this.#database.columns("usage_ledger").has("input_tokens")) return;
    for (const row of this.#rows("usage_ledger", ledgerColumns, "ORDER BY id")) {
      const instant = instantOf(row["created_timestamp"]);
      const counts = countsOf(row, "");
      if (instant === null) {
        this.#problems.add("no_instant", "lost", `usage_ledger/${row["id"]}`, "row without a readable time; left out");
        continue;
      }
      const isSeen = isCount(row["input_tokens"]) || isCount(row["output_tokens"]);
      const model = stringOf(row["model"]) ?? this.#model ?? "unknown";
      if (model !== (this.#model ?? "unknown")) this.#byOtherModels = combined(this.#byOtherModels, counts, (a, b) => a + b);
      this.#sighting({
        messageId: `${this.#id}:${row["id"]}`,
        instant,
        model,
        counts,
        outputQuality: isSeen ? "final" : "not_observed",
        reportedCostNanoUsd: nanoUsdOf(row["cost"]),
      });
    }
  }

  /** Of all responses of the session, by its present model; where the ledger tells them, nothing is left of it. */
  #total(): void {
    const counts = combined(countsOf(this.#row, "accumulated_"), this.#byOtherModels, (a, b) => Math.max(0, a - b));
    if (counts.input + counts.output + counts.cacheRead + counts.cacheWrite5m === 0) return;
    if (this.#startedAt === null) {
      this.#problems.add("no_instant", "lost", `sessions/${this.#id}`, "session without a readable time; its total was left out");
      return;
    }
    const model = this.#model ?? "unknown";
    this.#sighting({
      messageId: `${agentName}:${this.#id}:${model}`,
      instant: this.#startedAt,
      model,
      counts,
      outputQuality: "final",
      reportedCostNanoUsd: nanoUsdOf(this.#row["accumulated_cost"]),
      grain: "session",
    });
  }

  #sighting(
    response: Pick<SightingFact, "messageId" | "instant" | "model" | "counts" | "outputQuality" | "reportedCostNanoUsd" | "grain">,
  ): void {
    this.#facts.seen(response.instant);
    this.#told.push({
      kind: "sighting",
      agent: agentName,
      session: this.#facts.session,
      provider: stringOf(this.#row["provider_name"]),
      requestId: null,
      agentId: null,
      agentVersion: null,
      serviceTier: null,
      speed: null,
      geo: null,
      cwd: stringOf(this.#row["working_dir"]),
      branch: null,
      webSearches: 0,
      visibleChars: 0,
      ...response,
    });
  }
}

const noCounts: TokenCounts = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: null };

function combined(one: TokenCounts, other: TokenCounts, of: (a: number, b: number) => number): TokenCounts {
  return {
    input: of(one.input, other.input),
    cacheRead: of(one.cacheRead, other.cacheRead),
    cacheWrite5m: of(one.cacheWrite5m, other.cacheWrite5m),
    cacheWrite1h: 0,
    output: of(one.output, other.output),
    reasoning: null,
  };
}

/**
 * Whether cached tokens are in the input depends on the provider; the total tells, where it is there. Without it they are taken
 * for part of the input, which never counts a token twice. Sessions of older versions have no cache columns at all.
 */
function countsOf(row: JsonObject, prefix: "" | "accumulated_"): TokenCounts {
  const count = (name: string): number => countOf(row[`${prefix}${name}`]);
  const all = count("input_tokens");
  const cacheRead = count("cache_read_tokens");
  const cacheWrite5m = count("cache_write_tokens");
  const output = count("output_tokens");
  const total = row[`${prefix}total_tokens`];
  const isBeside = (isCount(total) && countOf(total) === all + cacheRead + cacheWrite5m + output) || all < cacheRead + cacheWrite5m;
  return { input: isBeside ? all : all - cacheRead - cacheWrite5m, cacheRead, cacheWrite5m, cacheWrite1h: 0, output, reasoning: null };
}

/** SQLite's own times, `2026-01-02 10:00:00`, are UTC and do not say so. */
function utc(value: unknown): number | null {
  if (typeof value !== "string") return instantOf(value);
  return instantOf(/(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value.replace(" ", "T")}Z`);
}
