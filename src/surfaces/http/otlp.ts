/** OTLP over HTTP: checks, unpacks and answers; what is in it the receiver of the app knows. */
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip, gunzipSync } from "node:zlib";
import type { Context, Hono } from "hono";
import { otlpRoutes } from "../../contract/api-routes.ts";
import { UserError } from "../../contract/errors.ts";
import { type Encoding, type OtlpReceiver, type Signal, statusBody } from "../../app/otlp/receiver.ts";
import { failureOf } from "./failures.ts";
import type { Access } from "./guard.ts";
import type { HeldBytes } from "./held-bytes.ts";

export interface OtlpOptions {
  readonly receiver: OtlpReceiver;
  readonly access: Access;
  readonly held: HeldBytes;
  onFault(error: unknown): void;
}

/** As sent, and unpacked. */
export const mostSentBytes = 16 * 1024 * 1024;
const mostBytes = 64 * 1024 * 1024;
/** Smaller ones are unpacked at once: a trip to another thread takes longer. */
const smallBytes = 64 * 1024;

const gunzipAside = promisify(gunzip);

const types: Readonly<Record<Encoding, string>> = { protobuf: "application/x-protobuf", json: "application/json" };

/** Adds the routes. They come before what caps and packs the API's own bodies. */
export function addOtlp(app: Hono, options: OtlpOptions): void {
  const { held } = options;
  for (const signal of Object.keys(otlpRoutes) as Signal[]) {
    const { path, role } = otlpRoutes[signal];
    app.post(path, async (context) => {
      const encoding = encodingOf(context.req.header("content-type"));
      try {
        options.access.require(role, { authorization: context.req.header("authorization"), cookie: undefined });
        if (encoding === null)
          throw new UserError("not_otlp", "This is neither OTLP's protobuf nor its JSON.", {
            hint: `Send it as ${types.protobuf} or ${types.json}.`,
          });
        const sent = await bodyOf(context, held);
        try {
          return answer(
            200,
            encoding,
            await options.receiver.take(signal, encoding, await unpacked(sent, context.req.header("content-encoding"))),
          );
        } finally {
          held.release(sent.length);
        }
      } catch (error) {
        return refusal(error, encoding ?? "json", options);
      }
    });
    app.all(path, (context) => refusal(new UserError("method_not_allowed", `${context.req.method} is not taken here.`), "json", options));
  }
}

function encodingOf(type: string | undefined): Encoding | null {
  const plain = type?.split(";")[0]?.trim().toLowerCase();
  return plain === types.protobuf ? "protobuf" : plain === types.json ? "json" : null;
}

/** The body as sent. What it takes of the memory is the caller's to release. */
async function bodyOf(context: Context, held: HeldBytes): Promise<Uint8Array> {
  if (Number(context.req.header("content-length") ?? 0) > mostSentBytes) throw tooLarge();
  return await held.collect(chunksOf(context), mostSentBytes, tooLarge);
}

/** Node's own stream where there is one: a stream of the web's kind costs more than small bodies do. */
function chunksOf(context: Context): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  const { incoming } = (context.env ?? {}) as { readonly incoming?: Readable };
  // Left off in the middle it would be destroyed with its connection, and nobody told why.
  return incoming?.iterator({ destroyOnReturn: false }) ?? (context.req.raw.body as unknown as AsyncIterable<Uint8Array> | null) ?? [];
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

function answer(status: number, encoding: Encoding, body: Uint8Array, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body.length === 0 ? null : new Uint8Array(body), {
    status,
    headers: { "content-type": types[encoding], "cache-control": "no-store", ...headers },
  });
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

function refusal(error: unknown, encoding: Encoding, { onFault }: OtlpOptions): Response {
  const { status, code, message, hint } = failureOf(error, "otlp");
  if (code === "fault") onFault(error);
  const body = statusBody(encoding, grpcCodes[status] ?? 2, hint === undefined ? message : `${message} ${hint}`);
  return answer(status, encoding, body, {
    ...(status === 429 || status === 503 ? { "retry-after": "5" } : {}),
    ...(status === 401 ? { "www-authenticate": 'Bearer realm="assay"' } : {}),
    // The rest of a body that is too large is not read: nothing else can come on this connection.
    ...(status === 413 ? { connection: "close" } : {}),
  });
}
