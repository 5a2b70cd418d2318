/** What all agents share that keep JSON which is read record by record: a reader takes records and gives facts. */
import type { TokenFact } from "../contract/facts.ts";
import type { Problem } from "../contract/problem.ts";
import type { Fingerprinter } from "../lines/fingerprint.ts";
import { CountedProblems } from "./counted-problems.ts";
import type { JsonObject } from "./loose-json.ts";
import type { Item } from "./source.ts";

/** An input of JSON: a file, or a transcript inside something else. */
export interface JsonInput {
  /** Id of the source that found it, for problems. */
  readonly source: string;
  /** Where it is, for problems. */
  readonly locator: string;
  /** Session of what names none. */
  readonly session: string;
  /** It will not grow: an unfinished end is damage, not something still being written. */
  readonly complete: boolean;
  readonly fingerprinter: Fingerprinter;
}

export interface FactSink {
  fact(fact: TokenFact): void;
  problem(code: string, severity: Problem["severity"], offset: number, message: string, hint?: string): void;
}

export interface RecordReader {
  /** Takes the record that begins at `offset` of the input. */
  take(record: JsonObject, offset: number): void;
  /** Tells what is still open, as it stands. */
  finish(): void;
}

/** How an agent's JSON is read. */
export interface JsonFormat {
  /** A line that holds nothing to be read, by a cheap look at its bytes: it is not parsed. */
  isIdle?(bytes: Buffer, start: number, end: number): boolean;
  /** Texts that tell of a torn piece that tokens or writes were in it. */
  readonly lostMarks: readonly string[];
  reader(input: JsonInput, sink: FactSink): RecordReader;
}

/**
 * Items of one reading. What a reader tells while it takes records before `from` was told by an earlier reading: it takes
 * them for what it must know, and is not heard.
 */
export class HeardItems implements FactSink {
  readonly #from: number;
  readonly #problems: CountedProblems;
  #items: Item[] = [];
  /** Where the record begins that is taken now. */
  at = 0;

  constructor({ source, locator }: JsonInput, from: number) {
    this.#from = from;
    this.#problems = new CountedProblems(source, locator);
  }

  fact(fact: TokenFact): void {
    if (this.at >= this.#from) this.#items.push({ kind: "fact", fact });
  }

  problem(code: string, severity: Problem["severity"], offset: number, message: string, hint?: string): void {
    if (this.at >= this.#from) this.#problems.add(code, severity, offset, message, hint);
  }

  get waiting(): number {
    return this.#items.length;
  }

  take(): Item[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  takeProblems(): Item[] {
    return this.#problems.take();
  }
}

/** A record, message or event of a type nobody knows. */
export function tellUnknown(sink: FactSink, offset: number, type: unknown): void {
  const name = (typeof type === "string" && type !== "" ? type : "none").slice(0, 40);
  const message = `record of unknown type "${name}"; nothing was read from it`;
  sink.problem("unknown_record_type", "notice", offset, message, "a newer version may read it");
}

/** @param hasTokens whether tokens are lost with it */
export function tellNoInstant(sink: FactSink, offset: number, hasTokens: boolean): void {
  sink.problem("no_instant", hasTokens ? "lost" : "notice", offset, "record without a readable timestamp; left out");
}
