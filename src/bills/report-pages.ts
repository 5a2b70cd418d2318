/**
 * Pages of a report in buckets of time, as the organisation APIs of Anthropic and OpenAI give them: `{ data: [{ start, end,
 * results: [...] }], has_more, next_page }`. What the results are grouped by is the same over all pages of a report.
 */
import type { Problem } from "../contract/problem.ts";
import { type BillInput, type BillLine, type BillReading, parseInstant, unreadableLine } from "./bill.ts";
import { type Json, field, listOf, objectOf } from "./json-fields.ts";

/** One result with its bucket. */
export interface ReportResult {
  readonly result: Json;
  readonly from: number;
  readonly to: number;
  /** For the place of a problem: `file#3.0`, bucket and result counted from 0. */
  readonly place: string;
}

/** @param rows results of a bucket: nested, or the bucket itself where it is its only row */
export function resultsOf(
  documents: readonly unknown[],
  input: BillInput,
  rows: (bucket: unknown) => readonly unknown[] = (bucket) => listOf(field(bucket, "results")),
): { readonly results: readonly ReportResult[]; readonly problems: readonly Problem[] } {
  const results: ReportResult[] = [];
  const problems: Problem[] = [];
  const buckets = documents.flatMap((page) => [...listOf(field(page, "data"))]);
  for (const [b, bucket] of buckets.entries()) {
    const from = parseInstant(field(bucket, "starting_at") ?? field(bucket, "start_time"));
    const to = parseInstant(field(bucket, "ending_at") ?? field(bucket, "end_time"));
    if (from === null || to === null || from >= to) {
      problems.push(unreadableLine(`${input.name}#${b}`, "its bucket is no span of time"));
      continue;
    }
    for (const [r, row] of rows(bucket).entries()) {
      const result = objectOf(row);
      const place = `${input.name}#${b}.${r}`;
      if (result === null) problems.push(unreadableLine(place, "a result is no object"));
      else results.push({ result, from, to, place });
    }
  }
  return { results, problems };
}

/** Reads every result, each a line or a problem; @param groups fields it may be grouped by, @param groupOf where they stand */
export function readResults(
  { results, problems }: ReturnType<typeof resultsOf>,
  groups: readonly string[],
  read: (told: ReportResult, view: string) => BillLine | Problem,
  groupOf: (result: Json) => unknown = (result) => result,
): BillReading {
  const grouped = groups.filter((name) => results.some(({ result }) => (field(groupOf(result), name) ?? null) !== null)).sort();
  const lines: BillLine[] = [];
  const told = [...problems];
  for (const one of results) {
    const line = read(one, `${widthOf(one)}:${grouped.join(",")}`);
    if ("code" in line) told.push(line);
    else lines.push(line);
  }
  return { lines, problems: told };
}

/** Length of a bucket in minutes: reports of other widths tell the same money. */
const widthOf = ({ from, to }: ReportResult): string => `${Math.round((to - from) / 60_000)}m`;
