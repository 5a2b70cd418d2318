import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../contract/errors.ts";
import type { ForgeFact } from "../contract/forge-facts.ts";
import type { Problem } from "../contract/problem.ts";
import type { AuthorshipNoteFact, CarriedNote, CommitFact, RefFact, TokenFact } from "../contract/facts.ts";
import { Dictionary } from "./dictionary.ts";
import { factsFile } from "./place.ts";
import { Database, type Row } from "./duckdb/database.ts";
import { type ChangedKind, noteChanged } from "./changed.ts";
import { FactBatch } from "./fact-batch.ts";
import { type StoredOverrule, addOverrule } from "./overrules.ts";
import type { BillLineFact } from "../contract/bill-facts.ts";
import { addBillLine } from "./bill-rows.ts";
import { ForgeBookkeeping } from "./forge-bookkeeping.ts";
import { addForgeFact, repositoriesAt, repositoriesOfIncidents } from "./forge-rows.ts";
import facts1 from "./migrations/0001_facts.sql";
import closedPeriods2 from "./migrations/0002_closed_periods.sql";
import changed3 from "./migrations/0003_changed.sql";
import oneResponseKey4 from "./migrations/0004_one_response_key.sql";
import authorshipNotes5 from "./migrations/0005_authorship_notes.sql";
import context6 from "./migrations/0006_context.sql";
import forges7 from "./migrations/0007_forges.sql";
import messageSigns8 from "./migrations/0008_message_signs.sql";
import savedViews9 from "./migrations/0009_saved_views.sql";
import overrules10 from "./migrations/0010_overrules.sql";
import telemetry11 from "./migrations/0011_telemetry.sql";
import usageGrain12 from "./migrations/0012_usage_grain.sql";
import bills13 from "./migrations/0013_bills.sql";
import { featureVersion } from "../lines/line-diff.ts";
import { addCommit, addNote, addTokenFact, type Telling } from "./rows.ts";

/** Forward only; the n-th brings a store from version n to n + 1. */
export const migrations: readonly string[] = [
  facts1,
  closedPeriods2,
  changed3,
  oneResponseKey4,
  authorshipNotes5,
  context6,
  forges7,
  messageSigns8,
  savedViews9,
  overrules10,
  telemetry11,
  usageGrain12,
  bills13,
];

/** Where reading an input ended, as its source said. */
export interface InputState {
  readonly source: string;
  readonly key: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly identity: string;
  readonly offset: number;
  readonly tail: string;
}

/** Ways a repository is known: two with one alias in common are one. */
export interface Alias {
  readonly kind: "remote" | "root" | "folder";
  readonly value: string;
}

const maxBatchRows = 75_000;
/** Stands in problems for the inputs that are no more. */
const formerInputs = "former inputs";

/**
 * The facts of one folder, opened by their one owner. Rows go in by batch; a batch, the states of the inputs it came from
 * and their problems are one transaction, so that a kill at any moment leaves whole inputs or nothing of them.
 */
export class FactStore {
  readonly database: Database;
  readonly dictionary: Dictionary;
  readonly forges: ForgeBookkeeping;
  readonly #batch: FactBatch;
  #inputs = new Map<string, InputState>();
  #problems: { problem: Problem; key: string }[] = [];
  #readInputs = new Set<string>();

  private constructor(database: Database, dictionary: Dictionary) {
    this.database = database;
    this.dictionary = dictionary;
    this.#batch = new FactBatch(dictionary);
    this.forges = new ForgeBookkeeping(database);
  }

