import { survivalAt } from "../analysis/survival.ts";
import { type FateStrand, fate } from "../attribution/fates.ts";
import type { Life, UnlinkedReason } from "../attribution/model.ts";
import type { ActivityKind } from "../contract/facts.ts";
import type { FateName, FateParameters } from "../contract/fates.ts";
import { type MeasureQueryInput, type MeasureResult, measureQuerySchema } from "../contract/query.ts";
import { compile } from "../measures/compile.ts";
import { openDerived } from "../store/derived-store.ts";
import type { Cell, Database, Row } from "../store/duckdb/database.ts";
import spanParts from "../store/views/span_part.sql";

/** A strand as it is stored, with its fate as of the asked instant. */
export interface StoredStrand extends FateStrand {
  readonly id: number;
  readonly fate: FateName;
}

/** What of a strand, or of a life of the span, its fate depends on. */
const lifeColumns =
  "unlinked_reason, side, written_ms, committed_ms, landed_ms, released_ms, died_ms, death, superseded_ms, undone_ms, last_active_ms, horizon_ms, landing_is_release";

/** Later than every fact: what "the newest facts" means for a fate. Ages still end at the horizon. */
const always = Number.MAX_SAFE_INTEGER;

/**
 * The derived tables of a store, opened for questions as of one instant. Fates are computed once, by the same function
 * for every answer, into a temp table the measures read.
 */
export class Questions {
  readonly database: Database;
  readonly asOf: number | null;
  readonly parameters: FateParameters;
  readonly #fates = new Map<number, StoredStrand>();
  #span: Promise<void> | null = null;

  private constructor(database: Database, asOf: number | null, parameters: FateParameters) {
    this.database = database;
    this.asOf = asOf;
    this.parameters = parameters;
  }

  static async open(folder: string, asOf: number | null, parameters: FateParameters): Promise<Questions> {
    const questions = new Questions(await openDerived(folder), asOf, parameters);
    await questions.#computeFates();
    return questions;
  }

  /** UTC milliseconds a fate is asked for. */
  get instant(): number {
    return this.asOf ?? always;
  }

  async #computeFates(): Promise<void> {
    const rows: Row[] = [];
    const sql = `SELECT strand_id AS id, activity, death_commit, ${lifeColumns} FROM strand ORDER BY strand_id`;
    await this.#eachFate(sql, (strand) => {
      this.#fates.set(strand.id, strand);
      rows.push([strand.id, strand.fate]);
    });
    await this.database.run("CREATE TEMP TABLE strand_fate (strand_id INTEGER, fate VARCHAR)");
    await this.database.append("temp.strand_fate", ["INTEGER", "VARCHAR"], rows);
  }

  /** What the span of allocations is read from; made at the first question that needs it. */
  async #computeSpan(): Promise<void> {
    const rows: Row[] = [];
    const sql = `SELECT life_id AS id, NULL AS activity, NULL AS death_commit, ${lifeColumns} FROM span_life ORDER BY life_id`;
    await this.#eachFate(sql, (life) => rows.push([life.id, life.fate]));
    await this.database.run("CREATE TEMP TABLE life_fate (life_id INTEGER, fate VARCHAR)");
    await this.database.append("temp.life_fate", ["INTEGER", "VARCHAR"], rows);
    await this.database.run(spanParts);
  }

  async #eachFate(sql: string, take: (strand: StoredStrand) => void): Promise<void> {
    await this.database.eachChunk(sql, {}, (names, columns, count) => {
      const at: Record<string, Cell[]> = Object.fromEntries(names.map((name, c) => [name, columns[c] as Cell[]]));
      for (let r = 0; r < count; r++) {
        const cell = (name: string): Cell => (at[name] as Cell[])[r] as Cell;
        const strand = storedStrand(cell);
        take({ ...strand, id: cell("id") as number, fate: fate(strand, this.instant, this.parameters) });
      }
    });
  }

  strand(id: number): StoredStrand {
    const strand = this.#fates.get(id);
    if (!strand) throw new Error(`strand ${id} is not in the store`);
    return strand;
  }

  /** Answers a query of measures. @throws UserError for measures and dimensions that do not fit */
  async ask(input: MeasureQueryInput): Promise<MeasureResult> {
    const query = measureQuerySchema.parse({ asOf: this.asOf === null ? null : new Date(this.asOf).toISOString(), ...input });
    const compiled = compile(query);
    if (compiled.needs.span) await (this.#span ??= this.#computeSpan());
    const rows = await this.database.all(compiled.sql, compiled.params);
    return compiled.finish(rows, { kaplan_meier: (lifeTimes, days) => survivalAt(lifeTimes, days) });
  }

  close(): void {
    this.database.close();
  }
}

function storedStrand(cell: (name: string) => Cell): FateStrand {
  const instant = (name: string): number | null => (cell(name) === null ? null : Number(cell(name)));
  const writtenAt = instant("written_ms");
  const life: Life | null =
    writtenAt === null
      ? null
      : {
          writtenAt,
          committedAt: instant("committed_ms"),
          landedAt: instant("landed_ms"),
          releasedAt: instant("released_ms"),
          diedAt: instant("died_ms"),
          death: cell("death") as Life["death"],
          deathCommit: cell("death_commit") as string | null,
          supersededAt: instant("superseded_ms"),
          undoneAt: instant("undone_ms"),
          lastActiveAt: instant("last_active_ms"),
        };
  return {
    unlinkedReason: cell("unlinked_reason") as UnlinkedReason | null,
    life,
    horizon: instant("horizon_ms"),
    side: cell("side") as FateStrand["side"],
    activity: cell("activity") as ActivityKind | null,
    landingIsRelease: cell("landing_is_release") as boolean,
  };
}
