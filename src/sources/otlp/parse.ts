/** Reads a segment of an inbox: lines in, batches of facts out. */
import { closeSync, openSync, readSync } from "node:fs";
import { type SessionFact, type TokenFact, telemetrySource } from "../../contract/facts.ts";
import type { Problem } from "../../contract/problem.ts";
import type { Item } from "../source.ts";
import { type Doubt, type FactSink, tellFacts } from "./facts.ts";
import { type KeptRecord, lineVersion } from "./records.ts";
import { Said } from "./says.ts";

export const sourceId = telemetrySource;

const pieceBytes = 1 << 20;

/** A batch of items, and the offset past the last line it rests on. */
interface Batch {
  readonly items: readonly Item[];
  readonly offset: number;
}

/** Facts of the lines from an offset up to `size`, and at the end its problems. */
export function* parseSegment(path: string, from: number, size: number): Generator<Batch> {
  const reading = new SegmentReading(path);
  const descriptor = openSync(path, "r");
  let offset = from;
  try {
    let carried: Buffer = Buffer.alloc(0);
    for (let at = from; at < size; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, size - at));
      const bytesRead = readSync(descriptor, piece, 0, piece.length, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const bytes = Buffer.concat([carried, piece.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(10) + 1;
      carried = bytes.subarray(end);
      if (end === 0) continue;
      for (let start = 0; start < end; ) {
        const stop = bytes.indexOf(10, start);
        reading.line(bytes.toString("utf8", start, stop), offset + start);
        start = stop + 1;
      }
      offset += end;
      yield { items: reading.batch(), offset };
    }
    if (carried.length > 0) reading.unfinished(offset);
  } finally {
    closeSync(descriptor);
  }
  yield { items: reading.problems(), offset };
}

interface Tally {
  readonly problem: Omit<Problem, "count">;
  count: number;
}

class SegmentReading implements FactSink {
  readonly #path: string;
  readonly #tallies = new Map<string, Tally>();
  #items: Item[] = [];
  #sessions = new Map<string, SessionFact>();
  #labels = new Map<string, TokenFact>();
  #at = 0;

  constructor(path: string) {
    this.#path = path;
  }

  line(text: string, at: number): void {
    this.#at = at;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      // What it was cannot be told: it is counted.
      return this.#tally("torn_line", "lost", "a line of the inbox is no record; left out", "the file was damaged on the disk");
    }
    const line = fieldsOf(parsed);
    const kind = line.get("kind");
    const isKnown = line.get("v") === lineVersion;
    if (isKnown && (kind === "logs" || kind === "traces" || kind === "metrics")) this.#records(line);
    else if (isKnown && (kind === "refused" || kind === "unused")) this.#told(kind, line);
    else this.#tally("unknown_line", "notice", "a line of the inbox is of a kind that is not known", "a newer version may read it");
  }

  #records(line: ReadonlyMap<string, unknown>): void {
    const from = fieldsOf(line.get("from"));
    const records = line.get("records");
    for (const record of Array.isArray(records) ? (records as unknown[]) : [null]) {
      if (isRecord(record)) tellFacts(new Said(record, from), this);
      else this.#tally("torn_line", "lost", "a line of the inbox is no record; left out", "the file was damaged on the disk");
    }
  }

  #told(kind: "refused" | "unused", line: ReadonlyMap<string, unknown>): void {
    const what = String(line.get("what")).slice(0, 200);
    const count = Number(line.get("count"));
    if (!Number.isSafeInteger(count) || count < 1)
      return this.#tally("torn_line", "lost", "a tally of the inbox is none", "the file was damaged");
    if (kind === "refused")
      this.#tally("telemetry_refused", "lost", `records were refused: ${what}`, "the sender was told so; see docs/guide/otlp.md", count);
    else this.#tally("telemetry_not_used", "notice", `records called '${what}' are not used`, "a newer version may read them", count);
  }

  fact(fact: TokenFact): void {
    if (fact.kind === "session") this.#session(fact);
    else if (fact.kind === "session_label") {
      const key = `${fact.agent} ${fact.session} ${fact.label} ${fact.value}`;
      const known = this.#labels.get(key) as typeof fact | undefined; // only labels are in it
      this.#labels.set(key, known === undefined || fact.instant < known.instant ? fact : known);
    } else this.#items.push({ kind: "fact", fact });
  }

  /** Every record tells of its session: it is told once a batch. */
  #session(fact: SessionFact): void {
    const key = `${fact.agent} ${fact.session} ${fact.agentVersion} ${fact.branch} ${fact.entrypoint}`;
    const known = this.#sessions.get(key);
    this.#sessions.set(
      key,
      known === undefined
        ? fact
        : { ...known, firstAt: Math.min(known.firstAt, fact.firstAt), lastAt: Math.max(known.lastAt, fact.lastAt) },
    );
  }

  doubt({ code, what }: Doubt): void {
    const [message, hint] = doubts[code](what);
    this.#tally(code, "notice", message, hint);
  }

  unfinished(at: number): void {
    this.#at = at;
    // A server answers for a line only when it is whole on the disk: who sent this one was told nothing and sends it again.
    this.#tally("unfinished_line", "notice", "the last line is not finished; nobody was told that it was taken", "nothing is to be done");
  }

  #tally(code: string, severity: Problem["severity"], message: string, hint: string, count = 1): void {
    const key = `${code} ${message}`;
    const known = this.#tallies.get(key);
    if (known) known.count += count;
    else
      this.#tallies.set(key, { problem: { code, severity, source: sourceId, locator: `${this.#path}@${this.#at}`, message, hint }, count });
  }

  batch(): Item[] {
    const told = [...this.#sessions.values(), ...this.#labels.values()].map((fact): Item => ({ kind: "fact", fact }));
    const items = [...this.#items, ...told];
    this.#items = [];
    this.#sessions = new Map();
    this.#labels = new Map();
    return items;
  }

  problems(): Item[] {
    return [...this.#tallies.values()].map(({ problem, count }): Item => ({ kind: "problem", problem: { ...problem, count } }));
  }
}

const doubts: Readonly<Record<Doubt["code"], (what: string) => readonly [message: string, hint: string]>> = {
  telemetry_version_inflates: (version) => [
    `Claude Code ${version} tells of a streamed response once for each part that has its usage: its counts stand only where no log tells of it`,
    "update Claude Code to 2.1.214 or newer, or import its transcripts as well",
  ],
  telemetry_cache_outside_input: (service) => [
    `${service} told more cached tokens than tokens of input: its input was taken to be without them`,
    "the conventions count cached tokens as input; tell the exporter's authors",
  ],
  telemetry_no_session: (name) => [
    `records called '${name}' name no session and no trace: they were left out`,
    "let the exporter send session.id",
  ],
};

const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  typeof value === "object" && value !== null ? new Map(Object.entries(value)) : new Map();

function isRecord(value: unknown): value is KeptRecord {
  if (!Array.isArray(value)) return false;
  const [name, at, says, key] = value as unknown[];
  return typeof name === "string" && Number.isSafeInteger(at) && typeof says === "object" && says !== null && typeof key === "string";
}
