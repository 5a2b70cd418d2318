import { createReadStream, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type BillFormat,
  type BillInput,
  type BillReading,
  LineNumbering,
  type TableFormat,
  billSource,
  nothingRead,
} from "../bills/bill.ts";
import { field, listOf } from "../bills/json-fields.ts";
import { CsvReader, type CsvRecord } from "../bills/csv.ts";
import { billFormats } from "../bills/registry.ts";
import type { BillsImport } from "../contract/bills.ts";
import { UserError } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import type { FactStore } from "../store/store.ts";
import { factsFile } from "../store/place.ts";
import type { Progress } from "./assay.ts";
import { withFacts } from "./derived.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { keepingSeen } from "./seen.ts";

/** Documents are read whole; a report of an API is some megabytes. */
const longestDocument = 256 << 20;
const headBytes = 256 << 10;
const formats: readonly BillFormat[] = billFormats;

/** Reads files of bills into the store; a file read twice, or under two names, changes nothing. @throws UserError `no_such_file` */
export async function importBills(options: OpenAssayOptions, files: readonly string[], progress: Progress): Promise<BillsImport> {
  const stats = files.map((path) => ({ path, version: writtenAt(path) }));
  const read = async (): Promise<BillsImport> =>
    await withFacts(options.folder, false, async (store) => {
      const told: BillsImport["files"][number][] = [];
      for (const [done, { path, version }] of stats.entries()) {
        progress("reading bills", done, files.length);
        told.push(await importFile(store, { name: path, version }, options.now()));
      }
      return summaryOf(told);
    });
  return await keepingSeen(options.folder, join(options.folder, factsFile), read);
}

function writtenAt(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile())
    throw new UserError("no_such_file", `There is no file ${path}.`, { hint: "Give the path of a bill or of a report." });
  return Math.floor(stats.mtimeMs / 1000) * 1000; // copies keep whole seconds on every file system
}

export type FileImport = BillsImport["files"][number];

async function importFile(store: FactStore, input: BillInput, seenAt: number): Promise<FileImport> {
  const taken = new Taken(store, input, seenAt);
  store.restartInput(billSource, input.name);
  const format = (await beginsAsJson(input.name)) ? await readDocuments(input, taken) : await readTable(input, taken);
  await store.commit(seenAt);
  return { file: input.name, format: format?.id ?? null, title: format?.title ?? null, lines: taken.lines, problems: taken.problems };
}

/** What one file gave on its way into the store: lines, and problems of one kind and place as one. */
class Taken {
  lines = 0;
  readonly #store: FactStore;
  readonly #input: BillInput;
  readonly #seenAt: number;
  readonly #problems = new Map<string, Problem>();
  #numbering: LineNumbering | null = null;

  constructor(store: FactStore, input: BillInput, seenAt: number) {
    this.#store = store;
    this.#input = input;
    this.#seenAt = seenAt;
  }

  take(format: BillFormat, { lines, problems }: BillReading): void {
    this.#numbering ??= new LineNumbering(format.id, this.#input);
    for (const line of lines) this.#store.addBillLine(this.#numbering.toFact(line), this.#seenAt);
    this.lines += lines.length;
    for (const problem of problems) this.tell(problem);
  }

  tell(problem: Problem): void {
    const key = `${problem.code}\u0000${problem.locator}`;
    const known = this.#problems.get(key);
    this.#problems.set(key, known === undefined ? problem : { ...known, count: (known.count ?? 1) + (problem.count ?? 1) });
  }

  /** Writes what waits where it is much. */
  async keepMany(): Promise<void> {
    if (this.#store.isFull) await this.#store.commit(this.#seenAt);
  }

  /** Every problem told, handed to the store. */
  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  finish(): void {
    for (const problem of this.problems) this.#store.addProblem(problem, this.#input.name);
  }
}

async function beginsAsJson(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { start: 0, end: headBytes, encoding: "utf8" })) {
    const text = String(chunk)
      .replace(/^\uFEFF/, "")
      .trimStart();
    if (text !== "") return text.startsWith("{") || text.startsWith("[");
  }
  return false;
}

async function readTable(input: BillInput, taken: Taken): Promise<TableFormat | null> {
  const reader = new CsvReader();
  let names: readonly string[] | null = null;
  let format: TableFormat | null = null;
  const take = (records: readonly CsvRecord[]): void => {
    for (const { line, cells } of records) {
      if (names === null) {
        names = cells.map((cell) => cell.trim().toLowerCase());
        const found = names;
        format = formats.find((one): one is TableFormat => one.shape === "table" && hasColumns(one, found)) ?? null;
      } else if (format !== null) {
        const place = `${input.name}:${line}`;
        if (cells.length !== names.length) taken.tell(brokenRow(place, cells.length, names.length));
        else taken.take(format, format.readRow(Object.fromEntries(names.map((name, c) => [name, cells[c] ?? ""])), place));
      }
    }
  };
  for await (const chunk of createReadStream(input.name, { encoding: "utf8" })) {
    take(reader.push(String(chunk)));
    // Lines join by their key: a large export may enter the store in parts.
    await taken.keepMany();
    if (names !== null && format === null) break;
  }
  if (names === null || format !== null) {
    const { records, isTorn } = reader.end();
    take(records);
    if (isTorn) taken.tell(tornTable(input.name));
  }
  if (format === null) taken.tell(unknownFormat(input.name));
  taken.finish();
  return format;
}

