/** Pages of sessions, changes, files, strands and problems: what is asked and shown; the store sorts and pages. */
import { fate, fateSentence } from "../attribution/fates.ts";
import {
  type ChangeRow,
  type ChangesQuery,
  type FileRow,
  type FilesQuery,
  type LedgerListQuery,
  type ListedStrand,
  type Page,
  type ProblemsQuery,
  type SessionRow,
} from "../contract/api.ts";
import { parseAsOf } from "../contract/as-of.ts";
import { UserError } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import { type MeasureQueryInput, measureFilterSchema } from "../contract/query.ts";
import { dimensionIds } from "../measures/catalogue.ts";
import { nextDay } from "../measures/buckets.ts";
import { type LedgerFilters, rowsBehindSpend } from "../measures/ledger-rows.ts";
import type { Cell, Database } from "../store/duckdb/database.ts";
import {
  type Found,
  type Listing,
  type PageRequest,
  type Place,
  changeColumns,
  changeDetails,
  changeListing,
  fileListing,
  findRepositoryRows,
  problemRows,
  readPage,
  sessionDetails,
  sessionListing,
  strandDetails,
  strandListing,
} from "../store/lists.ts";
import type { FactStore } from "../store/store.ts";
import type { Questions } from "./questions.ts";
import { fateSentences } from "./sentences.ts";
import { storedStrand } from "./stored-strand.ts";

/** The instant a list is asked for. @throws UserError `bad_as_of` */
export const asOfOf = ({ asOf }: { readonly asOf?: string | undefined }): number | null => (asOf === undefined ? null : parseAsOf(asOf));

type Filter = NonNullable<MeasureQueryInput["where"]>[number];

