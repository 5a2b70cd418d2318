/** Every route of the API: where it is, who may take it, what it takes and gives. Handlers are in src/surfaces/http/. */
import { z } from "zod";
import { bases } from "./basis.ts";
import {
  answerSchema,
  changeCardSchema,
  commitCardSchema,
  deliverySchema,
  explanationSchema,
  fileViewSchema,
  noteRowSchema,
  problemSchema,
  costsSchema,
  returnsSchema,
  sessionCardSchema,
  sourceRowSchema,
  survivalSchema,
} from "./api-answers.ts";
import {
  catalogueSchema,
  changesPageSchema,
  changesQuerySchema,
  filesPageSchema,
  filesQuerySchema,
  importStatusSchema,
  limitsSchema,
  problemsQuerySchema,
  savedViewSchema,
  saveViewSchema,
  sessionsPageSchema,
  sessionsQuerySchema,
  storedSchema,
  strandsPageSchema,
  strandsQuerySchema,
} from "./api.ts";
import { measureQuerySchema, measureResultSchema } from "./query.ts";
import { costGrains } from "./costs.ts";
import { returnGroups } from "./returns.ts";
import { survivalGroups } from "./survival.ts";

/**
 * Who may take a route: `owner` what changes something, `viewer` what is read, `public` what is needed to come in. On
 * loopback everybody is the owner; off it only who shows the owner's token, who is a viewer too.
 */
export type Role = "public" | "viewer" | "owner";

export interface RouteContract {
  readonly method: "get" | "post" | "delete";
  /** `{name}`: one part of the path, `{name+}`: the rest of it; both percent-encoded. */
  readonly path: string;
  readonly role: Role;
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Null where nothing, or no JSON, is given. */
  readonly answer: z.ZodType | null;
  /** Set where an answer hangs on the store alone: it carries an ETag of its revision. */
  readonly ofStore?: true;
}

const asOf = z.strictObject({ asOf: z.string().optional() });
const none = z.strictObject({});
const fileFormat = z.enum(["json", "csv", "parquet"]).default("json");
const resultSchema = measureResultSchema.extend({ limits: limitsSchema });

