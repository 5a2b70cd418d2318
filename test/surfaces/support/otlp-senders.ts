/** The official exporters of OpenTelemetry as senders, and requests written by hand. */
import { SeverityNumber } from "@opentelemetry/api-logs";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufLogs } from "@opentelemetry/exporter-logs-otlp-proto";
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