const hasColumns = ({ columns }: TableFormat, names: readonly string[]): boolean =>
  columns.every((column) => names.includes(column.toLowerCase()));

/** Takes the pages of one report into the store, as a file of them; in one transaction. */
export async function importPages(store: FactStore, pages: readonly unknown[], input: BillInput, seenAt: number): Promise<FileImport> {
  const taken = new Taken(store, input, seenAt);
  store.restartInput(billSource, input.name);
  const format = takeDocuments(pages, [], input, taken);
  await store.commit(seenAt);
  return { file: input.name, format: format?.id ?? null, title: format?.title ?? null, lines: taken.lines, problems: taken.problems };
}

async function readDocuments(input: BillInput, taken: Taken): Promise<BillFormat | null> {
  const { values, problems } = await parseDocuments(input.name);
  return takeDocuments(values, problems, input, taken);
}

function takeDocuments(values: readonly unknown[], problems: readonly Problem[], input: BillInput, taken: Taken): BillFormat | null {
  for (const problem of problems) taken.tell(problem);
  const format = formats.find((one) => one.shape === "documents" && values.some((value) => one.recognises(value)));
  if (format?.shape === "documents") {
    const own = values.filter((value) => format.recognises(value));
    const others = values.filter((value) => !format.recognises(value) && !isEmptyPage(value));
    taken.take(format, own.length === 0 ? nothingRead : format.read(own, input));
    if (others.length > 0) taken.tell({ ...unknownFormat(input.name), count: others.length });
  } else if (values.length > 0 && values.every(isEmptyPage)) taken.tell(empty(input.name));
  else if (values.length > 0 || problems.length === 0) taken.tell(unknownFormat(input.name));
  taken.finish();
  return format ?? null;
}

/** A page of a report of days in which nothing was used. */
function isEmptyPage(value: unknown): boolean {
  const rows = ["data", "usageItems", "usageEvents"].map((name) => field(value, name)).find(Array.isArray);
  return (
    rows !== undefined && rows.every((row: unknown) => Array.isArray(field(row, "results")) && listOf(field(row, "results")).length === 0)
  );
}

/** One JSON document, or one a line; of lines those that are torn are told and the rest is read. */
async function parseDocuments(path: string): Promise<{ readonly values: readonly unknown[]; readonly problems: readonly Problem[] }> {
  if (statSync(path).size > longestDocument) return { values: [], problems: [tooLong(path)] };
  const text = (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  try {
    const value: unknown = JSON.parse(text);
    return { values: Array.isArray(value) ? value : [value], problems: [] };
  } catch {
    // No one document: then one a line, each of which is told if it is torn.
    const values: unknown[] = [];
    const problems: Problem[] = [];
    for (const [at, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue;
      try {
        values.push(JSON.parse(line));
      } catch {
        problems.push(tornLine(`${path}:${at + 1}`));
        if (values.length === 0) break; // a document over many lines that is torn: one problem, not one a line
      }
    }
    return { values, problems };
  }
}

export function summaryOf(files: readonly FileImport[]): BillsImport {
  const problems = files.flatMap((file) => file.problems);
  const lost = problems.filter(({ severity }) => severity === "lost").reduce((sum, { count = 1 }) => sum + count, 0);
  return { files, lines: files.reduce((sum, { lines }) => sum + lines, 0), lost };
}

const lost = (code: string, locator: string, message: string, hint: string): Problem => ({
  code,
  severity: "lost",
  source: billSource,
  locator,
  message,
  hint,
});

const tornLine = (place: string): Problem => lost("torn_line", place, "this is no whole JSON value; it was left out", "Export it again.");
const tornTable = (path: string): Problem =>
  lost("bill_torn", path, "the file ends inside a quoted cell; the last row was left out", "Export it again.");
const brokenRow = (place: string, found: number, expected: number): Problem =>
  lost("bill_line_unreadable", place, `a row of ${found} cells where the head has ${expected}; it was left out`, "Export it again.");
const tooLong = (path: string): Problem =>
  lost(
    "bill_too_long",
    path,
    `a JSON document of more than ${longestDocument >> 20} MB; it was left out`,
    "Export a shorter period, or one object a line.",
  );
const empty = (path: string): Problem => ({
  code: "bill_empty",
  severity: "notice",
  source: billSource,
  locator: path,
  message: "a report without a line: nothing was used, or it was asked for other days",
});
const unknownFormat = (path: string): Problem =>
  lost(
    "bill_format_unknown",
    path,
    "this is in no format of a bill that is known; it was left out",
    "docs/guide/bills.md lists the formats.",
  );
