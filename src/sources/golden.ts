/**
 * Golden tests of sources: what is told of a home of invented files, one line a fact, the parts that are as usual left out.
 * Used by tests only.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { TokenFact, WriteFact } from "../contract/facts.ts";
import type { Source } from "./source.ts";
import { envOfHome, joinFacts, readSource } from "./testkit.ts";

const { fingerprinter } = envOfHome(null);

/**
 * Facts and problems of a home, sorted; facts hold no text, a reader of a test wants some: lines are looked up in the texts
 * of the files.
 * @param moreTexts lines that stand in no file as such
 */
export async function toldOf(source: Source, home: string, moreTexts: readonly string[] = []): Promise<string[]> {
  const { facts, problems } = await readSource(source, envOfHome(home));
  const texts = textsOf(home, moreTexts);
  const told = [
    ...joinFacts(facts).map((fact) => printed(fact, texts)),
    ...problems.map(({ code, severity, count }) => `problem ${code} ${severity} ${count ?? 1}`),
  ];
  return told.sort();
}

/** What a home's `expected.json` says is to be told of it. */
export const expectedOf = (home: string): string[] => (JSON.parse(readFileSync(join(home, "expected.json"), "utf8")) as string[]).sort();

const time = (instant: number): string => new Date(instant).toISOString().slice(11, 19);

/** One line a fact, the parts that are as usual left out. */
function printed(fact: TokenFact, texts: ReadonlyMap<number, string>): string {
  switch (fact.kind) {
    case "session": {
      const parent = fact.parentSession === null ? "" : ` from ${fact.parentSession}`;
      return `session ${fact.session} ${time(fact.firstAt)}..${time(fact.lastAt)} ${fact.agentVersion} ${fact.cwd} ${fact.branch}${parent}`;
    }
    case "sighting": {
      const { counts } = fact;
      const parts = [
        `sighting ${fact.session} ${fact.messageId} ${fact.requestId ?? "-"} ${time(fact.instant)} ${fact.agentId ?? "main"} ${fact.model}`,
        `in ${counts.input} read ${counts.cacheRead} 5m ${counts.cacheWrite5m} 1h ${counts.cacheWrite1h} out ${counts.output}`,
        ...(counts.reasoning === null ? [] : [`reasoning ${counts.reasoning}`]),
        fact.outputQuality,
        fact.serviceTier,
        fact.speed,
        fact.geo,
        fact.provider === "anthropic" ? null : fact.provider,
        fact.grain === undefined ? null : `a ${fact.grain}`,
        fact.webSearches > 0 ? `${fact.webSearches} searches` : null,
        `${fact.visibleChars} chars`,
        fact.cwd === "/code/shop" ? null : `in ${fact.cwd}`,
        fact.branch === "main" || fact.branch === null ? null : `on ${fact.branch}`,
      ];
      return parts.filter((part) => part !== null).join(" ");
    }
    case "turn":
      return `turn ${fact.session} ${fact.key.replace(/^queue:(\d+)$/, (_, instant) => `queue:${time(Number(instant))}`)} ${time(fact.instant)} ${fact.trigger} ${fact.promptLength} chars${fact.cleared ? ", cleared" : ""}`;
    case "call":
      return `call ${fact.session} ${fact.callId} of ${fact.messageId} by ${fact.agentId ?? "main"}${fact.parentCallId === null ? "" : ` under ${fact.parentCallId}`}: ${fact.tool} ${fact.activity}, ${fact.inputBytes} bytes${fact.subjectFingerprint === null ? "" : `, of ${texts.get(fact.subjectFingerprint) ?? "?"}`}`;
    case "call_result": {
      const tests =
        fact.testsPassed === null && fact.testsFailed === null
          ? ""
          : ` tests ${fact.testsPassed ?? "?"} passed ${fact.testsFailed ?? "?"} failed`;
      const exit = fact.exitCode === null ? "" : ` exit ${fact.exitCode}`;
      return `result ${fact.session} ${fact.callId} ${fact.status}${exit}${tests}${fact.startedAgentId === null ? "" : ` started ${fact.startedAgentId}`}, ${fact.resultBytes ?? "?"} bytes`;
    }
    case "write":
      return `write ${fact.session} ${fact.callId} ${fact.path} ${fact.operation} ${fact.quality}${printedDiff(fact, texts)}`;
    case "commit_mention":
      return `commit ${fact.session} ${fact.callId} ${fact.hash}${fact.branch === null ? "" : ` on ${fact.branch}`}`;
    case "pull_request_mention":
      return `pull_request ${fact.session} ${fact.repository}#${fact.number} ${time(fact.instant)}`;
    case "checkpoint":
      return `checkpoint ${fact.checkpoint}`;
    case "session_label":
    case "metric_point":
      return fact.kind; // telemetry's alone
    default:
      return fact satisfies never;
  }
}

function printedDiff({ diff }: WriteFact, texts: ReadonlyMap<number, string>): string {
  let out = "";
  let line = 0;
  for (let hunk = 0; hunk < diff.hunks.length; hunk += 4) {
    const [oldStart = 0, oldLines = 0, newStart = 0, newLines = 0] = diff.hunks.subarray(hunk, hunk + 4);
    out += ` @@ -${oldStart},${oldLines} +${newStart},${newLines} @@`;
    for (let i = 0; i < oldLines + newLines; i++) out += ` ${i < oldLines ? "-" : "+"}${texts.get(diff.lines.folded[line++] as number)}`;
  }
  return out;
}

/** Lines of every text in the files by their fingerprint. */
function textsOf(home: string, moreTexts: readonly string[]): Map<number, string> {
  const texts = new Map<number, string>();
  for (const path of readdirSync(home, { recursive: true, encoding: "utf8" })) {
    if (/\.jsonl?$/.test(path) && path !== "expected.json") addTexts(readFileSync(join(home, path), "utf8"), texts);
  }
  for (const text of moreTexts) texts.set(fingerprinter.text(text), text);
  return texts;
}

/** Texts between quotation marks, and those inside them where they hold JSON. */
function addTexts(json: string, texts: Map<number, string>): void {
  for (const [quoted] of json.matchAll(/"(?:[^"\\\n]|\\.)*"/g)) {
    const text = unquoted(quoted);
    if (text.startsWith("{")) addTexts(text, texts);
    for (const line of text.split("\n")) {
      for (const part of [line, line.replace(/^[ +-]/, ""), line.replace(/^\s*\d+→/, "")])
        texts.set(fingerprinter.text(part), part.trim().replaceAll(/\s+/g, " "));
    }
  }
}

function unquoted(json: string): string {
  try {
    return String(JSON.parse(json));
  } catch {
    return ""; // between the quotes of a torn line
  }
}
