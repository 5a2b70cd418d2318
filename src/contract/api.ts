/**
 * What crosses the HTTP surface beside the query and the answer: pages of rows, saved views, imports, failures. The schemas
 * are the run-time check, the types and the OpenAPI document. Nano-dollars are strings of integers, instants UTC
 * (ISO 8601), ratios 0..1, null is "not known" or "not observed", never 0.
 */
import { z } from "zod";

const nano = z.string().describe("Nano-dollars at list prices, an integer as text");
const instant = z.string().describe("UTC instant");
const day = z.iso.date();

/** What cut an answer short, or would have. */
export const limitsSchema = z.object({
  rows: z.int().describe("Rows at most"),
  truncated: z.boolean().describe("Whether there are more"),
  timeMs: z.int().describe("How long a question may run; one that is stopped fails with `time_limit`"),
});
export type Limits = z.infer<typeof limitsSchema>;

/** A failure, as RFC 9457 has it; `code` is stable, and there is never a stack. */
export const failureSchema = z.object({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});
export type Failure = z.infer<typeof failureSchema>;

export const mostRowsOfPage = 1_000;

/** Taken by every list. */
const paging = {
  limit: z.coerce.number().int().min(1).max(mostRowsOfPage).default(50),
  /** As `next` of the page before; only with the same sort and filters. */
  cursor: z.string().max(2_000).optional(),
  asOf: z.string().optional().describe("A day in UTC, or an instant: what happened later does not exist for the answer"),
};

const sortBy = <const Columns extends readonly [string, ...string[]]>(columns: Columns) =>
  z
    .enum(columns.flatMap((column) => [column, `${column}:asc`, `${column}:desc`]) as [string, ...string[]])
    .default(columns[0])
    .describe("Column, largest first; `:asc` for smallest first; what is not known comes last");

export const sessionSorts = ["spend", "started", "last", "usages", "tokens"] as const;
export const changeSorts = ["landed", "spend", "lines", "sessions", "alive_share"] as const;
export const fileSorts = ["spend", "alive", "landed", "path"] as const;
export const strandSorts = ["spend", "written", "landed"] as const;

/** What sessions, changes and strands are filtered by: any dimension of the ledger, and days. */
const ledgerFilters = {
  from: day.optional().describe("First day, of `timeZone`"),
  to: day.optional().describe("Last day, included"),
  timeZone: z.string().optional(),
  where: z.string().max(100_000).optional().describe("JSON, as `where` of a query: [{dimension, is, values}]"),
};

/** Every other parameter is a dimension, one value or several: `fate=stuck&model=null&model=a`; `null` is "not known". */
export const sessionsQuerySchema = z.looseObject({ ...paging, sort: sortBy(sessionSorts), ...ledgerFilters });
export const strandsQuerySchema = z.looseObject({ ...paging, sort: sortBy(strandSorts), ...ledgerFilters });
export type LedgerListQuery = z.output<typeof sessionsQuerySchema>;

/**
 * `repository`, `change_kind` and `evidence` are the change's own; under any other dimension a list has the changes such money
 * went into, and that money alone.
 */
export const changesQuerySchema = z.looseObject({
  ...paging,
  sort: sortBy(changeSorts),
  ...ledgerFilters,
  from: day.optional().describe("First day of landing, UTC"),
  to: day.optional().describe("Last day of landing, included"),
});
export type ChangesQuery = z.output<typeof changesQuerySchema>;

export const filesQuerySchema = z.strictObject({
  ...paging,
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  sort: sortBy(fileSorts),
  repository: z.string().describe("Its name, or its number"),
  under: z.string().optional().describe("Only files below this folder"),
});
export type FilesQuery = z.output<typeof filesQuerySchema>;

export const problemsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(mostRowsOfPage).default(100),
  cursor: z.string().max(2_000).optional(),
});
export type ProblemsQuery = z.output<typeof problemsQuerySchema>;

const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({
    rows: z.array(row),
    /** Null on the last page. */
    next: z.string().nullable().describe("Give it as `cursor` for the next page"),
    total: z.int().describe("Rows of all pages"),
    limits: limitsSchema,
  });
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly total: number;
}

/** Money by group of fates; a group without any is left out. */
const byRollUp = z.record(z.string(), nano);

export const sessionRowSchema = z.object({
  session: z.string(),
  agent: z.string(),
  repository: z.string().nullable(),
  startedBy: z.string().nullable(),
  startedAt: instant,
  lastAt: instant,
  models: z.array(z.string()),
  turns: z.int(),
  /** Responses that the filters leave, and their tokens and money. */
  usages: z.int(),
  tokens: z.string(),
  spendNanoUsd: nano.nullable(),
  /** Of the whole session, whatever is filtered. */
  byRollUp,
  commits: z.int(),
});
export type SessionRow = z.infer<typeof sessionRowSchema>;
export const sessionsPageSchema = pageOf(sessionRowSchema);