export const routes = {
  answer: {
    method: "get",
    path: "/api/answer",
    role: "viewer",
    summary: "What did the tokens buy? As `assay report --format json`",
    query: z.strictObject({
      asOf: z.string().optional(),
      from: z.iso.date().optional(),
      to: z.iso.date().optional(),
      basis: z.enum(bases).default("list"),
    }),
    answer: answerSchema,
    ofStore: true,
  },
  query: {
    method: "get",
    path: "/api/query",
    role: "viewer",
    summary: "Any measures by any dimensions, as `assay query --json`; `q` is the query as JSON",
    query: z.strictObject({ q: z.string().max(100_000), format: fileFormat }),
    answer: resultSchema,
    ofStore: true,
  },
  postedQuery: {
    method: "post",
    path: "/api/query",
    role: "viewer",
    summary: "The same for a query too long for an address",
    query: z.strictObject({ format: fileFormat }),
    body: measureQuerySchema,
    answer: resultSchema,
    ofStore: true,
  },
  catalogue: {
    method: "get",
    path: "/api/catalogue",
    role: "viewer",
    summary: "Measures, dimensions, what is counted, fates",
    query: none,
    answer: catalogueSchema,
    ofStore: true,
  },
  explain: {
    method: "get",
    path: "/api/explain/{subject+}",
    role: "viewer",
    summary: "Why a number is what it is: a session, change, commit, fate, measure, or `context`",
    query: asOf,
    answer: explanationSchema,
    ofStore: true,
  },
  sessions: {
    method: "get",
    path: "/api/sessions",
    role: "viewer",
    summary: "Sessions behind a number",
    query: sessionsQuerySchema,
    answer: sessionsPageSchema,
    ofStore: true,
  },
  session: {
    method: "get",
    path: "/api/sessions/{id+}",
    role: "viewer",
    summary: "One session: its turns, commits, strands",
    query: asOf,
    answer: sessionCardSchema,
    ofStore: true,
  },
  changes: {
    method: "get",
    path: "/api/changes",
    role: "viewer",
    summary: "Changes with cost, authors and what is left",
    query: changesQuerySchema,
    answer: changesPageSchema,
    ofStore: true,
  },
  change: {
    method: "get",
    path: "/api/changes/{id+}",
    role: "viewer",
    summary: "One change; `owner/name#12` where its number is not the only one",
    query: asOf,
    answer: changeCardSchema,
    ofStore: true,
  },
  commit: {
    method: "get",
    path: "/api/commits/{hash}",
    role: "viewer",
    summary: "One commit: which sessions wrote it, on which evidence",
    query: asOf,
    answer: commitCardSchema,
    ofStore: true,
  },
  files: {
    method: "get",
    path: "/api/files",
    role: "viewer",
    summary: "Files of a repository with cost and what is left of them",
    query: filesQuerySchema,
    answer: filesPageSchema,
    ofStore: true,
  },
  file: {
    method: "get",
    path: "/api/files/{repository+}",
    role: "viewer",
    summary: "One file of HEAD and each of its lines; git is asked now",
    query: z.strictObject({ path: z.string().min(1).max(4_096), asOf: z.string().optional() }),
    answer: fileViewSchema,
  },
  strands: {
    method: "get",
    path: "/api/strands",
    role: "viewer",
    summary: "The rows behind a number: strands with what the filters leave of their money",
    query: strandsQuerySchema,
    answer: strandsPageSchema,
    ofStore: true,
  },
  delivery: {
    method: "get",
    path: "/api/delivery",
    role: "viewer",
    summary: "DORA's five metrics of each repository, as `assay delivery --json`",
    query: z.strictObject({ days: z.coerce.number().int().min(7).max(3_650).default(90), asOf: z.string().optional() }),
    answer: deliverySchema,
    ofStore: true,
  },
  survival: {
    method: "get",
    path: "/api/survival",
    role: "viewer",
    summary: "How long landed lines live and what ends them, as `assay survival --json`; `days=7,21,90`",
    query: z.strictObject({
      days: z
        .string()
        .regex(/^[1-9]\d{0,3}(,[1-9]\d{0,3}){0,19}$/)
        .default("7,21,90"),
      by: z.enum(survivalGroups).default("author"),
      asOf: z.string().optional(),
    }),
    answer: survivalSchema,
    ofStore: true,
  },
  returns: {
    method: "get",
    path: "/api/returns",
    role: "viewer",
    summary: "Spend of products, teams or repositories of which nothing stuck, as `assay returns --json`",
    query: z.strictObject({ by: z.enum(returnGroups).default("repository"), asOf: z.string().optional() }),
    answer: returnsSchema,
    ofStore: true,
  },
  costs: {
    method: "get",
    path: "/api/costs",
    role: "viewer",
    summary: "What a change costs by cohort, in the same period, and with people by tier of spend, as `assay costs --json`",
    query: z.strictObject({
      grain: z.enum(costGrains).default("month"),
      days: z.coerce.number().int().min(7).max(3_650).default(91),
      tiers: z.coerce.number().int().min(2).max(10).default(5),
      asOf: z.string().optional(),
    }),
    answer: costsSchema,
    ofStore: true,
  },
  sources: {
    method: "get",
    path: "/api/sources",
    role: "viewer",
    summary: "Where tokens were read from",
    query: none,
    answer: z.array(sourceRowSchema),
    ofStore: true,
  },
  problems: {
    method: "get",
    path: "/api/problems",
    role: "viewer",
    summary: "Input that could not be used, what lost input first",
    query: problemsQuerySchema,
    answer: z.object({ rows: z.array(problemSchema), next: z.string().nullable(), total: z.int(), limits: limitsSchema }),
    ofStore: true,
  },
  notes: {
    method: "get",
    path: "/api/notes",
    role: "viewer",
    summary: "What authorship notes claim, and what of it was so",
    query: none,
    answer: z.array(noteRowSchema),
    ofStore: true,
  },
  stored: {
    method: "get",
    path: "/api/stored",
    role: "viewer",
    summary: "Everything stored that tells something of a person, and what for",
    query: none,
    answer: storedSchema,
    ofStore: true,
  },
  views: {
    method: "get",
    path: "/api/views",
    role: "viewer",
    summary: "Saved views",
    query: none,
    answer: z.array(savedViewSchema),
  },
  saveView: {
    method: "post",
    path: "/api/views",
    role: "owner",
    summary: "Save a view; one of the same name gives way",
    query: none,
    body: saveViewSchema,
    answer: savedViewSchema,
  },
  dropView: {
    method: "delete",
    path: "/api/views",
    role: "owner",
    summary: "Forget a view",
    query: z.strictObject({ name: z.string().min(1) }),
    answer: null,
  },
  imports: {
    method: "get",
    path: "/api/imports",
    role: "viewer",
    summary: "Imports since the server began, newest first",
    query: none,
    answer: z.array(importStatusSchema),
  },
  startImport: {
    method: "post",
    path: "/api/imports",
    role: "owner",
    summary: "Begin an import, or get the one that runs",
    query: none,
    answer: importStatusSchema,
  },
  importEvents: {
    method: "get",
    path: "/api/imports/{id}/events",
    role: "viewer",
    summary: "Server-sent events `progress` with the state of an import; ends with `end`",
    query: none,
    answer: null,
  },
  openapi: {
    method: "get",
    path: "/api/openapi.json",
    role: "viewer",
    summary: "This API as an OpenAPI 3.1 document",
    query: none,
    answer: z.record(z.string(), z.unknown()),
    ofStore: true,
  },
  health: {
    method: "get",
    path: "/api/health",
    role: "public",
    summary: "Whether the server answers; tells nothing of the store",
    query: none,
    answer: z.object({ ok: z.literal(true) }),
  },
} as const satisfies Record<string, RouteContract>;
export type RouteId = keyof typeof routes;

/** Where OTLP is taken over HTTP: protobuf or JSON, plain or gzip. Not of the API: the specification of OpenTelemetry says what they take and give. */
export const otlpRoutes = {
  traces: { path: "/v1/traces", role: "owner" },
  logs: { path: "/v1/logs", role: "owner" },
  metrics: { path: "/v1/metrics", role: "owner" },
} as const satisfies Record<string, { readonly path: string; readonly role: Role }>;

/** Routes a person's browser takes to come in; forms and pages, not JSON. */
export const loginPath = "/login";
export const logoutPath = "/logout";
