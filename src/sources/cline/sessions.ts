/** Sessions of newer Cline (command line, editors, 2026 on): `sessions/<session>/<session>.messages.json`, with counts on each answer. */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { TokenCounts, TokenFact } from "../../contract/facts.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { CountedProblems } from "../counted-problems.ts";
import { type InputFile, isMissing, isSystemError, unreadable } from "../find-files.ts";
import {
  type JsonObject,
  contentOf,
  countOf,
  instantOf,
  isObject,
  jsonChars,
  listOf,
  nanoUsdOf,
  objectOf,
  parsedText,
  stringOf,
} from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import type { Found, Item } from "../source.ts";
import { blocksOf } from "./calls.ts";
import { tellCalls } from "./tell-calls.ts";

/** A file of messages as an input. */
export function foundSession(file: InputFile, source: string, fingerprinter: Fingerprinter): Found {
  return { key: file.path, state: file.state, read: () => readSession(file, source, fingerprinter) };
}

async function* readSession({ path, state }: InputFile, source: string, fingerprinter: Fingerprinter): AsyncGenerator<readonly Item[]> {
  const problems = new CountedProblems(source, path);
  try {
    const text = readFileSync(path, "utf8");
    const document = objectOf(parsedText(text));
    const id = stringOf(document["sessionId"]) ?? basename(path, ".messages.json");
    if (!Array.isArray(document["messages"])) {
      problems.add(
        "torn_record",
        text.includes('"metrics"') ? "lost" : "notice",
        0,
        "file of messages that is no JSON; left out",
        "a backup may have it whole",
      );
    }
    const facts = sessionFacts(id, document, manifestOf(path, id), problems, fingerprinter);
    yield [...facts.map((fact): Item => ({ kind: "fact", fact })), ...problems.take()];
    yield [{ kind: "checkpoint", checkpoint: { state, offset: state.size, tail: "" } }];
  } catch (error) {
    if (!isSystemError(error)) throw error;
    yield [{ kind: "problem", problem: unreadable(source, path, error) }];
  }
}

/** What stands beside the messages about their session; empty where it is not there. */
function manifestOf(path: string, id: string): JsonObject {
  try {
    return objectOf(parsedText(readFileSync(join(dirname(path), `${rootOf(id)}.json`), "utf8")));
  } catch (error) {
    if (isMissing(error)) return {};
    throw error;
  }
}

/** Sub-agents have sessions named after the one they work for: `root__agent`. */
const rootOf = (id: string): string => id.split("__")[0] as string;

/** Facts of one document of messages. */
function sessionFacts(
  id: string,
  document: JsonObject,
  manifest: JsonObject,
  problems: CountedProblems,
  fingerprinter: Fingerprinter,
): TokenFact[] {
  const teller = new SessionTeller(id, stringOf(manifest["cwd"]), problems, fingerprinter);
  const messages = listOf(document["messages"]).filter(isObject);
  for (const [i, message] of messages.entries()) teller.message(message, messages[i + 1]);
  return teller.finish();
}

class SessionTeller {
  readonly #id: string;
  readonly #session: string;
  readonly #agentId: string | null;
  readonly #cwd: string | null;
  readonly #problems: CountedProblems;
  readonly #told: TokenFact[] = [];
  readonly #facts: SessionFacts;

  constructor(id: string, cwd: string | null, problems: CountedProblems, fingerprinter: Fingerprinter) {
    this.#id = id;
    this.#session = rootOf(id);
    this.#agentId = this.#session === id ? null : id.slice(this.#session.length + 2);
    this.#cwd = cwd;
    this.#problems = problems;
    this.#facts = new SessionFacts("cline", this.#session, fingerprinter, {
      fact: (fact) => this.#told.push(fact),
      problem: (code, severity, offset, message, hint) => problems.add(code, severity, offset, message, hint),
    });
    this.#facts.learn({ cwd });
  }

  finish(): TokenFact[] {
    this.#facts.tell();
    return this.#told;
  }

  message(message: JsonObject, next: JsonObject | undefined): void {
    const instant = instantOf(message["ts"]);
    if (instant === null) {
      this.#problems.add(
        "no_instant",
        isObject(message["metrics"]) ? "lost" : "notice",
        stringOf(message["id"]) ?? 0,
        "message without a readable time; left out",
      );
      return;
    }
    this.#facts.seen(instant);
    const messageId = stringOf(message["id"]) ?? `${this.#id}:${instant}`;
    const blocks = blocksOf(message["content"]);
    if (message["role"] === "user") this.#prompt(messageId, instant, blocks);
    else this.#answer(messageId, instant, message, blocks, next);
  }

  #prompt(messageId: string, instant: number, blocks: readonly JsonObject[]): void {
    if (this.#agentId !== null || blocks.some(({ type }) => type === "tool_result")) return;
    this.#facts.turn(messageId, instant, blocks.map(({ text }) => contentOf(text) ?? "").join("\n"));
  }

  #answer(messageId: string, instant: number, message: JsonObject, blocks: readonly JsonObject[], next: JsonObject | undefined): void {
    const counts = countsOf(objectOf(message["metrics"]));
    const isSeen = counts.input + counts.cacheRead + counts.cacheWrite5m + counts.output > 0;
    const visibleChars = blocks.reduce((sum, block) => sum + charsOf(block), 0);
    const model = objectOf(message["modelInfo"]);
    if (isSeen || visibleChars > 0) {
      this.#told.push({
        kind: "sighting",
        agent: "cline",
        session: this.#session,
        provider: stringOf(model["provider"]),
        messageId,
        requestId: null,
        instant,
        agentId: this.#agentId,
        model: stringOf(model["id"]) ?? "unknown",
        agentVersion: null,
        serviceTier: null,
        speed: null,
        geo: null,
        cwd: this.#cwd,
        branch: null,
        counts,
        outputQuality: isSeen ? "final" : "not_observed",
        webSearches: 0,
        visibleChars,
        reportedCostNanoUsd: nanoUsdOf(objectOf(message["metrics"])["cost"]),
      });
    }
    const place = { instant, messageId, agentId: this.#agentId, cwd: this.#cwd, name: messageId, isNew: () => false };
    tellCalls(this.#facts, this.#problems, message, next, place);
  }
}

/** `inputTokens` is the whole prompt, cached tokens included; providers of the older kind log the rest alone. */
function countsOf(metrics: JsonObject): TokenCounts {
  const cacheRead = countOf(metrics["cacheReadTokens"]);
  const cacheWrite5m = countOf(metrics["cacheWriteTokens"]);
  const prompt = countOf(metrics["inputTokens"]);
  const input = prompt >= cacheRead + cacheWrite5m ? prompt - cacheRead - cacheWrite5m : prompt;
  return { input, cacheRead, cacheWrite5m, cacheWrite1h: 0, output: countOf(metrics["outputTokens"]), reasoning: null };
}

function charsOf(block: JsonObject): number {
  if (block["type"] === "tool_use") return jsonChars(block["input"]);
  return (contentOf(block["text"]) ?? contentOf(block["thinking"]) ?? "").length;
}
