/** Conversations of Cursor's editor: keys `composerData:<conversation>` and `bubbleId:<conversation>:<bubble>` of one table. */
import type { TokenFact } from "../../contract/facts.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { CountedProblems } from "../counted-problems.ts";
import {
  type JsonObject,
  contentOf,
  countOf,
  instantOf,
  isObject,
  jsonBytes,
  jsonChars,
  listOf,
  objectOf,
  parsedText,
  stringOf,
} from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import { changedSessions } from "../session-marks.ts";
import { resolvePath } from "../shell-command.ts";
import type { Checkpoint, Item } from "../source.ts";
import { DatabaseError, type SqliteReader } from "../sqlite.ts";
import { activityOfTool, commandOf, editsOf, pathOf } from "./tools.ts";

export const agentName = "cursor";

/**
 * Facts of every conversation that is not as it was at `from`.
 * @returns what each conversation looks like now, for the next reading
 */
export function* readConversations(
  database: SqliteReader,
  from: Checkpoint | null,
  path: string,
  fingerprinter: Fingerprinter,
): Generator<readonly Item[], string> {
  if (!database.columns("cursorDiskKV").has("value")) {
    if (database.columns("ItemTable").has("value")) return ""; // an editor in which nobody ever asked
    throw new DatabaseError("unknown_schema", null);
  }
  const { changed, tail } = changedSessions(marksOf(database), from?.tail ?? "");
  const problems = new CountedProblems(agentName, path);
  for (const id of changed) {
    const facts = new ConversationTeller(database, id, problems, fingerprinter).tell();
    yield [...facts.map((fact): Item => ({ kind: "fact", fact })), ...problems.take()];
  }
  yield problems.take();
  return tail;
}

/** A value that is written again gets another row number. */
function marksOf(database: SqliteReader): Map<string, string> {
  const conversation = "substr(key, 10, instr(substr(key, 10), ':') - 1)";
  const columns = [`${conversation} AS id`, "count(*) AS n", "total(rowid) AS numbers", "total(octet_length(value)) AS size"];
  const rows = database.rows(columns, `FROM cursorDiskKV WHERE key >= 'bubbleId:' AND key < 'bubbleId;' GROUP BY ${conversation}`);
  return new Map([...rows].map((row) => [String(row["id"]), `${row["n"]}:${row["numbers"]}:${row["size"]}`]));
}

interface Bubble {
  readonly id: string;
  readonly data: JsonObject;
  readonly instant: number;
}

/** Whether the editor keeps a conversation of this id. */
export const hasConversation = (database: SqliteReader, id: string): boolean =>
  [...database.rows(["1 AS one"], "FROM cursorDiskKV WHERE key = ?", `composerData:${id}`)].length > 0;

class ConversationTeller {
  readonly #database: SqliteReader;
  readonly #id: string;
  readonly #problems: CountedProblems;
  readonly #told: TokenFact[] = [];
  readonly #facts: SessionFacts;
  #composer: JsonObject = {};

