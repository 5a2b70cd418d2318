/** The official exporters of OpenTelemetry as senders, and requests written by hand. */
import { SeverityNumber } from "@opentelemetry/api-logs";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { Client, Metadata, credentials } from "@grpc/grpc-js";
import { OTLPLogExporter as GrpcLogs } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as ProtobufMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as ProtobufSpans } from "@opentelemetry/exporter-trace-otlp-proto";
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from "@opentelemetry/sdk-logs";

type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SentLog {
  /** As Claude Code names it in `event.name`. */
  readonly name: string;
  readonly at: number;
  readonly attributes: Attributes;
}

export const claudeResource: Attributes = { "service.name": "claude-code", "service.version": "2.1.220" };

/** Sends logs as Claude Code does, in one batch. */
export async function sendLogs(
  exporter: LogRecordExporter,
  logs: readonly SentLog[],
  resource: Attributes = claudeResource,
): Promise<void> {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ ...resource }),
    processors: [
      new BatchLogRecordProcessor({ exporter, maxQueueSize: 200_000, maxExportBatchSize: 10_000, scheduledDelayMillis: 60_000 }),
    ],
  });
  const logger = provider.getLogger("com.anthropic.claude_code.events", "2.1.220");
  for (const { name, at, attributes } of logs)
    logger.emit({
      timestamp: at,
      severityNumber: SeverityNumber.INFO,
      body: `claude_code.${name}`,
      attributes: { "event.name": name, ...attributes },
    });
  await provider.forceFlush();
  await provider.shutdown();
}

const gzip = { compression: CompressionAlgorithm.GZIP } as const;

/** By protocol, to a server's port. */
export const logExporters = {
  "HTTP with JSON": (port: number) => new JsonLogs({ url: `http://127.0.0.1:${port}/v1/logs` }),
  "HTTP with protobuf": (port: number) => new ProtobufLogs({ url: `http://127.0.0.1:${port}/v1/logs` }),
  "HTTP with protobuf and gzip": (port: number) => new ProtobufLogs({ url: `http://127.0.0.1:${port}/v1/logs`, ...gzip }),
} as const satisfies Readonly<Record<string, (port: number) => LogRecordExporter>>;

export const grpcLogExporter = (port: number, compressed: boolean, token = ""): LogRecordExporter => {
  const metadata = new Metadata();
  if (token !== "") metadata.set("authorization", `Bearer ${token}`);
  return new GrpcLogs({
    url: `http://127.0.0.1:${port}`,
    credentials: credentials.createInsecure(),
    metadata,
    ...(compressed ? gzip : {}),
  });
};

/** Sends a span over HTTP with protobuf. */
export async function sendSpan(port: number, name: string, endedAt: number, attributes: Attributes, resource: Attributes): Promise<void> {
  const exporter = new ProtobufSpans({ url: `http://127.0.0.1:${port}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ ...resource }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider
    .getTracer("test")
    .startSpan(name, { attributes, startTime: endedAt - 3_000 })
    .end(endedAt);
  await provider.forceFlush();
  await provider.shutdown();
}

/** Counts tokens as Claude Code's metrics do, twice with an export between, in its temporality: what came since the last one. */
export async function sendTokenCounts(port: number, attributes: Attributes, first: number, second: number): Promise<void> {
  const exporter = new ProtobufMetrics({
    url: `http://127.0.0.1:${port}/v1/metrics`,
    temporalityPreference: AggregationTemporality.DELTA,
  });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ ...claudeResource }),
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  const counter = provider.getMeter("com.anthropic.claude_code").createCounter("claude_code.token.usage", { unit: "tokens" });
  counter.add(first, attributes);
  await provider.forceFlush();
  counter.add(second, attributes);
  await provider.forceFlush();
  await provider.shutdown();
}

/** One request of logs in the JSON of OTLP. @param records attributes as `[key, value of AnyValue]` */
export function logsJson(
  records: readonly (readonly (readonly [string, unknown])[])[],
  resource: readonly (readonly [string, unknown])[] = [],
): string {
  const list = (attributes: readonly (readonly [string, unknown])[]) => attributes.map(([key, value]) => ({ key, value }));
  return JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: list([["service.name", { stringValue: "claude-code" }], ...resource]) },
        scopeLogs: [
          {
            scope: { name: "com.anthropic.claude_code.events" },
            logRecords: records.map((attributes) => ({ timeUnixNano: "1767348000000000000", attributes: list(attributes) })),
          },
        ],
      },
    ],
  });
}

/** A call with any bytes as its message. @returns the code and what was said */
export function grpcCall(port: number, path: string, message: Buffer, token = ""): Promise<readonly [code: number, details: string]> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const metadata = new Metadata();
  if (token !== "") metadata.set("authorization", `Bearer ${token}`);
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, same, same, message, metadata, (error) => {
      client.close();
      resolve(error === null ? [0, ""] : [error.code, error.details]);
    });
  });
}

/** One request with one log record, in protobuf: the fields are short, so each length is one byte. */
export function protobufLog(resource: Readonly<Record<string, string>>, record: Readonly<Record<string, string>>): Buffer {
  const field = (number: number, ...parts: readonly (string | Buffer)[]): Buffer => {
    const inside = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
    return Buffer.concat([
      Buffer.from([number * 8 + 2, ...(inside.length < 128 ? [inside.length] : [(inside.length % 128) + 128, inside.length >> 7])]),
      inside,
    ]);
  };
  const attributes = (number: number, said: Readonly<Record<string, string>>): Buffer =>
    Buffer.concat(Object.entries(said).map(([key, value]) => field(number, field(1, key), field(2, field(1, value)))));
  return field(1, field(1, attributes(1, resource)), field(2, field(2, attributes(6, record))));
}
