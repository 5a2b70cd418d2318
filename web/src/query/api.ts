/** The HTTP API as the page calls it: the only place that knows its paths. Answers are those of src/contract. */
import type { Answer, DayRange, SourceRow } from "../../../src/contract/answer.ts";
import type {
  CatalogueCard,
  ChangeRow,
  Failure,
  FileRow,
  ImportStatus,
  ListedStrand,
  Page,
  SavedView,
  SessionRow,
  Stored,
} from "../../../src/contract/api.ts";
import type { Costs } from "../../../src/contract/costs.ts";
import type { Delivery } from "../../../src/contract/delivery.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import type { MeasureQueryInput, MeasureResult } from "../../../src/contract/query.ts";
import type { Returns } from "../../../src/contract/returns.ts";
import type { Blame, ChangeCard, CommitCard, FileCard, SessionCard } from "../../../src/contract/show.ts";

export type Catalogue = CatalogueCard;
export type CatalogueMeasure = Catalogue["measures"][number];

/** What the server refused or failed at, with what a person can do about it. */
export class ApiError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  constructor(code: string, message: string, hint: string | undefined) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.hint = hint;
  }
}

async function ask<Result>(path: string, init: RequestInit = {}): Promise<Result> {
  const response = await fetch(`/api/${path}`, { ...init, headers: { accept: "application/json", ...init.headers } }).catch(
    (cause: unknown) => {
      throw new ApiError(
        "unreachable",
        `The server did not answer (${String(cause)}).`,
        "Is `assay serve` still running? Start it again, then try again.",
      );
    },
  );
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as Result;
  const failure = (body ?? {}) as Partial<Failure>;
  throw new ApiError(failure.code ?? `http_${response.status}`, failure.message ?? `The server answered ${response.status}.`, failure.hint);
}

/** An id may hold slashes (`owner/name#12`): each is escaped. */
const one = (id: string): string => encodeURIComponent(id);

export interface ListAsked {
  readonly sort: string;
  readonly cursor: string | null;
  readonly limit: number;
  readonly where?: readonly NonNullable<MeasureQueryInput["where"]>[number][];
  readonly from?: string | null;
  readonly to?: string | null;
}

function list({ sort, cursor, limit, where = [], from = null, to = null }: ListAsked): string {
  const asked = new URLSearchParams({ sort, limit: String(limit) });
  if (cursor !== null) asked.set("cursor", cursor);
  if (where.length > 0) asked.set("where", JSON.stringify(where));
  if (from !== null) asked.set("from", from);
  if (to !== null) asked.set("to", to);
  return asked.toString();
}

function daysOf({ from, to }: DayRange): string {
  const asked = new URLSearchParams({ ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) }).toString();
  return asked === "" ? "" : `?${asked}`;
}

/**
 * Listens to an import. @param tell called with every state, the last one too @returns what ends it
 */
export function listenToImport(id: string, tell: (status: ImportStatus) => void): () => void {
  const events = new EventSource(`/api/imports/${one(id)}/events`);
  const told = (event: MessageEvent<string>): void => tell(JSON.parse(event.data) as ImportStatus);
  events.addEventListener("progress", told);
  // The server says `end` and closes; a browser would ask again for what is over.
  events.addEventListener("end", (event) => {
    events.close();
    told(event as MessageEvent<string>);
  });
  return () => events.close();
}

export const api = {
  answer: (range: DayRange, signal: AbortSignal) => ask<Answer>(`answer${daysOf(range)}`, { signal }),
  query: (query: MeasureQueryInput, signal: AbortSignal) =>
    ask<MeasureResult>("query", { method: "POST", body: JSON.stringify(query), headers: { "content-type": "application/json" }, signal }),
  catalogue: (signal: AbortSignal) => ask<Catalogue>("catalogue", { signal }),
  session: (id: string, signal: AbortSignal) => ask<SessionCard>(`sessions/${one(id)}`, { signal }),
  change: (id: string, signal: AbortSignal) => ask<ChangeCard>(`changes/${one(id)}`, { signal }),
  commit: (hash: string, signal: AbortSignal) => ask<CommitCard>(`commits/${one(hash)}`, { signal }),
  files: (repository: string, under: string, signal: AbortSignal) =>
    ask<Page<FileRow>>(
      `files?${new URLSearchParams({ repository, sort: "spend", limit: "5000", ...(under === "" ? {} : { under }) }).toString()}`,
      { signal },
    ),
  file: (repository: string, path: string, signal: AbortSignal) =>
    ask<{ readonly file: FileCard; readonly blame: Blame }>(`files/${one(repository)}?${new URLSearchParams({ path }).toString()}`, {
      signal,
    }),
  sources: (signal: AbortSignal) => ask<readonly SourceRow[]>("sources", { signal }),
  problems: (signal: AbortSignal) => ask<Page<Problem>>("problems", { signal }),
  delivery: (signal: AbortSignal) => ask<Delivery>("delivery", { signal }),
  costs: (signal: AbortSignal) => ask<Costs>("costs", { signal }),
  returns: (signal: AbortSignal) => ask<Returns>("returns", { signal }),
  views: (signal: AbortSignal) => ask<readonly SavedView[]>("views", { signal }),
  saveView: (view: Pick<SavedView, "name" | "query">) =>
    ask<SavedView>("views", { method: "POST", body: JSON.stringify(view), headers: { "content-type": "application/json" } }),
  dropView: (name: string) => ask<null>(`views?${new URLSearchParams({ name }).toString()}`, { method: "DELETE" }),
  imports: (signal: AbortSignal) => ask<readonly ImportStatus[]>("imports", { signal }),
  startImport: () => ask<ImportStatus>("imports", { method: "POST" }),
  stored: (signal: AbortSignal) => ask<Stored>("stored", { signal }),
  sessions: (asked: ListAsked, signal: AbortSignal) => ask<Page<SessionRow>>(`sessions?${list(asked)}`, { signal }),
  changes: (asked: ListAsked, signal: AbortSignal) => ask<Page<ChangeRow>>(`changes?${list(asked)}`, { signal }),
  strands: (asked: ListAsked, signal: AbortSignal) => ask<Page<ListedStrand>>(`strands?${list(asked)}`, { signal }),
};