  /**
   * Opens the store of a folder, making it if there is none.
   * @throws UserError `store_busy`, `store_unreadable`, `store_newer` if a newer version of Assay wrote it
   */
  static async open(folder: string, options: { readonly readOnly?: boolean } = {}): Promise<FactStore> {
    const path = join(folder, factsFile);
    if (options.readOnly && !existsSync(path)) {
      throw new UserError("no_store", `There is no store in ${folder} yet.`, {
        hint: "Run `assay import` first, or give its folder with --store.",
      });
    }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const database = await Database.open(path, options);
    try {
      await migrate(database, folder, options.readOnly ?? false);
      return new FactStore(database, await Dictionary.load(database));
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The secret that keys every fingerprint of this store: 32 hex digits. */
  async secret(): Promise<string> {
    return (await this.#meta("secret")) as string;
  }

  async setting(name: "ignore_trailers" | "sample" | "access"): Promise<string | null> {
    return await this.#meta(name);
  }

  async changeSetting(name: "ignore_trailers" | "sample" | "access", value: string): Promise<void> {
    await this.database.run("DELETE FROM meta WHERE name = $name", { name });
    await this.database.run("INSERT INTO meta VALUES ($name, $value)", { name, value });
    await this.#advance([]);
  }

  /** Counts the transactions that changed facts: equal revisions of one store hold equal facts. */
  async revision(): Promise<number> {
    return Number((await this.#meta("revision")) ?? "0");
  }

  async #advance(changes: Iterable<readonly [ChangedKind, number]>): Promise<void> {
    const revision = (await this.revision()) + 1;
    await this.database.run("DELETE FROM meta WHERE name = 'revision'");
    await this.database.run("INSERT INTO meta VALUES ('revision', $value)", { value: String(revision) });
    await noteChanged(this.database, revision, changes);
  }

  async #meta(name: string): Promise<string | null> {
    const [row] = await this.database.all("SELECT value FROM meta WHERE name = $name", { name });
    return (row?.["value"] as string | undefined) ?? null;
  }

  /** States of the inputs a source has read, by key. */
  async inputStates(source: string): Promise<Map<string, InputState>> {
    const rows = await this.database.all("SELECT * FROM input_state WHERE source = $source", { source });
    return new Map(
      rows.map((row) => [
        row["input_key"] as string,
        {
          source,
          key: row["input_key"] as string,
          size: Number(row["size"]),
          mtimeMs: row["mtime_ms"] as number,
          identity: row["identity"] as string,
          offset: Number(row["read_offset"]),
          tail: row["tail"] as string,
        },
      ]),
    );
  }

  addTokenFact(fact: TokenFact, telling: Telling): void {
    addTokenFact(this.#batch, this.dictionary, fact, telling);
  }

  addCommit(repositoryId: number, commit: CommitFact, seenAt: number): void {
    addCommit(this.#batch, this.dictionary, repositoryId, commit, seenAt);
  }

  addNote(repositoryId: number, note: AuthorshipNoteFact, seenAt: number): void {
    addNote(this.#batch, this.dictionary, repositoryId, note, seenAt);
  }

  addForgeFact(fact: ForgeFact, seenAt: number): void {
    addForgeFact(this.#batch, this.dictionary, fact, seenAt);
  }

  addBillLine(fact: BillLineFact, seenAt: number): void {
    addBillLine(this.#batch, this.dictionary, fact, seenAt);
  }

  /** Tells whether the content of a note on a commit of a repository was read before. */
  async knownNotes(repositoryId: number): Promise<(note: CarriedNote) => boolean> {
    const key = ({ dialect, commit, note }: CarriedNote): string => `${dialect} ${commit} ${note}`;
    const rows = await this.database.all(
      "SELECT d.text AS dialect, commit_hash, note FROM authorship_note n JOIN dict d ON d.id = n.dialect_id WHERE repository_id = $repositoryId",
      { repositoryId },
    );
    const known = new Set(rows.map((row) => `${row["dialect"]} ${row["commit_hash"]} ${row["note"]}`));
    return (note) => known.has(key(note));
  }

  addProblem(problem: Problem, inputKey: string): void {
    this.#problems.push({ problem, key: inputKey });
  }

  /** Notes that an input was read anew from its start: its earlier problems no longer stand. */
  restartInput(source: string, key: string): void {
    this.#readInputs.add(`${source}\u0000${key}`);
  }

  /** Forgets inputs that are no more. Their problems are kept, those that say the same as one. */
  async forgetInputs(source: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const gone = { source, keys: JSON.stringify(keys) };
    const listed = "input_key IN (SELECT unnest(CAST(CAST($keys AS JSON) AS VARCHAR[])))";
    await this.#transaction(async () => {
      await this.database.run(`DELETE FROM input_state WHERE source = $source AND ${listed}`, gone);
      const told = `source = $source AND (input_key = '${formerInputs}' OR ${listed})`;
      await this.database.run(
        `CREATE OR REPLACE TEMP TABLE stage_problem AS
         SELECT source, '${formerInputs}' AS input_key, code, severity, min(locator), message, hint, sum(occurrences)::INTEGER, min(first_seen_ms)
         FROM problem WHERE ${told} GROUP BY ALL`,
        gone,
      );
      await this.database.run(`DELETE FROM problem WHERE ${told}`, gone);
      await this.database.run("INSERT INTO problem SELECT * FROM stage_problem");
      await this.database.run("DROP TABLE stage_problem");
    });
  }

  finishInput(state: InputState): void {
    this.#inputs.set(`${state.source}\u0000${state.key}`, state);
  }

  /** True when enough rows wait for a commit to be worth it. */
  get isFull(): boolean {
    return this.#batch.size >= maxBatchRows;
  }

  /** Writes what waits, in one transaction. Call it only between inputs. */
  async commit(seenAt: number, alongside?: () => Promise<void>): Promise<void> {
    await this.#transaction(async () => {
      const { isOfForges } = this.#batch;
      const told = this.#batch.size > 0 && !isOfForges;
      const touched = this.#batch.touched();
      const ofIncidents = this.#batch.hasIncidents;
      const { newForgeRows, forgeRepositories } = await this.#batch.flush(this.database);
      // A forge is asked again for what it told last: told as it was known, it changes nothing.
      for (const id of await repositoriesAt(this.database, forgeRepositories)) touched.push(["repository", id]);
      if (ofIncidents && newForgeRows > 0) for (const id of await repositoriesOfIncidents(this.database)) touched.push(["repository", id]);
      const changes = told || newForgeRows > 0 || alongside !== undefined;
      await this.forges.write(seenAt);
      if (changes) await this.#advance(touched);
      await this.#writeProblems(seenAt);
      await this.#writeInputs(seenAt);
      await alongside?.();
    });
  }

  /** Keeps what a person said against a rule; what is derived of its repository has to be looked at again. */
  async addOverrule(overrule: StoredOverrule): Promise<void> {
    await this.#transaction(async () => {
      await addOverrule(this.database, overrule);
      await this.#advance([["repository", overrule.repository]]);
    });
  }

  async #transaction(write: () => Promise<void>): Promise<void> {
    await this.database.run("BEGIN");
    try {
      await write();
      await this.database.run("COMMIT");
    } catch (error) {
      await this.database.run("ROLLBACK");
      throw error;
    }
  }

  async #writeProblems(seenAt: number): Promise<void> {
    for (const read of await this.#withProblems()) {
      const [source, key] = read.split("\u0000") as [string, string];
      await this.database.run("DELETE FROM problem WHERE source = $source AND input_key = $key", { source, key });
    }
    this.#readInputs.clear();
    if (this.#problems.length === 0) return;
    await this.database.append(
      "problem",
      ["VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "INTEGER", "BIGINT"],
      this.#problems.map(
        ({ problem, key }): Row => [
          problem.source,
          key,
          problem.code,
          problem.severity,
          problem.locator,
          problem.message,
          problem.hint ?? null,
          problem.count ?? 1,
          seenAt,
        ],
      ),
    );
    this.#problems = [];
  }

  /** Inputs read anew of which problems are stored: few have any, and a statement for each input costs more than its facts. */
  async #withProblems(): Promise<string[]> {
    if (this.#readInputs.size === 0) return [];
    const rows = await this.database.all("SELECT DISTINCT source, input_key FROM problem");
    return rows.map((row) => `${row["source"]}\u0000${row["input_key"]}`).filter((read) => this.#readInputs.has(read));
  }

  async #writeInputs(seenAt: number): Promise<void> {
    if (this.#inputs.size === 0) return;
    await this.database.run("CREATE OR REPLACE TEMP TABLE stage_input AS SELECT * FROM input_state LIMIT 0");
    await this.database.append(
      "stage_input",
      ["VARCHAR", "VARCHAR", "BIGINT", "DOUBLE", "VARCHAR", "BIGINT", "VARCHAR", "BIGINT"],
      [...this.#inputs.values()].map(
        (input): Row => [input.source, input.key, input.size, input.mtimeMs, input.identity, input.offset, input.tail, seenAt],
      ),
    );
    await this.database.run(
      "DELETE FROM input_state USING stage_input s WHERE input_state.source = s.source AND input_state.input_key = s.input_key",
    );
    await this.database.run("INSERT INTO input_state SELECT * FROM stage_input");
    await this.database.run("DROP TABLE stage_input");
    this.#inputs.clear();
  }

  /**
   * The id of the repository these aliases name, a new one if none does. Where they name several, those are one from now
   * on: facts keep their ids, reading joins them by the alias they share.
   */
  async repositoryOf(aliases: readonly Alias[], seenAt: number): Promise<number> {
    const known = await this.database.all("SELECT repository_id, kind, value FROM repository_alias ORDER BY repository_id");
    const wanted = new Set(aliases.map((alias) => `${alias.kind}\u0000${alias.value}`));
    const match = known.find((row) => wanted.has(`${row["kind"]}\u0000${row["value"]}`));
    const [last] = await this.database.all("SELECT coalesce(max(repository_id), 0)::INTEGER AS id FROM repository");
    const id = match ? (match["repository_id"] as number) : (last?.["id"] as number) + 1;
    const own = new Set(known.filter((row) => row["repository_id"] === id).map((row) => `${row["kind"]}\u0000${row["value"]}`));
    const added = aliases.filter(({ kind, value }) => !own.has(`${kind}\u0000${value}`));
    if (added.length === 0) return id;
    await this.#transaction(async () => {
      if (!match) await this.database.run("INSERT INTO repository VALUES ($id, $seenAt)", { id, seenAt });
      for (const { kind, value } of added)
        await this.database.run("INSERT INTO repository_alias VALUES ($id, $kind, $value)", { id, kind, value });
      await this.#advance([["identity", 0]]);
    });
    return id;
  }

