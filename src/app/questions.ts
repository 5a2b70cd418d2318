import { survivalAt } from "../analysis/survival.ts";
import { type FateStrand, fate } from "../attribution/fates.ts";
import type { FateName, FateParameters } from "../contract/fates.ts";
import type { Basis } from "../contract/basis.ts";
import { UserError } from "../contract/errors.ts";
import {
  type MeasureQuery,
  type MeasureQueryInput,
  type MeasureResult,
  type MeasureWarning,
  measureQuerySchema,
} from "../contract/query.ts";
import { compareResults, comparisonOf } from "../measures/compare.ts";
import { type Compiled, compile } from "../measures/compile.ts";
import { always, keepsFates, tellMixFates } from "./kept-fates.ts";
import { storedStrand } from "./stored-strand.ts";
import { openDerived } from "../store/derived-store.ts";
import type { Cell, ColumnType, Database, Row } from "../store/duckdb/database.ts";
import spanParts from "../store/views/span_part.sql";
import { outputRuleRows } from "./output-rules.ts";

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
  /** Whether cells answer: they are of the kept fates. */
  readonly cells: boolean;
  /** Which money `charge` and `ledger` hold. */
  readonly basis: Basis;
  readonly #fates = new Map<number, StoredStrand>();
  readonly #fillOrganisation: (database: Database) => Promise<void>;
  #organisation: Promise<void> | null = null;
  #span: Promise<void> | null = null;
  #outputRules: Promise<void> | null = null;

  private constructor(
    database: Database,
    asOf: number | null,
    parameters: FateParameters,
    cells: boolean,
    fillOrganisation: (database: Database) => Promise<void>,
    basis: Basis,
  ) {
    this.cells = cells;
    this.basis = basis;
    this.#fillOrganisation = fillOrganisation;
    this.database = database;
    this.asOf = asOf;
    this.parameters = parameters;
  }

  /**
   * @param fillOrganisation makes the tables of teams and products, for the first question that splits by them
   * @param money puts the money of another basis into the place of list prices
   */
  static async open(
    folder: string,
    asOf: number | null,
    parameters: FateParameters,
    fillOrganisation: (database: Database) => Promise<void> = withoutOrganisation,
    money: { readonly basis: Basis; take(database: Database): Promise<void> } = { basis: "list", take: async () => {} },
  ): Promise<Questions> {
    const database = await openDerived(folder);
    const isKept = asOf === null && (await keepsFates(database, parameters));
    // Cells are of list prices.
    const questions = new Questions(database, asOf, parameters, isKept && money.basis === "list", fillOrganisation, money.basis);
    await money.take(database);
    if (isKept) await database.run("CREATE TEMP VIEW strand_fate AS SELECT strand_id, fate FROM fate_now");
    else await questions.#computeFates();
    return questions;
  }

  /** Whether a forge told of any repository, or of any of these names. */
  async forgeTold(names: readonly (string | null)[] | null = null): Promise<boolean> {
    const rows = await this.database.all("SELECT name FROM repository_d WHERE forge IS NOT NULL");
    return rows.some((row) => names === null || names.includes(row["name"] as string));
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
       last_active_ms, repair, review_ms, horizon_ms, death_commit, landing_is_release FROM strand ORDER BY strand_id`;
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

  /** What the span of allocations is read from; made at the first question that needs it. */
  async #computeSpan(): Promise<void> {
    await this.database.run(
      "CREATE TEMP TABLE mix_fate (segment_id INTEGER, allocation TINYINT, weight INTEGER, grade VARCHAR, fate VARCHAR)",
    );
    await tellMixFates(this.database, "temp.mix_fate", "true", this.instant, this.parameters);
    await this.database.run("CREATE TEMP VIEW asked_charge AS SELECT * FROM charge");
    await this.database.run(spanParts);
  }

  /** The rules by which early output counts are estimated: of the asked instant, made at the first question that needs them. */
  async #computeOutputRules(): Promise<void> {
    const types: ColumnType[] = ["VARCHAR", "VARCHAR", "DOUBLE", "DOUBLE", "DOUBLE", "INTEGER"];
    await this.database.run(
      "CREATE TEMP TABLE output_rule (model VARCHAR, agent_version VARCHAR, tokens_per_char DOUBLE, constant_tokens DOUBLE, leave_one_out_error DOUBLE, usages INTEGER)",
    );
    await this.database.append("temp.output_rule", types, await outputRuleRows(this.database, this.asOf));
  }

  /** Makes the tables some rows are filtered by. */
  async prepareFor({ organisation }: Pick<Compiled["needs"], "organisation">): Promise<void> {
    await this.#prepare({ fates: false, people: false, span: false, outputRules: false, organisation });
  }

  /** The temp tables some measures read, made once. */
  async #prepare({ span, outputRules, organisation }: Compiled["needs"]): Promise<void> {
    if (span) await (this.#span ??= this.#computeSpan());
    if (organisation) await (this.#organisation ??= this.#fillOrganisation(this.database));
    if (outputRules) await (this.#outputRules ??= this.#computeOutputRules());
  }

  /** A strand; `readStrands` has read them. */
  strand(id: number): StoredStrand {
    const strand = this.#fates.get(id);
    if (!strand) throw new Error(`strand ${id} is not in the store`);
    return strand;
  }

  /** Answers a query of measures. @throws UserError for measures and dimensions that do not fit, `bad_query` */
  async ask(input: MeasureQueryInput): Promise<MeasureResult> {
    const own = { asOf: this.asOf === null ? null : new Date(this.asOf).toISOString(), basis: this.basis };
    const parsed = measureQuerySchema.safeParse({ ...own, ...input });
    if (!parsed.success) {
      const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "query"}: ${message}`);
      throw new UserError("bad_query", `The query cannot be asked: ${issues.join("; ")}.`);
    }
    const query = parsed.data;
    if (query.compare === null) return await this.#askOnce(query);
    const comparison = comparisonOf(query);
    const now = await this.#askOnce(comparison.now);
    const result = compareResults(query, comparison, now, await this.#askOnce(comparison.base));
    return { ...result, warnings: [...result.warnings, ...(await this.#outsideFacts(query, comparison.range))] };
  }

  async #askOnce(query: MeasureQuery): Promise<MeasureResult> {
    const compiled = compile(query, { audience: "local", cells: this.cells });
    await this.#prepare(compiled.needs);
    const rows = await this.database.all(compiled.sql, compiled.params);
    return this.#inBasis(compiled.finish(rows, { kaplan_meier: (lifeTimes, days) => survivalAt(lifeTimes, days) }));
  }

  /** Dollars are called by the basis they are in, and what has none of that basis is not "without a price". */
  #inBasis(result: MeasureResult): MeasureResult {
    const { basis } = this;
    if (basis === "list") return result;
    return {
      ...result,
      basis: result.basis === null ? null : basis,
      warnings: result.warnings.map((warning) =>
        warning.code === "unpriced" ? { ...warning, message: unknownIn(basis, warning.message) } : warning,
      ),
    };
  }

  /** A comparison of a period the store does not wholly know is growth of the record, not of the work. */
  async #outsideFacts({ range, timeZone }: MeasureQuery, base: { readonly from: string }): Promise<MeasureWarning[]> {
    const [row] = await this.database.all(
      `SELECT CAST(CAST(timezone($zone, timezone('UTC', epoch_ms(min(instant_ms)))) AS DATE) AS VARCHAR) AS first,
         CAST(CAST(timezone($zone, timezone('UTC', epoch_ms(max(instant_ms)))) AS DATE) AS VARCHAR) AS last
       FROM usage_d WHERE $asOf::BIGINT IS NULL OR instant_ms <= $asOf`,
      { zone: timeZone, asOf: this.asOf },
    );
    const [first, last] = [row?.["first"] ?? null, row?.["last"] ?? null];
    const warn = (message: string): MeasureWarning => ({ code: "outside_facts", message });
    return [
      ...(typeof first === "string" && base.from < first
        ? [
            warn(
              `The compared period begins on ${base.from}, the first usage known is of ${first}: part of the change is where the record begins.`,
            ),
          ]
        : []),
      ...(typeof last === "string" && range.to !== null && range.to > last
        ? [warn(`The period ends on ${range.to}, the last usage known is of ${last}: what came after is not in it.`)]
        : []),
    ];
  }

  close(): void {
    this.database.close();
  }
}

/** @param message of list prices, which begins with the count */
function unknownIn(basis: Exclude<Basis, "list">, message: string): string {
  const count = /^[\d,]+/.exec(message)?.[0] ?? "Some";
  const why = basis === "billed" ? "no bill and no plan covers" : "no plan names a contract for";
  return `${count} usages are missing here: ${why} them.`;
}

/** Questions that were opened without assay.yaml cannot tell teams: no answer is better than one in which all are nobody's. */
async function withoutOrganisation(): Promise<never> {
  throw new Error("teams and products were asked for where no organisation was given");
}
