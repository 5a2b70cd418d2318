/**
 * The messages of the OpenTelemetry protocol that are read, written down from its specification (OTLP 1.x): the number of
 * each field is a fact of the wire, its name one of the JSON encoding. Fields nobody here asks for are not listed, and are
 * skipped unread.
 */

/** `time`: UTC milliseconds of a count of nanoseconds. `hex`: bytes as hex digits. `value` and `attributes` are read by the wire itself. */
export type Scalar = "text" | "hex" | "time" | "whole" | "double" | "varint" | "value" | "attributes";

export interface Field {
  readonly number: number;
  readonly name: string;
  readonly type: Scalar | Message;
  readonly repeated: boolean;
}

export interface Message {
  readonly byNumber: readonly (Field | undefined)[];
  readonly byName: ReadonlyMap<string, Field>;
}

type Shape = Readonly<Record<string, readonly [number: number, type: Scalar | Message, repeated?: "repeated"]>>;

function message(shape: Shape): Message {
  const fields = Object.entries(shape).map(
    ([name, [number, type, repeated]]): Field => ({ number, name, type, repeated: repeated !== undefined }),
  );
  const byNumber: (Field | undefined)[] = [];
  for (const field of fields) byNumber[field.number] = field;
  return { byNumber, byName: new Map(fields.map((field) => [field.name, field])) };
}

const resource = message({ attributes: [1, "attributes"] });
const scope = message({ name: [1, "text"], version: [2, "text"] });

const logRecord = message({
  timeUnixNano: [1, "time"],
  body: [5, "value"],
  attributes: [6, "attributes"],
  traceId: [9, "hex"],
  spanId: [10, "hex"],
  observedTimeUnixNano: [11, "time"],
  eventName: [12, "text"],
});
const scopeLogs = message({ scope: [1, scope], logRecords: [2, logRecord, "repeated"] });
const resourceLogs = message({ resource: [1, resource], scopeLogs: [2, scopeLogs, "repeated"] });

const span = message({
  traceId: [1, "hex"],
  spanId: [2, "hex"],
  parentSpanId: [4, "hex"],
  name: [5, "text"],
  startTimeUnixNano: [7, "time"],
  endTimeUnixNano: [8, "time"],
  attributes: [9, "attributes"],
});
const scopeSpans = message({ scope: [1, scope], spans: [2, span, "repeated"] });
const resourceSpans = message({ resource: [1, resource], scopeSpans: [2, scopeSpans, "repeated"] });

const dataPoint = message({
  startTimeUnixNano: [2, "time"],
  timeUnixNano: [3, "time"],
  asDouble: [4, "double"],
  asInt: [6, "whole"],
  attributes: [7, "attributes"],
});
const sum = message({ dataPoints: [1, dataPoint, "repeated"], aggregationTemporality: [2, "varint"] });
const metric = message({ name: [1, "text"], unit: [3, "text"], sum: [7, sum] });
const scopeMetrics = message({ scope: [1, scope], metrics: [2, metric, "repeated"] });
const resourceMetrics = message({ resource: [1, resource], scopeMetrics: [2, scopeMetrics, "repeated"] });

/** What a request of each signal is. */
export const requests = {
  logs: message({ resourceLogs: [1, resourceLogs, "repeated"] }),
  traces: message({ resourceSpans: [1, resourceSpans, "repeated"] }),
  metrics: message({ resourceMetrics: [1, resourceMetrics, "repeated"] }),
} as const;
export type Signal = keyof typeof requests;
export const signals = ["traces", "logs", "metrics"] as const satisfies readonly Signal[];

/** What an attribute holds where it is one thing; null for lists, maps and bytes, which are never opened. */
export type Value = string | number | boolean | null;

export interface Attributes {
  readonly values: ReadonlyMap<string, Value>;
  /** How many there were, wanted or not. */
  readonly total: number;
}

interface Scoped {
  readonly scope?: { readonly name?: string; readonly version?: string };
}
interface OfResource {
  readonly resource?: { readonly attributes?: Attributes };
}

export interface LogRecord {
  readonly timeUnixNano?: number;
  readonly body?: Value;
  readonly attributes?: Attributes;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly observedTimeUnixNano?: number;
  readonly eventName?: string;
}

export interface Span {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly startTimeUnixNano?: number;
  readonly endTimeUnixNano?: number;
  readonly attributes?: Attributes;
}

export interface DataPoint {
  readonly startTimeUnixNano?: number;
  readonly timeUnixNano?: number;
  readonly asDouble?: number;
  readonly asInt?: number;
  readonly attributes?: Attributes;
}

export interface Metric {
  readonly name?: string;
  readonly unit?: string;
  readonly sum?: { readonly dataPoints?: readonly DataPoint[]; readonly aggregationTemporality?: number };
}

/** What the wire gives of each request: the shapes above, as types. */
export interface Request {
  readonly resourceLogs?: readonly (OfResource & {
    readonly scopeLogs?: readonly (Scoped & { readonly logRecords?: readonly LogRecord[] })[];
  })[];
  readonly resourceSpans?: readonly (OfResource & { readonly scopeSpans?: readonly (Scoped & { readonly spans?: readonly Span[] })[] })[];
  readonly resourceMetrics?: readonly (OfResource & {
    readonly scopeMetrics?: readonly (Scoped & { readonly metrics?: readonly Metric[] })[];
  })[];
}
