/**
 * OTLP over HTTP: checks, unpacks and answers; what is in it the receiver of the app knows. It stands before the API's own
 * framework: two hundred agents that send five records each cost what their requests cost, and little else (docs/decisions/0025).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip, gunzipSync } from "node:zlib";
import { otlpRoutes } from "../../contract/api-routes.ts";
import { UserError } from "../../contract/errors.ts";
import { type Encoding, type OtlpReceiver, type Signal, statusBody } from "../../app/otlp/receiver.ts";
import { failureOf } from "./failures.ts";
import { type Access, requireHost, requireOwnOrigin, securityHeaders } from "./guard.ts";
import type { HeldBytes } from "./held-bytes.ts";

export interface OtlpOptions {
  readonly receiver: OtlpReceiver;
  readonly access: Access;
  readonly held: HeldBytes;
  readonly onLoopback: boolean;
  /** What is served is the invented sample: nothing real is put into it. */
  readonly isSample: boolean;
  onFault(error: Error): void;
}

/** As sent, and unpacked. */
export const mostSentBytes = 16 * 1024 * 1024;
const mostBytes = 32 * 1024 * 1024;
/** Smaller ones are unpacked at once: a trip to another thread takes longer. */
const smallBytes = 64 * 1024;

const gunzipAside = promisify(gunzip);

const types: Readonly<Record<Encoding, string>> = { protobuf: "application/x-protobuf", json: "application/json" };

const signalOf: ReadonlyMap<string, Signal> = new Map(
  (Object.keys(otlpRoutes) as Signal[]).map((signal) => [otlpRoutes[signal].path, signal]),
);

/** @returns what takes the requests that are OTLP's, and leaves all others */
export function otlpHandler(options: OtlpOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const signal = signalOf.get((request.url ?? "").split("?", 1)[0] as string);
    if (signal === undefined) return false;
    void answer(signal, request, response, options);
    return true;
  };
}

async function answer(signal: Signal, request: IncomingMessage, response: ServerResponse, options: OtlpOptions): Promise<void> {
  const encoding = encodingOf(request.headers["content-type"]);
  try {
    checkCaller(signal, request, options);
    requireReal(options);
    if (encoding === null)
      throw new UserError("not_otlp", "This is neither OTLP's protobuf nor its JSON.", {
        hint: `Send it as ${types.protobuf} or ${types.json}.`,
      });
    if (Number(request.headers["content-length"] ?? 0) > mostSentBytes) throw tooLarge();
    // Left off in the middle it would be destroyed with its connection, and nobody told why.
    const sent = await options.held.collect(request.iterator({ destroyOnReturn: false }), mostSentBytes, tooLarge);
    try {
      send(
        response,
        200,
        encoding,
        await options.receiver.take(signal, encoding, await unpacked(sent, request.headers["content-encoding"])),
      );
    } finally {
      options.held.release(sent.length);
    }
  } catch (error) {
    if (response.destroyed) return; // the sender is gone: it sends again what it has no answer for
    refuse(response, error, encoding ?? "json", options);
  }
}

/** @throws UserError `sample_served` */
export function requireReal({ isSample }: Pick<OtlpOptions, "isSample">): void {
  if (isSample)
    throw new UserError("sample_served", "The sample is shown here: it takes nothing.", {
      hint: "Run `assay serve` for a store of your own.",
    });
}

function checkCaller(signal: Signal, { method, headers }: IncomingMessage, { access, onLoopback }: OtlpOptions): void {
  const { host, origin, authorization } = headers;
  requireHost(host, onLoopback);
  requireOwnOrigin({ method: method ?? "", host, origin, site: headers["sec-fetch-site"] as string | undefined }); // never sent twice
  access.require(otlpRoutes[signal].role, { authorization, cookie: undefined });
  if (method !== "POST") throw new UserError("method_not_allowed", `${method} is not taken here.`);
}

function encodingOf(type: string | undefined): Encoding | null {
  const plain = type?.split(";")[0]?.trim().toLowerCase();
  return plain === types.protobuf ? "protobuf" : plain === types.json ? "json" : null;
}

async function unpacked(sent: Uint8Array, encoding: string | undefined): Promise<Uint8Array> {
  if (encoding === undefined || encoding === "" || encoding === "identity") return sent;
  if (encoding !== "gzip")
    throw new UserError("encoding_not_taken", "Only gzip is taken, or nothing.", { hint: "Set compression to gzip or none." });
  return await gunzipped(sent);
}

/** @throws UserError `body_too_large` for what is larger than allowed, before it is unpacked; `otlp_malformed` */
export async function gunzipped(sent: Uint8Array): Promise<Uint8Array> {
  try {
    return sent.length < smallBytes
      ? gunzipSync(sent, { maxOutputLength: mostBytes })
      : await gunzipAside(sent, { maxOutputLength: mostBytes });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new UserError("otlp_malformed", "The body is no gzip.", { cause });
  }
}

export const tooLarge = (): UserError =>
  new UserError("body_too_large", "The request is too large.", { hint: "Send smaller batches (OTEL_BLRP_MAX_EXPORT_BATCH_SIZE)." });

function send(
  response: ServerResponse,
  status: number,
  encoding: Encoding,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...securityHeaders,
    "content-type": types[encoding],
    "content-length": body.length,
    "cache-control": "no-store",
    ...headers,
  });
  response.end(body);
}

/** Codes of gRPC that go with a status of HTTP. 429 and 503 both ask to come again. */
export const grpcCodes: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  429: 14,
  500: 13,
  503: 14,
};

function refuse(response: ServerResponse, error: unknown, encoding: Encoding, { onFault }: OtlpOptions): void {
  const { status, code, message, hint } = failureOf(error, "otlp");
  if (code === "fault") onFault(error instanceof Error ? error : new Error(String(error)));
  const body = statusBody(encoding, grpcCodes[status] ?? 2, hint === undefined ? message : `${message} ${hint}`);
  send(response, status, encoding, body, {
    ...(status === 429 || status === 503 ? { "retry-after": "5" } : {}),
    ...(status === 401 ? { "www-authenticate": 'Bearer realm="assay"' } : {}),
    // What is left of the body is not read: nothing else can come on this connection.
    connection: "close",
  });
}