  constructor(database: SqliteReader, id: string, problems: CountedProblems, fingerprinter: Fingerprinter) {
    this.#database = database;
    this.#id = id;
    this.#problems = problems;
    this.#facts = new SessionFacts(agentName, id, fingerprinter, {
      fact: (fact) => this.#told.push(fact),
      problem: (code, severity, offset, message, hint) => problems.add(code, severity, offset, message, hint),
    });
  }

  tell(): TokenFact[] {
    this.#composer = this.#json(`composerData:${this.#id}`) ?? {};
    const bubbles = this.#bubbles();
    this.#facts.learn({ cwd: folderOf(bubbles), branch: stringOf(this.#composer["createdOnBranch"]) });
    for (const turn of turnsOf(bubbles)) this.#turn(turn);
    this.#facts.tell();
    return this.#told;
  }

  /** In the order the conversation shows them. A bubble without a time of its own has that of the one before. */
  #bubbles(): Bubble[] {
    const read = new Map<string, JsonObject>();
    const prefix = `bubbleId:${this.#id}:`;
    const range = "FROM cursorDiskKV WHERE key >= ? AND key < ? ORDER BY rowid";
    for (const row of this.#database.rows(["key"], range, prefix, `bubbleId:${this.#id};`)) {
      const key = String(row["key"]);
      const data = this.#json(key);
      if (data !== null) read.set(key.slice(prefix.length), data);
    }
    const headers = listOf(this.#composer["fullConversationHeadersOnly"]).filter(isObject);
    const shown = headers.flatMap((header) => stringOf(header["bubbleId"]) ?? []).filter((id) => read.has(id));
    const order = [...new Set([...shown, ...read.keys()])];
    let instant = instantOf(this.#composer["createdAt"]);
    const bubbles: Bubble[] = [];
    for (const id of order) {
      const data = read.get(id) as JsonObject;
      instant = timeOf(data) ?? instant;
      if (data["type"] !== 1 && data["type"] !== 2) {
        this.#problems.add(
          "unknown_record_type",
          "notice",
          `bubbleId:${this.#id}:${id}`,
          "bubble of an unknown type; nothing was read from it",
          "a newer version may read it",
        );
      } else if (instant === null)
        this.#problems.add(
          "no_instant",
          hasTokens(data) ? "lost" : "notice",
          `bubbleId:${this.#id}:${id}`,
          "bubble without a readable time; left out",
        );
      else bubbles.push({ id, data, instant });
    }
    return bubbles;
  }

  /** A prompt and what followed it. */
  #turn(bubbles: readonly Bubble[]): void {
    const [first] = bubbles;
    if (first === undefined) return;
    for (const { instant } of bubbles) this.#facts.seen(instant);
    if (first.data["type"] === 1) this.#facts.turn(first.id, first.instant, contentOf(first.data["text"]) ?? "");
    const answers = bubbles.filter(({ data }) => data["type"] === 2);
    const counted = answers.filter(({ data }) => hasTokens(data));
    // Present versions log no counts, and not which bubbles are one response: all of a turn is one response nobody observed.
    if (counted.length > 0) for (const bubble of counted) this.#response(bubble, bubble.id, charsOf(bubble.data));
    else if (answers[0] !== undefined) {
      const visibleChars = answers.reduce((sum, { data }) => sum + charsOf(data), 0);
      this.#response(answers[0], stringOf(first.data["requestId"]) ?? first.id, visibleChars);
    }
    for (const bubble of answers) this.#call(bubble);
  }

  #response({ data, instant }: Bubble, messageId: string, visibleChars: number): void {
    const tokens = objectOf(data["tokenCount"]);
    const model = stringOf(objectOf(data["modelInfo"])["modelName"]) ?? stringOf(objectOf(this.#composer["modelConfig"])["modelName"]);
    const { cwd, branch } = this.#facts.details;
    this.#told.push({
      kind: "sighting",
      agent: agentName,
      session: this.#id,
      provider: agentName,
      messageId,
      requestId: null,
      instant,
      agentId: null,
      model: model ?? "unknown",
      agentVersion: null,
      serviceTier: null,
      speed: null,
      geo: null,
      cwd,
      branch,
      counts: {
        input: countOf(tokens["inputTokens"]),
        cacheRead: 0,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        output: countOf(tokens["outputTokens"]),
        reasoning: null,
      },
      outputQuality: hasTokens(data) ? "final" : "not_observed",
      webSearches: 0,
      visibleChars,
      reportedCostNanoUsd: null,
    });
  }

  #call({ id, data, instant }: Bubble): void {
    const call = objectOf(data["toolFormerData"]);
    const tool = stringOf(call["name"]);
    if (tool === null) return;
    const callId = stringOf(call["toolCallId"]) ?? id;
    const input = { ...objectIn(call["params"]), ...objectIn(call["rawArgs"]) };
    const result = objectIn(call["result"]);
    const activity = activityOfTool(tool);
    const { cwd } = this.#facts.details;
    const edits = activity === "edit" ? editsOf(tool, input, result, cwd, (content) => this.#text(content)) : [];
    if (edits === null)
      this.#problems.add(
        "write_without_difference",
        "notice",
        `bubbleId:${this.#id}:${id}`,
        `call of "${tool.slice(0, 40)}" that names no file; counted as a call only`,
      );
    this.#facts.call({
      callId,
      messageId: null,
      agentId: null,
      instant,
      tool,
      activity,
      inputBytes: jsonBytes(input),
      command: commandOf(tool, input),
      cwd,
      reads: activity === "read" && pathOf(input) !== null ? resolvePath(cwd, pathOf(input) as string) : null,
      edits: edits ?? [],
    });
    const status = stringOf(call["status"]);
    if (status !== "completed" && status !== "error" && status !== "cancelled") return; // it runs, or the log ends
    const exitCode = result["exitCode"] ?? result["exitCodeV2"];
    this.#facts.result({
      callId,
      instant,
      failed: status !== "completed" || result["rejected"] === true || (typeof exitCode === "number" && exitCode !== 0),
      exitCode: typeof exitCode === "number" ? exitCode : null,
      output: contentOf(result["output"]),
      resultBytes: call["result"] === undefined ? null : jsonBytes(call["result"]),
    });
  }

  #text(contentId: string): string | null {
    return this.#value(contentId) ?? this.#value(`composer.content.${contentId}`);
  }

  #json(key: string): JsonObject | null {
    const text = this.#value(key);
    if (text === null) return null;
    const value = parsedText(text);
    if (isObject(value)) return value;
    this.#problems.add(
      "torn_record",
      /"(?:tokenCount|toolFormerData)"/.test(text) ? "lost" : "notice",
      key,
      "value whose JSON is damaged; left out",
      "a backup may have it whole",
    );
    return null;
  }

  #value(key: string): string | null {
    const value = [...this.#database.rows(["value"], "FROM cursorDiskKV WHERE key = ?", key)][0]?.["value"];
    return contentOf(value);
  }
}

