import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { organisationTables } from "../../src/app/organisation-tables.ts";
import { survivalAt } from "../../src/analysis/survival.ts";
import { type MeasureQueryInput, type MeasureResult, measureQuerySchema } from "../../src/contract/query.ts";
import { type CompileOptions, compile } from "../../src/measures/compile.ts";
import derivedTables from "../../src/store/derived.sql";
import ledgerView from "../../src/store/views/ledger.sql";
import spanParts from "../../src/store/views/span_part.sql";

type Value = string | number | bigint | boolean | null;
export type TestRow = Readonly<Record<string, Value>>;

/** A derived database in memory, with the tables the app fills before it asks. */
export class MeasureStore {
  readonly #connection: DuckDBConnection;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(): Promise<MeasureStore> {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1", autoinstall_known_extensions: "false" });
    const connection = await instance.connect();
    await connection.run(derivedTables);
    await connection.run(ledgerView);
    await connection.run("CREATE TEMP TABLE strand_fate (strand_id INTEGER, fate VARCHAR)");
    await connection.run(organisationTables);
    await connection.run("CREATE TEMP TABLE session_person (session_id INTEGER, person INTEGER)");
    await connection.run(
      "CREATE TEMP TABLE mix_fate (segment_id INTEGER, allocation TINYINT, weight INTEGER, grade VARCHAR, fate VARCHAR)",
    );
    await connection.run("CREATE TEMP VIEW asked_charge AS SELECT * FROM charge");
    await connection.run(spanParts);
    await connection.run(
      "CREATE TEMP TABLE output_rule (model VARCHAR, agent_version VARCHAR, tokens_per_char DOUBLE, constant_tokens DOUBLE, leave_one_out_error DOUBLE, usages INTEGER)",
    );
    return new MeasureStore(connection);
  }

  async insert(table: string, rows: readonly TestRow[]): Promise<void> {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const tuples = rows.map((row) => `(${columns.map((column) => sqlValue(row[column] ?? null)).join(", ")})`);
    if (rows.length > 0) await this.#connection.run(`INSERT INTO ${table} (${columns.join(", ")}) VALUES ${tuples.join(", ")}`);
  }

  async clear(): Promise<void> {
    for (const table of ["usage_d", "charge", "strand", "strand_fate"]) await this.#connection.run(`DELETE FROM ${table}`);
  }

  /** Reads the span anew from what was filled in. */
  async readSpan(): Promise<void> {
    await this.#connection.run("DROP TABLE span_part");
    await this.#connection.run(spanParts);
  }

  async ask(query: MeasureQueryInput, options?: CompileOptions): Promise<MeasureResult> {
    const compiled = compile(measureQuerySchema.parse(query), options);
    return compiled.finish(await this.rows(compiled.sql, compiled.params), { kaplan_meier: survivalAt });
  }

  async rows(sql: string, params: Readonly<Record<string, string | number | null>> = {}) {
    return (await this.#connection.runAndReadAll(sql, { ...params })).getRowObjectsJS();
  }

  close(): void {
    this.#connection.closeSync();
  }
}

const sqlValue = (value: Value): string => (typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value));

export const instant = (text: string): number => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);

/** A response of 10 fresh, 80 cached, 5 + 5 written tokens and `output` of output. */
export function usageRow(id: number, more: TestRow): TestRow {
  return {
    usage_id: id,
    usage_key: `u${id}`,
    agent: "claude-code",
    provider: "anthropic",
    model: "opus",
    service_tier: "standard",
    sub_agent: false,
    source: "claude-code",
    sightings: 1,
    input: 10,
    cache_read: 80,
    cache_write_5m: 5,
    cache_write_1h: 5,
    output: id,
    output_quality: "final",
    web_searches: 0,
    sighted_tokens: 100 + id,
    visible_chars: 100 * id,
    ...more,
  };
}

export const chargeRow = (id: number, listNanoUsd: number | bigint | null): TestRow => ({
  charge_id: id,
  usage_id: id,
  list_nano_usd: listNanoUsd,
});

/**
 * Ten responses of three sessions, worth 1,000 nano-dollars together (the ninth has no price), six strands, five landed
 * changes, 200 landed lines. Both repositories were last seen on 31 March 2026.
 */
