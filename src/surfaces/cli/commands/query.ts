import type { MeasureQueryInput } from "../../../contract/query.ts";
import { askOptions, type CliContext, printJson, textOptions, withAssay } from "../context.ts";
import type { AsOfFlags, BasisFlags, CommonFlags } from "../flags.ts";
import { resultCsv } from "../../../app/result-table.ts";
import { queryText } from "../query-text.ts";

export interface QueryFlags extends CommonFlags, AsOfFlags, BasisFlags {
  readonly by?: readonly string[];
  readonly where?: readonly NonNullable<MeasureQueryInput["where"]>[number][];
  readonly range?: NonNullable<MeasureQueryInput["range"]>;
  readonly compare?: NonNullable<MeasureQueryInput["compare"]>;
  readonly grain?: NonNullable<MeasureQueryInput["grain"]>;
  readonly timeZone?: string;
  readonly order?: NonNullable<MeasureQueryInput["order"]>;
  readonly limit?: number;
  readonly format: "table" | "csv" | "json";
  readonly sql?: boolean;
}

/** Any measures by any dimensions. Ends with 2 where a name is not known or does not fit. */
export async function query(this: CliContext, flags: QueryFlags, ...measures: string[]): Promise<void> {
  const { machine } = this;
  const { by, where, range, compare, grain, timeZone, order, limit, sql, basis } = flags;
  const asked: MeasureQueryInput = {
    measures: measures.flatMap((text) => text.split(",").filter((part) => part !== "")).map(asId),
    ...(by === undefined ? {} : { by: by.map(asId) }),
    ...(where === undefined ? {} : { where: [...where] }),
    ...(range === undefined ? {} : { range }),
    ...(compare === undefined ? {} : { compare }),
    ...(grain === undefined ? {} : { grain }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(order === undefined ? {} : { order: order.map((one) => ({ ...one, by: asId(one.by) })) }),
    ...(limit === undefined ? {} : { limit }),
    ...(basis === "list" ? {} : { basis }),
    ...(sql === true ? { sql } : {}),
  };
  const result = await withAssay(machine, flags, (assay) => assay.query(asked, askOptions(flags)));
  if (flags.json === true || flags.format === "json") printJson(machine, result);
  else if (sql === true) machine.stdout.write(`${result.sql ?? ""}\n`);
  else machine.stdout.write(flags.format === "csv" ? resultCsv(result) : queryText(result, textOptions(machine, flags)));
}

/** Ids are written with `_`; `-` is taken for it. */
const asId = (text: string): string => text.trim().replaceAll("-", "_");