interface Paging {
  readonly sort: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Sessions with a response the filters leave, with the money and tokens of these responses. */
export async function listSessions(questions: Questions, asked: LedgerListQuery, timeZone: string): Promise<Page<SessionRow>> {
  const { from, params, needs } = rowsBehindSpend(filtersOf(asked, questions.asOf, timeZone), "charge");
  await questions.prepareFor(needs);
  const page = await pageOf(questions.database, sessionListing(from, params), asked);
  const details = await sessionDetails(questions.database, ids(page.rows, "session_id"), questions.asOf);
  const rows = page.rows.map((row): SessionRow => {
    const id = row["session_id"];
    const own = details.facts.find((one) => one["session_id"] === id);
    return {
      session: String(row["session_key"]),
      agent: String(row["agent"]),
      repository: text(row["repository"]),
      startedBy: text(row["trigger"]),
      startedAt: instant(row["first_ms"]) as string,
      lastAt: instant(row["last_ms"]) as string,
      models: JSON.parse(text(own?.["models"]) ?? "[]") as string[],
      turns: Number(own?.["turns"] ?? 0),
      usages: Number(row["usages"]),
      tokens: String(row["tokens"]),
      spendNanoUsd: text(row["nano"]),
      byRollUp: moneyByRollUp(details.money, "session_id", id),
      commits: countOf(details.commits, "session_id", id, "commits"),
    };
  });
  return { ...page, rows };
}

/** Changes, landed or not; what landed later than the asked instant is not landed. */
export async function listChanges(questions: Questions, asked: ChangesQuery, timeZone: string): Promise<Page<ChangeRow>> {
  const until = questions.instant;
  const { where = [], ...filters } = filtersOf(asked, questions.asOf, timeZone);
  const isOwn = ({ dimension }: Filter): boolean => Object.hasOwn(changeColumns, dimension);
  const ofMoney = where.filter((filter) => !isOwn(filter));
  const money = ofMoney.length === 0 ? null : rowsBehindSpend({ ...filters, range: { from: null, to: null }, where: ofMoney }, "ledger");
  if (money !== null) await questions.prepareFor(money.needs);
  const listing = changeListing({
    own: where.filter(isOwn).map(({ dimension, is = "in", values }) => ({
      column: dimension as keyof typeof changeColumns, // as `isOwn` found
      is,
      values,
    })),
    landedFromMs: asked.from === undefined ? null : Date.parse(asked.from),
    landedToMs: asked.to === undefined ? null : Date.parse(nextDay(asked.to)),
    money,
    until,
  });
  const page = await pageOf(questions.database, listing, asked);
  const details = await changeDetails(questions.database, ids(page.rows, "change_id"), until);
  const rows = page.rows.map(
    (row): ChangeRow => ({
      change: String(row["change_key"]),
      repository: String(row["repository"]),
      changeKind: String(row["kind"]),
      evidence: String(row["evidence"]),
      landedAt: instant(row["landed_ms"]),
      releasedAt: instant(row["released_ms"]),
      reviewPath: text(row["review_path"]),
      reviewRounds: row["review_rounds"] === null ? null : Number(row["review_rounds"]),
      spendNanoUsd: text(row["nano"]),
      byRollUp: moneyByRollUp(details.money, "change_id", row["change_id"]),
      sessions: Number(row["sessions"]),
      commits: countOf(details.commits, "change_id", row["change_id"], "commits"),
      linesByAuthorKind: byAuthorKind(row),
      linesLanded: Number(row["lines"]),
      linesAlive: Number(row["alive"]),
    }),
  );
  return { ...page, rows };
}

/** Files of one repository. @throws UserError `unknown_repository` */
export async function listFiles(questions: Questions, asked: FilesQuery): Promise<Page<FileRow>> {
  const { id } = await requireRepository(questions, asked.repository);
  const under = asked.under === undefined || asked.under === "" ? null : asked.under.replace(/\/*$/, "/");
  const page = await pageOf(questions.database, fileListing(id, under, questions.instant), asked);
  const rows = page.rows.map(
    (row): FileRow => ({
      path: String(row["path"]),
      spendNanoUsd: text(row["nano"]),
      linesLanded: Number(row["landed"]),
      linesAlive: Number(row["alive"]),
      linesByAuthorKind: byAuthorKind(row),
    }),
  );
  return { ...page, rows };
}

/** @param asked its name, or its number @throws UserError `unknown_repository` */
export async function requireRepository(questions: Questions, asked: string): Promise<{ readonly id: number; readonly name: string }> {
  const [row] = await findRepositoryRows(questions.database, asked);
  if (row === undefined)
    throw new UserError("unknown_repository", `No repository '${asked}' is in the store.`, { hint: "The answer lists them." });
  return { id: row["repository_id"] as number, name: String(row["name"]) };
}

/** The rows behind a number: strands, with what the filters leave of the money of each. */
export async function listStrands(questions: Questions, asked: LedgerListQuery, timeZone: string): Promise<Page<ListedStrand>> {
  const { from, params, needs } = rowsBehindSpend(filtersOf(asked, questions.asOf, timeZone), "ledger");
  await questions.prepareFor(needs);
  const page = await pageOf(questions.database, strandListing(from, params), asked);
  const known = ids(page.rows, "strand_id");
  const details = new Map((await strandDetails(questions.database, known)).map((row) => [row["strand_id"], row]));
  const rows = page.rows.map((row): ListedStrand => {
    const nanoUsd = text(row["nano"]) ?? "0";
    const strand = details.get(row["strand_id"] ?? null);
    return strand === undefined ? { ...withoutStrand, nanoUsd } : strandRow(questions, strand, nanoUsd);
  });
  return { ...page, rows };
}

const withoutStrand: Omit<ListedStrand, "nanoUsd"> = {
  strand: null,
  fate: "unlinked",
  sentence: fateSentences.unlinked,
  flow: null,
  grade: null,
  lines: 0,
  side: null,
  lineKind: null,
  authorKind: null,
  session: null,
  repository: null,
  change: null,
  commit: null,
  writtenAt: null,
  landedAt: null,
  releasedAt: null,
  diedAt: null,
};

function strandRow({ instant: at, parameters }: Questions, row: Found, nanoUsd: string): ListedStrand {
  const strand = storedStrand((name) => row[name] as Cell);
  return {
    strand: row["strand_id"] as number,
    fate: fate(strand, at, parameters),
    sentence: fateSentence(strand, at, parameters, { change: text(row["change_key"]) }),
    nanoUsd,
    flow: text(row["flow"]),
    grade: text(row["grade"]),
    lines: Number(row["lines"] ?? 0),
    side: text(row["side"]),
    lineKind: text(row["line_kind"]),
    authorKind: text(row["author_kind"]),
    session: text(row["session_key"]),
    repository: text(row["repository"]),
    change: text(row["change_key"]),
    commit: text(row["commit_hash"]),
    writtenAt: instant(row["written_ms"]),
    landedAt: instant(row["landed_ms"]),
    releasedAt: instant(row["released_ms"]),
    diedAt: instant(row["died_ms"]),
  };
}

/** Problems of reading, then those of joining and pricing. */
export async function listProblems(
  derived: Database,
  facts: <T>(use: (store: FactStore) => Promise<T>) => Promise<T>,
  { limit, cursor }: ProblemsQuery,
): Promise<Page<Problem>> {
  const at = cursor === undefined ? 0 : Number(/^\d{1,9}$/.exec(cursor)?.[0] ?? Number.NaN);
  if (Number.isNaN(at)) throw badCursor();
  const read = await facts((store) => problemRows(store.database, "problem", at, limit));
  const joined = await problemRows(derived, "problem_d", Math.max(0, at - read.total), limit - read.rows.length);
  const rows = [...read.rows, ...joined.rows].map(problemOf);
  const total = read.total + joined.total;
  return { rows, next: at + rows.length < total ? String(at + rows.length) : null, total };
}

export const problemOf = (row: Found): Problem => ({
  code: String(row["code"]),
  severity: row["severity"] as Problem["severity"],
  source: String(row["source"]),
  locator: String(row["locator"]),
  message: String(row["message"]),
  ...(row["hint"] === null ? {} : { hint: String(row["hint"]) }),
  count: row["occurrences"] as number,
});

/** Known names of a list; every other parameter has to be a dimension. */
const notDimensions: ReadonlySet<string> = new Set(["limit", "cursor", "asOf", "sort", "from", "to", "timeZone", "where"]);

/** @throws UserError `unknown_parameter`, `bad_filter` */
function filtersOf(asked: LedgerListQuery | ChangesQuery, asOf: number | null, timeZone: string): LedgerFilters {
  const where: NonNullable<MeasureQueryInput["where"]> = [...parseWhere(asked.where)];
  for (const [name, value] of Object.entries(asked)) {
    if (notDimensions.has(name)) continue;
    if (!dimensionIds.some((id) => id === name))
      throw new UserError("unknown_parameter", `No list takes the parameter '${name}'.`, {
        hint: `Dimensions it may be: ${dimensionIds.join(", ")}.`,
      });
    const values = (Array.isArray(value) ? value : [value]).map((one) => (one === "null" ? null : String(one)));
    where.push({ dimension: name, is: "in", values });
  }
  return {
    where,
    range: { from: asked.from ?? null, to: asked.to ?? null },
    timeZone: asked.timeZone ?? timeZone,
    asOf: asOf === null ? null : new Date(asOf).toISOString(),
  };
}

function parseWhere(json: string | undefined): NonNullable<MeasureQueryInput["where"]> {
  if (json === undefined) return [];
  const parsed = measureFilterSchema.array().max(30).safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  throw new UserError("bad_filter", "`where` is no list of filters.", {
    hint: 'Write it as JSON: [{"dimension":"fate","is":"in","values":["stuck"]}]',
  });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // no JSON is no list of filters: said by the caller
  }
}

async function pageOf(database: Database, listing: Listing, asked: Paging) {
  const [sort = "", direction] = asked.sort.split(":");
  const order = direction === "asc" ? "asc" : "desc";
  const request: PageRequest = { sort, direction: order, limit: asked.limit, after: readCursor(asked.cursor, `${sort}:${order}`) };
  const { rows, next, total } = await readPage(database, listing, request);
  return { rows, next: next === null ? null : writeCursor(next, `${sort}:${order}`), total };
}

const writeCursor = ({ value, key }: Place, sort: string): string => Buffer.from(JSON.stringify([sort, value, key])).toString("base64url");

/** @throws UserError `bad_cursor` for what no page gave, or one of another order did */
function readCursor(cursor: string | undefined, sort: string): Place | null {
  if (cursor === undefined) return null;
  const read = parseJson(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!Array.isArray(read) || read.length !== 3) throw badCursor();
  const [of, value, key] = read as readonly unknown[];
  if (of !== sort || typeof key !== "string" || (value !== null && typeof value !== "string")) throw badCursor();
  return { value, key };
}

const badCursor = (): UserError =>
  new UserError("bad_cursor", "The cursor is of another list or order.", { hint: "Begin with the first page, without a cursor." });

const ids = (rows: readonly Found[], column: string): number[] =>
  rows.flatMap((row) => (typeof row[column] === "number" ? [row[column]] : []));

const text = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : String(cell));
const instant = (cell: Cell | undefined): string | null =>
  cell === null || cell === undefined ? null : new Date(Number(cell)).toISOString();

const moneyByRollUp = (money: readonly Found[], column: string, id: Cell | undefined): Record<string, string> =>
  Object.fromEntries(money.filter((row) => row[column] === id).map((row) => [String(row["roll_up"]), text(row["nano"]) ?? "0"]));

const countOf = (rows: readonly Found[], column: string, id: Cell | undefined, count: string): number =>
  Number(rows.find((row) => row[column] === id)?.[count] ?? 0);

const byAuthorKind = (row: Found): Record<string, number> =>
  Object.fromEntries(["agent", "mixed", "person", "unknown"].map((kind) => [kind, Number(row[kind])]).filter(([, lines]) => lines !== 0));