export const changeRowSchema = z.object({
  change: z.string(),
  repository: z.string(),
  changeKind: z.string(),
  evidence: z.string(),
  landedAt: instant.nullable(),
  releasedAt: instant.nullable(),
  /** How it came to land, and in how many rounds persons looked at it; null where no forge told, or it has not landed. */
  reviewPath: z.string().nullable(),
  reviewRounds: z.int().nullable(),
  /** Null where no strand is known to have gone into it. */
  spendNanoUsd: nano.nullable(),
  byRollUp,
  sessions: z.int(),
  commits: z.int(),
  /** Lines it landed, by who wrote them; generated ones left out. */
  linesByAuthorKind: z.record(z.string(), z.int()),
  linesLanded: z.int(),
  linesAlive: z.int(),
});
export type ChangeRow = z.infer<typeof changeRowSchema>;
export const changesPageSchema = pageOf(changeRowSchema);

export const fileRowSchema = z.object({
  /** As it was called when its lines were written: a file under an earlier name is a row of its own. */
  path: z.string(),
  /** Of every line a commit wrote there, alive or not; null where no money is known to have gone into it. */
  spendNanoUsd: nano.nullable(),
  linesLanded: z.int(),
  linesAlive: z.int(),
  /** Of the lines alive. */
  linesByAuthorKind: z.record(z.string(), z.int()),
});
export type FileRow = z.infer<typeof fileRowSchema>;
export const filesPageSchema = pageOf(fileRowSchema);

/** Null everywhere but in money: what no strand carries. */
export const strandRowSchema = z.object({
  strand: z.int().nullable(),
  fate: z.string(),
  sentence: z.string(),
  nanoUsd: nano,
  flow: z.string().nullable(),
  grade: z.string().nullable(),
  lines: z.int(),
  side: z.string().nullable(),
  lineKind: z.string().nullable(),
  authorKind: z.string().nullable(),
  session: z.string().nullable(),
  repository: z.string().nullable(),
  change: z.string().nullable(),
  commit: z.string().nullable(),
  writtenAt: instant.nullable(),
  landedAt: instant.nullable(),
  releasedAt: instant.nullable(),
  diedAt: instant.nullable(),
});
export type ListedStrand = z.infer<typeof strandRowSchema>;
export const strandsPageSchema = pageOf(strandRowSchema);

export const catalogueSchema = z.object({
  measures: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      unit: z.string().describe("`nano-USD…`: an integer as text; `ratio`: 0..1; else what is counted"),
      kind: z.string(),
      additive: z.boolean(),
      description: z.string(),
      formula: z.string(),
      dimensions: z.array(z.string()),
      minimumSample: z.object({ of: z.string(), atLeast: z.number() }).nullable(),
      refusedAbove: z.object({ of: z.string(), ratio: z.number() }).nullable(),
      source: z.string(),
      gaming: z.string(),
      beside: z.string(),
    }),
  ),
  dimensions: z.array(z.object({ id: z.string(), title: z.string(), description: z.string(), person: z.boolean(), artefact: z.boolean() })),
  entities: z.array(z.object({ id: z.string(), title: z.string(), timeTitle: z.string(), dimensions: z.array(z.string()) })),
  fates: z.array(z.object({ fate: z.string(), rollUp: z.string(), sentence: z.string(), observed: z.boolean() })),
});
export type CatalogueCard = z.infer<typeof catalogueSchema>;

export const storedColumnSchema = z.object({
  table: z.string(),
  column: z.string(),
  database: z.enum(["facts", "derived"]),
  /** What it tells of a person, and what it is kept for. */
  why: z.string(),
});
export type StoredColumn = z.infer<typeof storedColumnSchema>;
export const storedSchema = z.object({
  never: z.array(z.string()).describe("What is not stored, a sentence each"),
  columns: z.array(storedColumnSchema),
  columnsAboutNobody: z.int(),
});
export type Stored = z.infer<typeof storedSchema>;

/** A name for a place of the page. */
export const savedViewSchema = z.object({ name: z.string(), query: z.string(), savedAt: instant });
export type SavedView = z.infer<typeof savedViewSchema>;
export const saveViewSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  query: z.string().min(1).max(8_000).describe("Path and query of the page, as `/explore?measures=spend`"),
});

export const importStatusSchema = z.object({
  id: z.string(),
  state: z.enum(["running", "done", "failed"]),
  startedAt: instant,
  endedAt: instant.nullable(),
  step: z.string().nullable(),
  done: z.int().nullable(),
  total: z.int().nullable(),
  summary: z
    .object({
      filesSeen: z.int(),
      filesRead: z.int(),
      bytesRead: z.number(),
      newUsages: z.int(),
      repositories: z.int(),
      newCommits: z.int(),
      problems: z.int(),
      lost: z.int(),
      changed: z.boolean(),
    })
    .nullable(),
  message: z.string().nullable().describe("Why it failed"),
});
export type ImportStatus = z.infer<typeof importStatusSchema>;
