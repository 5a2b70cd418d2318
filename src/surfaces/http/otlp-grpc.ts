/**
 * OTLP over gRPC, as much of gRPC as its one kind of call needs: unary, over HTTP/2 without TLS, one message of five bytes of
 * head (whether it is packed, its length) and the same bytes as over HTTP (docs/decisions/0025).
 */
import { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Signal } from "../../app/otlp/receiver.ts";
import { otlpRoutes } from "../../contract/api-routes.ts";
import { UserError } from "../../contract/errors.ts";
import { failureOf } from "./failures.ts";
import { requireHost } from "./guard.ts";
import { type OtlpOptions, grpcCodes, gunzipped, mostSentBytes, requireReal, tooLarge } from "./otlp.ts";

export interface GrpcOptions extends OtlpOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface GrpcServer {
  readonly port: number;
  close(): Promise<void>;
}

const paths: ReadonlyMap<string, Signal> = new Map([
  ["/opentelemetry.proto.collector.logs.v1.LogsService/Export", "logs"],
  ["/opentelemetry.proto.collector.trace.v1.TraceService/Export", "traces"],
  ["/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "metrics"],
]);

const headBytes = 5;
const unimplemented = 12;

/** @throws UserError `port_taken` */
export async function startGrpc(options: GrpcOptions): Promise<GrpcServer> {
  const server = createServer({ settings: { maxConcurrentStreams: 100 } });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.on("error", () => session.destroy()); // what is no HTTP/2; its sender sees the connection end
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => stream.destroy()); // the sender is gone: it sends again what it has no answer for
    void call(stream, headers, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(cause.code === "EADDRINUSE" || cause.code === "EACCES" ? portTaken(options.port, cause) : cause),
    );
    server.listen(options.port, options.host.replaceAll(/[[\]]/g, ""), resolve);
  });
  return {
    port: (server.address() as AddressInfo).port, // it listens on a port
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
}

const portTaken = (port: number, cause: Error): UserError =>
  new UserError("port_taken", `Port ${port} cannot be used for gRPC.`, { hint: "Give another with --grpc-port; 0 takes any.", cause });

async function call(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: GrpcOptions): Promise<void> {
  try {
    if (!/^application\/grpc(\+proto)?(;|$)/.test(headers["content-type"] ?? "")) {
      stream.respond({ ":status": 415 }, { endStream: true });
      return;
    }
    const signal = paths.get(headers[":path"] ?? "");
    if (signal === undefined || headers[":method"] !== "POST") return refuse(stream, unimplemented, "There is no such call.");
    requireHost(headers[":authority"] ?? headers.host, options.onLoopback);
    options.access.require(otlpRoutes[signal].role, { authorization: headers.authorization, cookie: undefined });
    requireReal(options);
    const sent = await options.held.collect(stream.iterator({ destroyOnReturn: false }), mostSentBytes + headBytes, tooLarge);
    try {
      succeed(stream, await options.receiver.take(signal, "protobuf", await messageOf(sent, headers["grpc-encoding"])));
    } finally {
      options.held.release(sent.length);
    }
  } catch (error) {
    if (stream.destroyed) return; // nobody is left to be told
    const { status, code, message, hint } = failureOf(error, "otlp");
    if (code === "fault") options.onFault(error instanceof Error ? error : new Error(String(error)));
    refuse(stream, grpcCodes[status] ?? 2, hint === undefined ? message : `${message} ${hint}`);
  }
}

/** The one message of a call. */
async function messageOf(sent: Uint8Array, encoding: string | string[] | undefined): Promise<Uint8Array> {
  const length = sent.length < headBytes ? -1 : new DataView(sent.buffer, sent.byteOffset).getUint32(1);
  if (length !== sent.length - headBytes) throw new UserError("otlp_malformed", "The call is not one whole message.");
  const message = sent.subarray(headBytes);
  if (sent[0] === 0) return message;
  if (sent[0] !== 1 || encoding !== "gzip") throw new UserError("otlp_malformed", "Only gzip is taken, or nothing.");
  return await gunzipped(message);
}

function succeed(stream: ServerHttp2Stream, answer: Uint8Array): void {
  if (stream.destroyed) return;
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(answer.length, 1);
  stream.respond(
    { ":status": 200, "content-type": "application/grpc", "grpc-accept-encoding": "gzip,identity" },
    { waitForTrailers: true },
  );
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(Buffer.concat([head, answer]));
}

function refuse(stream: ServerHttp2Stream, code: number, message: string): void {
  if (stream.destroyed || stream.headersSent) return;
  const told = { "grpc-status": String(code), "grpc-message": encodeURIComponent(message), "grpc-accept-encoding": "gzip,identity" };
  stream.respond({ ":status": 200, "content-type": "application/grpc", ...told }, { endStream: true });
  stream.resume(); // what is still on its way is dropped; a sender that is told stops
}
