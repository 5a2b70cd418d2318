import { survivalAt } from "../analysis/survival.ts";
import { type FateStrand, fate } from "../attribution/fates.ts";
import type { FateName, FateParameters } from "../contract/fates.ts";
import { type MeasureQueryInput, type MeasureResult, measureQuerySchema } from "../contract/query.ts";
import { compile } from "../measures/compile.ts";
import { always, keepsFates } from "./kept-fates.ts";
import { storedStrand } from "./stored-strand.ts";
import { openDerived } from "../store/derived-store.ts";
import type { Cell, Database, Row } from "../store/duckdb/database.ts";

/** A strand as it is stored, with its fate as of the asked instant. */
export interface StoredStrand extends FateStrand {
  readonly id: number;
  readonly fate: FateName;
}

/**
 * The derived tables of a store, opened for questions as of one instant. Fates are computed once, by the same function
 * for every answer, into a temp table the measures read.
 */
export class Questions {
  readonly database: Database;
  readonly asOf: number | null;
  readonly parameters: FateParameters;
  readonly #fates = new Map<number, StoredStrand>();

  private constructor(database: Database, asOf: number | null, parameters: FateParameters) {
    this.database = database;
    this.asOf = asOf;
    this.parameters = parameters;
  }

  static async open(folder: string, asOf: number | null, parameters: FateParameters): Promise<Questions> {
    const questions = new Questions(await openDerived(folder), asOf, parameters);
    if (asOf === null && (await keepsFates(questions.database, parameters)))
      await questions.database.run("CREATE TEMP VIEW strand_fate AS SELECT strand_id, fate FROM fate_now");
    else await questions.#computeFates();
    return questions;
  }

  /** UTC milliseconds a fate is asked for. */
  get instant(): number {
    return this.asOf ?? always;
  }

  async #computeFates(): Promise<void> {
    await this.readStrands();
    const rows = [...this.#fates.values()].map((strand): Row => [strand.id, strand.fate]);
    await this.database.run("CREATE TEMP TABLE strand_fate (strand_id INTEGER, fate VARCHAR)");
    await this.database.append("temp.strand_fate", ["INTEGER", "VARCHAR"], rows);
  }

  /** Reads all strands, for `strand`; once. */
  async readStrands(): Promise<void> {
    if (this.#fates.size > 0) return;
    const sql = `SELECT strand_id, unlinked_reason, activity, side, written_ms, committed_ms, landed_ms, released_ms, died_ms, death, superseded_ms, undone_ms,
       last_active_ms, horizon_ms, death_commit, landing_is_release FROM strand ORDER BY strand_id`;
    await this.database.eachChunk(sql, {}, (names, columns, count) => {
      const at: Record<string, Cell[]> = Object.fromEntries(names.map((name, c) => [name, columns[c] as Cell[]]));
      for (let r = 0; r < count; r++) {
        const cell = (name: string): Cell => (at[name] as Cell[])[r] as Cell;
        const strand = storedStrand(cell);
        const name = fate(strand, this.instant, this.parameters);
        const id = cell("strand_id") as number;
        this.#fates.set(id, { ...strand, id, fate: name });
      }
    });
  }

  /** A strand; `readStrands` has read them. */
  strand(id: number): StoredStrand {
    const strand = this.#fates.get(id);
    if (!strand) throw new Error(`strand ${id} is not in the store`);
    return strand;
  }

  /** Answers a query of measures. @throws UserError for measures and dimensions that do not fit */
  async ask(input: MeasureQueryInput): Promise<MeasureResult> {
    const query = measureQuerySchema.parse({ asOf: this.asOf === null ? null : new Date(this.asOf).toISOString(), ...input });
    const compiled = compile(query);
    const rows = await this.database.all(compiled.sql, compiled.params);
    return compiled.finish(rows, { kaplan_meier: (lifeTimes, days) => survivalAt(lifeTimes, days) });
  }

  close(): void {
    this.database.close();
  }
}