export async function fillTenRows(store: MeasureStore): Promise<void> {
  const shop = 1;
  const docs = 2;
  const horizon_ms = instant("2026-03-31");
  await store.insert("repository_d", [
    { repository_id: shop, name: "acme/shop", horizon_ms },
    { repository_id: docs, name: "acme/docs", horizon_ms },
  ]);
  await store.insert("session_d", [
    { session_id: 1, session_key: "s1", agent: "claude-code", repository_id: shop, trigger: "person" },
    { session_id: 2, session_key: "s2", agent: "claude-code", repository_id: shop, trigger: "ci" },
    { session_id: 3, session_key: "s3", agent: "codex", repository_id: docs, trigger: null },
  ]);
  const s1 = { session_id: 1, repository_id: shop };
  const s2 = { session_id: 2, repository_id: shop };
  const s3 = { session_id: 3, repository_id: docs, agent: "codex", model: "gpt", output_quality: "partial" };
  await store.insert("usage_d", [
    usageRow(1, { ...s1, segment_id: 1, instant_ms: instant("2026-02-01"), sightings: 3, sighted_tokens: 303 }),
    usageRow(2, { ...s1, segment_id: 1, instant_ms: instant("2026-02-01") }),
    usageRow(3, { ...s1, segment_id: 2, instant_ms: instant("2026-02-02"), model: "haiku", sub_agent: true }),
    usageRow(4, { ...s1, segment_id: 2, instant_ms: instant("2026-02-02"), model: "haiku", sub_agent: true }),
    usageRow(5, { ...s2, segment_id: 3, instant_ms: instant("2026-02-10") }),
    usageRow(6, { ...s2, segment_id: 3, instant_ms: instant("2026-02-28T23:30:00Z"), output_quality: "partial" }),
    usageRow(7, { ...s2, segment_id: 4, instant_ms: instant("2026-03-05"), output_quality: "partial" }),
    usageRow(8, { ...s3, segment_id: 5, instant_ms: instant("2026-03-06") }),
    usageRow(9, { ...s3, segment_id: 5, instant_ms: instant("2026-03-07") }),
    usageRow(10, { ...s3, segment_id: 6, instant_ms: instant("2026-03-20") }),
  ]);
  const costs = [100, 200, 10, 20, 400, 70, 100, 50, null, 50];
  await store.insert(
    "charge",
    // A thousand nano-dollars a thousand output tokens.
    costs.map((cost, index) => ({ ...chargeRow(index + 1, cost), output_nano_per_million: cost === null ? null : 1_000_000 })),
  );
  await store.insert(
    "segment",
    [1, 2, 3, 4, 5, 6].map((segment_id) => ({
      segment_id,
      kind: segment_id === 4 ? "none" : "edit",
      activity: segment_id === 4 ? "read" : "edit",
      purpose: "build",
    })),
  );
  const toShop = { repository_id: shop, line_kind: "code", side: "added", author_kind: "agent", flow: "own" };
  const change1 = { ...toShop, change_id: 1, landed_ms: instant("2026-02-05"), released_ms: instant("2026-02-15") };
  const change2 = { ...toShop, change_id: 2, landed_ms: instant("2026-02-12") };
  await store.insert("strand", [
    { strand_id: 1, segment_id: 1, weight_from: 0, weight_to: 2, weight_total: 3, grade: "A", ...change1 },
    { strand_id: 2, segment_id: 1, weight_from: 2, weight_to: 3, weight_total: 3, grade: "B", ...toShop, repair: "wide" },
    { strand_id: 3, segment_id: 2, weight_from: 0, weight_to: 7, weight_total: 7, grade: "A", ...change1, flow: "back", repair: "wide" },
    { strand_id: 4, segment_id: 3, weight_from: 0, weight_to: 1, weight_total: 2, grade: "B", ...change2 },
    { strand_id: 5, segment_id: 3, weight_from: 1, weight_to: 2, weight_total: 2, grade: "B", ...change2 },
    { strand_id: 6, segment_id: 4, weight_from: 0, weight_to: 1, weight_total: 1, flow: "own", activity: "read" },
    { strand_id: 7, segment_id: 5, weight_from: 0, weight_to: 1, weight_total: 1, flow: "own", unlinked_reason: "repository_unseen" },
  ]);
  const fates = ["stuck", "superseded", "stuck", "maturing", "rework", "no_artefact", "unlinked"];
  await store.insert(
    "strand_fate",
    fates.map((fate, index) => ({ strand_id: index + 1, fate })),
  );
  await store.insert("change", [
    {
      change_id: 1,
      repository_id: shop,
      change_key: "acme/shop#1",
      kind: "pull_request",
      landed_ms: instant("2026-02-05"),
      released_ms: instant("2026-02-15"),
      evidence: "squash_subject",
      review_path: "reviewed",
      ready_ms: instant("2026-02-04"),
      first_review_ms: instant("2026-02-04T12:00:00Z"),
      approved_ms: instant("2026-02-04T18:00:00Z"),
      review_rounds: 2,
      review_requests: 1,
      issue_opened_ms: instant("2026-01-26"),
    },
    {
      change_id: 2,
      repository_id: shop,
      change_key: "acme/shop#2",
      kind: "pull_request",
      landed_ms: instant("2026-02-12"),
      evidence: "merge_subject",
      review_path: "self_merge",
    },
    { change_id: 3, repository_id: docs, change_key: "acme/docs@a", kind: "direct", landed_ms: instant("2026-02-20"), evidence: "push" },
    {
      change_id: 4,
      repository_id: shop,
      change_key: "acme/shop#3",
      kind: "pull_request",
      landed_ms: instant("2026-03-01"),
      evidence: "merge_subject",
      review_path: "instant_self_merge",
    },
    { change_id: 5, repository_id: docs, change_key: "acme/docs@b", kind: "direct", landed_ms: instant("2026-03-20"), evidence: "push" },
    { change_id: 6, repository_id: shop, change_key: "acme/shop#4", kind: "pull_request", landed_ms: null, evidence: "pull_head" },
  ]);
  const run = (run_id: number, landed: string | null, lines: number, more: TestRow): TestRow => ({
    run_id,
    repository_id: shop,
    path: "a.ts",
    landed_ms: landed === null ? null : instant(landed),
    lines,
    line_kind: "code",
    author_kind: "agent",
    ...more,
  });
  await store.insert("run", [
    run(1, "2026-02-05", 60, { landed_change_id: 1, session_id: 1, grade: "A" }),
    run(2, "2026-02-05", 20, {
      landed_change_id: 1,
      session_id: 1,
      grade: "A",
      died_ms: instant("2026-02-10"),
      death: "replaced",
      killer_commit: "k1",
    }),
    run(3, "2026-02-12", 10, { landed_change_id: 2, session_id: 2, grade: "B", author_kind: "mixed" }),
    run(4, "2026-02-12", 10, {
      landed_change_id: 2,
      session_id: 2,
      grade: "B",
      died_ms: instant("2026-02-25"),
      death: "removed",
      killer_commit: "k2",
    }),
    run(5, "2026-03-01", 40, { landed_change_id: 4, author_kind: "person" }),
    run(6, "2026-03-20", 40, { landed_change_id: 5, author_kind: "unknown", repository_id: docs, line_kind: "prose" }),
    run(7, "2026-03-20", 1_000, { landed_change_id: 5, line_kind: "generated", repository_id: docs }),
    run(8, null, 5, { session_id: 2 }),
    run(9, "2026-03-26", 20, { session_id: 2, grade: "B" }),
  ]);
  // Of the commits that took lines away a session is known of one.
  await store.insert("commit_d", [
    { commit_id: 1, repository_id: shop, commit_hash: "k1" },
    { commit_id: 2, repository_id: shop, commit_hash: "k2" },
  ]);
  await store.insert("commit_link", [{ session_id: 1, repository_id: shop, commit_hash: "k2", grade: "B", lines: 1 }]);
  const issue = (
    number: number,
    kind: string | null,
    opened: string,
    closed: string | null,
    reopened: readonly string[] = [],
  ): TestRow => ({
    repository_id: shop,
    number,
    kind,
    opened_ms: instant(opened),
    closed_ms: closed === null ? null : instant(closed),
    reopened_ms: JSON.stringify(reopened.map(instant)),
  });
  await store.insert("issue_d", [
    issue(11, "bug", "2026-01-26", "2026-02-05"),
    issue(12, "other", "2026-02-01", null),
    issue(13, null, "2026-02-02", "2026-02-12", ["2026-02-06"]),
  ]);
  // Prompts cost 80 of the 100 of the first response and 150 of the 200 of the second; the ninth has no price.
  await store.insert("context_cost", [
    { usage_id: 1, cause: "instructions", list_nano_usd: 60 },
    { usage_id: 1, cause: "prompt", list_nano_usd: 20 },
    { usage_id: 2, cause: "instructions", list_nano_usd: 30 },
    { usage_id: 2, cause: "read", list_nano_usd: 90 },
    { usage_id: 2, cause: "unknown", list_nano_usd: 30 },
    { usage_id: 5, cause: "reread", list_nano_usd: 170 },
    { usage_id: 9, cause: "unknown", list_nano_usd: null },
  ]);
  await store.insert("sub_agent_d", [
    { session_id: 1, started_ms: instant("2026-02-02"), observed: true },
    { session_id: 1, started_ms: instant("2026-02-03"), observed: false },
    { session_id: 3, started_ms: instant("2026-03-06"), observed: false },
  ]);
  await store.insert("listed_session_d", [
    { session_key: "s1", repository_id: shop, created_ms: instant("2026-02-03"), has_transcript: true },
    { session_key: "s9", repository_id: shop, created_ms: instant("2026-02-12"), has_transcript: false },
  ]);
  // Pooled, segment 1 goes half to what stuck and half to what was superseded; without flows, segment 2 is thinking.
  await store.insert("span_segment", [
    { segment_id: 1, allocation: 1, mix_segment_id: 1, mix_allocation: 1 },
    { segment_id: 2, allocation: 3, mix_segment_id: 2, mix_allocation: 3 },
  ]);
  await store.insert("mix_fate", [
    { segment_id: 1, allocation: 1, weight: 500_000_000, grade: "A", fate: "stuck" },
    { segment_id: 1, allocation: 1, weight: 500_000_000, grade: "B", fate: "superseded" },
    { segment_id: 2, allocation: 3, weight: 1_000_000_000, grade: null, fate: "no_artefact" },
  ]);
  // A tenth of a token a character, 100 characters an id: 60, 70, 80, 90, 100 for the five without a final count.
  await store.insert("output_rule", [
    { model: "opus", agent_version: null, tokens_per_char: 0.1, constant_tokens: 0 },
    { model: "gpt", agent_version: null, tokens_per_char: 0.1, constant_tokens: 0 },
  ]);
  await store.readSpan();
}
