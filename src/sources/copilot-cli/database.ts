/** The session store of Copilot CLI: a row for every response, added and not changed. */
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { CountedProblems } from "../counted-problems.ts";
import { countOf, instantOf, isCount, stringOf } from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import type { Checkpoint, Item } from "../source.ts";
import { DatabaseError, type Row, type SqliteReader } from "../sqlite.ts";
import { agentName, provider } from "./parse.ts";
import { countsOf, nanoUsdOfCredits } from "./totals.ts";

/** A batch is told when it has this many items. */
const batchItems = 512;
const needed = ["id", "session_id", "input_tokens", "output_tokens", "created_at"] as const;
/** What a version may lack. */
const wanted: readonly string[] = [
  ...needed,
  "cache_read_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "total_nano_aiu",
  "duration_ms",
  "agent_id",
  "copilot_usage_model",
  "model",
];

/**
 * Responses that came since `from`.
 * @returns the number of the last row, for the next reading
 */
export function* readUsage(
  database: SqliteReader,
  from: Checkpoint | null,
  path: string,
  source: string,
  fingerprinter: Fingerprinter,
): Generator<readonly Item[], string> {
  const columns = database.columns("assistant_usage_events");
  if (needed.some((column) => !columns.has(column))) throw new DatabaseError("unknown_schema", null);
  const problems = new CountedProblems(source, path);
  const last = lastRow(database);
  const seen = Number(from?.tail ?? "");
  const after = Number.isInteger(seen) && seen <= last ? seen : 0; // fewer rows than there were: another database
  const sessions = new Sessions(database, fingerprinter);
  let items: Item[] = [];
  for (const row of database.rows(
    wanted.filter((column) => columns.has(column)),
    "FROM assistant_usage_events WHERE id > ? ORDER BY id",
    after,
  )) {
    items.push(...responseOf(row, sessions, problems));
    if (items.length < batchItems) continue;
    yield items;
    items = [];
  }
  yield [...items, ...sessions.tell(), ...problems.take()];
  return String(last);
}

const lastRow = (database: SqliteReader): number =>
  Number([...database.rows(["max(id) AS last"], "FROM assistant_usage_events")][0]?.["last"] ?? 0);

function responseOf(row: Row, sessions: Sessions, problems: CountedProblems): Item[] {
  const session = stringOf(row["session_id"]);
  const ended = instantOf(zoned(row["created_at"]));
  const place = `assistant_usage_events/${row["id"]}`;
  if (session === null || ended === null) {
    problems.add("no_instant", "lost", place, "row without a session or a readable time; left out");
    return [];
  }
  const duration = isCount(row["duration_ms"]) ? row["duration_ms"] : 0;
  const instant = Math.round(ended - duration); // the row is written when the response has ended
  const { cwd, branch } = sessions.seen(session, instant);
  const counts = countsOf(
    countOf(row["input_tokens"]),
    countOf(row["output_tokens"]),
    countOf(row["cache_read_tokens"]),
    countOf(row["cache_write_tokens"]),
    isCount(row["reasoning_tokens"]) ? countOf(row["reasoning_tokens"]) : null,
  );
  const isSeen = isCount(row["input_tokens"]) && isCount(row["output_tokens"]);
  return [
    {
      kind: "fact",
      fact: {
        kind: "sighting",
        agent: agentName,
        session,
        provider,
        messageId: `${session}:${row["id"]}`,
        requestId: null,
        instant,
        agentId: stringOf(row["agent_id"]),
        model: stringOf(row["copilot_usage_model"]) ?? stringOf(row["model"]) ?? "unknown",
        agentVersion: null,
        serviceTier: null,
        speed: null,
        geo: null,
        cwd,
        branch,
        counts,
        outputQuality: isSeen ? "final" : "not_observed",
        webSearches: 0,
        visibleChars: 0,
        reportedCostNanoUsd: nanoUsdOfCredits(countOf(row["total_nano_aiu"])),
      },
    },
  ];
}

/** A time without zone is UTC. */
const zoned = (value: unknown): unknown =>
  typeof value === "string" && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? `${value.replace(" ", "T")}Z` : value;

function hasFolders(database: SqliteReader): boolean {
  const columns = database.columns("sessions");
  return ["id", "cwd", "branch"].every((column) => columns.has(column));
}

/** Folder and branch of sessions, and how far they reach. */
class Sessions {
  readonly #known: ReadonlyMap<string, Row>;
  readonly #facts = new Map<string, SessionFacts>();
  readonly #items: Item[] = [];
  readonly #fingerprinter: Fingerprinter;

  constructor(database: SqliteReader, fingerprinter: Fingerprinter) {
    this.#fingerprinter = fingerprinter;
    const rows = hasFolders(database) ? [...database.rows(["id", "cwd", "branch"], "FROM sessions")] : [];
    this.#known = new Map(rows.map((row) => [String(row["id"]), row]));
  }

  seen(session: string, instant: number): SessionFacts["details"] {
    let facts = this.#facts.get(session);
    if (facts === undefined) {
      facts = new SessionFacts(agentName, session, this.#fingerprinter, {
        fact: (fact) => this.#items.push({ kind: "fact", fact }),
        problem: () => {},
      });
      const row = this.#known.get(session);
      facts.learn({ cwd: stringOf(row?.["cwd"]), branch: stringOf(row?.["branch"]) });
      this.#facts.set(session, facts);
    }
    facts.seen(instant);
    return facts.details;
  }

  tell(): Item[] {
    for (const facts of this.#facts.values()) facts.tell();
    return this.#items;
  }
}
