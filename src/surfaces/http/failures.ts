/** What is answered when something fails: the one table from codes to status, and the body of RFC 9457. Never a stack. */
import type { Failure } from "../../contract/api.ts";
import { UserError } from "../../contract/errors.ts";

/** Codes whose status is not 400, "ask otherwise". */
const statusOf: Readonly<Record<string, number>> = {
  token_missing: 401,
  token_wrong: 401,
  host_not_served: 403,
  origin_not_served: 403,
  no_store: 404,
  unknown_route: 404,
  unknown_session: 404,
  unknown_change: 404,
  unknown_commit: 404,
  unknown_subject: 404,
  unknown_repository: 404,
  unknown_file: 404,
  unknown_view: 404,
  unknown_import: 404,
  no_repository: 404,
  sample_served: 404,
  method_not_allowed: 405,
  ambiguous_session: 409,
  ambiguous_change: 409,
  ambiguous_commit: 409,
  body_too_large: 413,
  not_json: 415,
  not_otlp: 415,
  encoding_not_taken: 415,
  too_many_tries: 429,
  too_much_at_once: 429,
  fault: 500,
  store_busy: 503,
  closing: 503,
  time_limit: 503,
  inbox_full: 503,
  inbox_unwritable: 503,
};

const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not logged in",
  403: "Refused",
  404: "Not found",
  405: "Method not allowed",
  409: "More than one",
  413: "Too large",
  415: "Not as it should be sent",
  429: "Too many tries",
  500: "Fault",
  503: "Not now",
};

/** A failure of the person who asks, by its code; anything else is a fault, of which nothing but an id is told. */
export function failureOf(error: unknown, faultId: string): Failure {
  const known = error instanceof UserError ? error : null;
  const code = known?.code ?? "fault";
  const status = statusOf[code] ?? 400;
  const hint = known === null ? "This is not your doing. The server's own output says where it happened." : known.hint;
  return {
    type: "about:blank",
    title: titles[status] ?? "Failure",
    status,
    code,
    message: known?.message ?? `Fault ${faultId}.`,
    ...(hint === undefined ? {} : { hint }),
  };
}

export function failureResponse(failure: Failure, headers: Readonly<Record<string, string>> = {}): Response {
  const waits = failure.status === 503 || failure.status === 429 ? { "retry-after": "5" } : {};
  const logsIn = failure.status === 401 ? { "www-authenticate": 'Bearer realm="assay"' } : {};
  return new Response(JSON.stringify(failure), {
    status: failure.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...waits, ...logsIn, ...headers },
  });
}
