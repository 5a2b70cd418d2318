/** What each route does: takes what its contract checked, calls the app, gives what is to be sent. */
import type { Imports } from "../../app/imports.ts";
import { resultCsv } from "../../app/result-table.ts";
import type { ServedAssay } from "../../app/served-assay.ts";
import type { RouteId, routes } from "../../contract/api-routes.ts";
import type { Limits, Page } from "../../contract/api.ts";
import { parseAsOf } from "../../contract/as-of.ts";
import { UserError } from "../../contract/errors.ts";
import type { MeasureQueryInput, MeasureResult } from "../../contract/query.ts";
import type { z } from "zod";
import { openApiDocument } from "./openapi.ts";

/** What a handler gives. */
export type Reply =
  | { readonly kind: "json"; readonly value: unknown; readonly status?: 200 | 202 }
  | { readonly kind: "file"; readonly bytes: Uint8Array | string; readonly type: string; readonly name: string; readonly limits: Limits }
  | { readonly kind: "events"; readonly events: ReadableStream<Uint8Array> }
  | { readonly kind: "nothing" };

export interface Served {
  readonly assay: ServedAssay;
  readonly imports: Imports;
  readonly version: string;
}

type QueryOf<Id extends RouteId> = (typeof routes)[Id]["query"] extends z.ZodType ? z.output<(typeof routes)[Id]["query"]> : never;

interface Asked<Id extends RouteId> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: QueryOf<Id>;
  /** As its schema read it, with its defaults. */
  readonly body: unknown;
  /** As it was sent; its schema takes it. */
  readonly posted: unknown;
}

type Handlers = { readonly [Id in RouteId]: (served: Served, asked: Asked<Id>) => Promise<Reply> | Reply };

export const handlers: Handlers = {
  answer: async ({ assay }, { query }) => {
    const { from = null, to = null, basis } = query;
    return json(await assay.answer({ ...asOf(query), basis, ...(from === null && to === null ? {} : { range: { from, to } }) }));
  },
  query: ({ assay }, { query }) => ask(assay, parseQuery(query.q), query.format),
  // As it was sent: what it leaves out is assay.yaml's to say, as for every other surface.
  postedQuery: ({ assay }, { query, posted }) => ask(assay, posted as MeasureQueryInput, query.format),
  catalogue: ({ assay }) => json(assay.catalogue()),
  explain: async ({ assay }, { params, query }) => json(await assay.explain(param(params, "subject"), asOf(query))),
  sessions: async ({ assay }, { query }) => page(assay, query.limit, await assay.listSessions(query)),
  session: async ({ assay }, { params, query }) => json(await assay.showSession(param(params, "id"), asOf(query))),
  changes: async ({ assay }, { query }) => page(assay, query.limit, await assay.listChanges(query)),
  change: async ({ assay }, { params, query }) => json(await assay.showChange(param(params, "id"), asOf(query))),
  commit: async ({ assay }, { params, query }) => json(await assay.showCommit(param(params, "hash"), asOf(query))),
  files: async ({ assay }, { query }) => page(assay, query.limit, await assay.listFiles(query)),
  file: async ({ assay }, { params, query }) => json(await assay.file(param(params, "repository"), query.path, asOf(query))),
  strands: async ({ assay }, { query }) => page(assay, query.limit, await assay.listStrands(query)),
  delivery: async ({ assay }, { query }) => json(await assay.delivery({ ...asOf(query), days: query.days })),
  survival: async ({ assay }, { query }) =>
    json(await assay.survival({ ...asOf(query), days: query.days.split(",").map(Number), by: query.by })),
  returns: async ({ assay }, { query }) => json(await assay.returns({ ...asOf(query), by: query.by })),
  costs: async ({ assay }, { query }) =>
    json(await assay.costs({ ...asOf(query), grain: query.grain, days: query.days, tiers: query.tiers })),
  sources: async ({ assay }) => json(await assay.sources()),
  problems: async ({ assay }, { query }) => page(assay, query.limit, await assay.listProblems(query)),
  notes: async ({ assay }) => json(await assay.notes()),
  stored: ({ assay }) => json(assay.stored()),
  views: async ({ assay }) => json(await assay.views()),
  saveView: async ({ assay }, { body }) => json(await assay.saveView(body as Parameters<ServedAssay["saveView"]>[0])), // as its schema read it
  async dropView({ assay }, { query }) {
    await assay.dropView(query.name);
    return { kind: "nothing" };
  },
  imports: ({ imports }) => json(imports.list()),
  startImport: ({ imports }) => ({ kind: "json", value: imports.start(), status: 202 }),
  importEvents: ({ imports }, { params }) => ({ kind: "events", events: eventsOf(imports, param(params, "id")) }),
  openapi: ({ version }) => json(openApiDocument(version)),
  health: () => json({ ok: true }),
};

const json = (value: unknown): Reply => ({ kind: "json", value });

const asOf = (query: { readonly asOf?: string | undefined }) => ({ asOf: query.asOf === undefined ? null : parseAsOf(query.asOf) });

function param(params: Readonly<Record<string, string>>, name: string): string {
  const value = params[name];
  if (value === undefined) throw new Error(`the path has no ${name}`);
  return value;
}

function page(assay: ServedAssay, limit: number, { rows, next, total }: Page<unknown>): Reply {
  return json({ rows, next, total, limits: limitsOf(assay, limit, next !== null) });
}

const limitsOf = ({ limits }: ServedAssay, rows: number, truncated: boolean): Limits => ({ rows, truncated, timeMs: limits.timeMs });

function parseQuery(text: string): MeasureQueryInput {
  try {
    return JSON.parse(text) as MeasureQueryInput; // its schema reads it where it is asked
  } catch (cause) {
    throw new UserError("bad_query", "`q` is no JSON.", {
      hint: 'For example q={"measures":["spend"],"by":["model"]}, percent-encoded.',
      cause,
    });
  }
}

async function ask(assay: ServedAssay, query: MeasureQueryInput, format: "json" | "csv" | "parquet"): Promise<Reply> {
  const result = await assay.query(query);
  const limits = limitsOf(assay, result.query.limit, isTruncated(result));
  switch (format) {
    case "json":
      return json({ ...result, limits });
    case "csv":
      return { kind: "file", bytes: resultCsv(result), type: "text/csv; charset=utf-8", name: "assay.csv", limits };
    case "parquet":
      return { kind: "file", bytes: await assay.parquet(result), type: "application/vnd.apache.parquet", name: "assay.parquet", limits };
    default:
      return format satisfies never;
  }
}

const isTruncated = ({ warnings }: MeasureResult): boolean => warnings.some(({ code }) => code === "truncated");

/** The states of an import as they come, and `end` with the last. */
function eventsOf(imports: Imports, id: string): ReadableStream<Uint8Array> {
  imports.require(id);
  const encoder = new TextEncoder();
  let stop = (): void => {};
  return new ReadableStream({
    start(controller) {
      const send = (event: string, value: unknown): void =>
        controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(value)}\n\n`));
      let over = false;
      const end = imports.listen(id, (status) => {
        if (over) return;
        send("progress", status);
        if (status.state === "running") return;
        over = true;
        send("end", status);
        controller.close();
        stop();
      });
      stop = () => void end();
      if (over) end();
    },
    cancel: () => stop(),
  });
}