function turnsOf(bubbles: readonly Bubble[]): Bubble[][] {
  const turns: Bubble[][] = [];
  for (const bubble of bubbles) {
    if (bubble.data["type"] === 1 || turns.length === 0) turns.push([]);
    turns.at(-1)?.push(bubble);
  }
  return turns;
}

function timeOf(data: JsonObject): number | null {
  const timing = objectOf(data["timingInfo"]);
  return instantOf(data["createdAt"]) ?? instantOf(timing["clientRpcSendTime"]) ?? instantOf(timing["clientEndTime"]);
}

/** {0, 0} is what versions write that do not count. */
function hasTokens(data: JsonObject): boolean {
  const { inputTokens, outputTokens } = objectOf(data["tokenCount"]);
  return countOf(inputTokens) + countOf(outputTokens) > 0;
}

function charsOf(data: JsonObject): number {
  const thinking = data["thinking"];
  const call = objectOf(data["toolFormerData"]);
  const thought = contentOf(thinking) ?? contentOf(objectOf(thinking)["text"]) ?? "";
  return (
    (contentOf(data["text"]) ?? "").length + thought.length + (call["rawArgs"] === undefined ? 0 : jsonChars(objectIn(call["rawArgs"])))
  );
}

/** JSON in a string, or the object itself. */
const objectIn = (value: unknown): JsonObject => objectOf(isObject(value) ? value : parsedText(value));

/** The folder a window had open, by the first bubble that tells it. */
function folderOf(bubbles: readonly Bubble[]): string | null {
  for (const { data } of bubbles) {
    const uri = stringOf(listOf(data["workspaceUris"])[0]);
    if (uri?.startsWith("file://")) return decoded(uri.slice("file://".length)).replace(/^\/(?=[A-Za-z]:)/, "");
  }
  return null;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a per cent sign that stands for itself
  }
}