  /** What was noted of a clone when it was last read; empty for one that never was. */
  async cloneState(clone: string): Promise<{ repositoryId: number | null; states: Readonly<Record<string, string>> }> {
    const rows = await this.database.all("SELECT * FROM clone_state WHERE clone = $clone", { clone });
    return {
      repositoryId: (rows[0]?.["repository_id"] as number | undefined) ?? null,
      states: Object.fromEntries(rows.map((row) => [row["name"] as string, row["value"] as string])),
    };
  }

  /**
   * Refs of every copy of a repository as they were last read: all they lead to is in the store, with the features of today.
   * A copy that was read with older ones is left out: what it leads to is to be read anew.
   */
  async refsOf(repositoryId: number): Promise<RefFact[]> {
    const rows = await this.database.all(
      `SELECT name, commit_hash FROM ref_seen r WHERE repository_id = $repositoryId
         AND EXISTS (FROM clone_state c WHERE c.clone = r.clone AND c.name = 'features' AND c.value = $features)`,
      { repositoryId, features: String(featureVersion) },
    );
    return rows.map((row): RefFact => ({ kind: "ref", name: row["name"] as string, commit: row["commit_hash"] as string }));
  }

  /**
   * Replaces the refs, states and carried notes of one clone, and notes with which features its lines were read; call it
   * inside `commit`'s transaction.
   */
  async replaceClone(
    repositoryId: number,
    clone: string,
    refs: readonly { name: string; commit: string }[],
    states: Readonly<Record<string, string>>,
    notes: readonly CarriedNote[],
  ): Promise<void> {
    await this.database.run("DELETE FROM ref_seen WHERE clone = $clone", { clone });
    await this.database.run("DELETE FROM note_seen WHERE clone = $clone", { clone });
    await this.database.append(
      "note_seen",
      ["INTEGER", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR"],
      notes.map(({ dialect, commit, note }): Row => [repositoryId, clone, dialect, commit, note]),
    );
    await this.database.run("DELETE FROM clone_state WHERE clone = $clone", { clone });
    await noteChanged(this.database, await this.revision(), [["repository", repositoryId]]);
    await this.database.append(
      "ref_seen",
      ["INTEGER", "VARCHAR", "VARCHAR", "VARCHAR"],
      refs.map((ref): Row => [repositoryId, clone, ref.name, ref.commit]),
    );
    await this.database.append(
      "clone_state",
      ["INTEGER", "VARCHAR", "VARCHAR", "VARCHAR"],
      Object.entries({ ...states, features: String(featureVersion) }).map(([name, value]): Row => [repositoryId, clone, name, value]),
    );
  }

  close(): void {
    this.database.close();
  }
}

async function migrate(database: Database, folder: string, readOnly: boolean): Promise<void> {
  const [has] = await database.all("SELECT count(*)::INTEGER AS n FROM information_schema.tables WHERE table_name = 'meta'");
  let version = 0;
  if (has?.["n"] === 1) {
    const [row] = await database.all("SELECT value FROM meta WHERE name = 'schema_version'");
    version = Number(row?.["value"] ?? 0);
  }
  if (version > migrations.length) {
    throw new UserError(
      "store_newer",
      `The store in ${folder} was written by a newer Assay (its schema is ${version}, this one knows ${migrations.length}).`,
      {
        hint: "Update Assay, or give another folder with --store. Nothing was changed.",
      },
    );
  }
  if (version === migrations.length) return;
  if (readOnly)
    throw new UserError("store_older", `The store in ${folder} has an older schema.`, {
      hint: "Run `assay import` once; it brings the store up to date.",
    });
  await database.run("BEGIN");
  for (const sql of migrations.slice(version)) await database.run(sql);
  if (version === 0) {
    await database.run("INSERT INTO meta VALUES ('secret', $secret)", { secret: randomBytes(16).toString("hex") });
  }
  await database.run("DELETE FROM meta WHERE name = 'schema_version'");
  await database.run("INSERT INTO meta VALUES ('schema_version', $version)", { version: String(migrations.length) });
  await database.run("COMMIT");
}
