import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SightingFact, TokenFact, TurnFact, WriteFact } from "../../src/contract/facts.ts";
import type { Problem } from "../../src/contract/problem.ts";
import { Fingerprinter } from "../../src/lines/fingerprint.ts";
import { generateSample } from "../../src/sample/generate.ts";
import { readTruth, type SampleTruth } from "../../src/sample/truth.ts";
import { claudeCode } from "../../src/sources/claude-code/index.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-sample-read-"));
let sample: { readonly home: string; readonly truth: SampleTruth };
const facts: TokenFact[] = [];
const problems: Problem[] = [];

beforeAll(async () => {
  const { home, truthFile } = await generateSample({ directory: folder, seed: 3 });
  sample = { home, truth: await readTruth(truthFile ?? "") };
  const fingerprinter = new Fingerprinter("0123456789abcdef0123456789abcdef");
  const env = { home: sample.home, variables: {}, platform: process.platform, gitDirs: [], fingerprinter };
  for await (const found of claudeCode.discover(env)) {
    if ("problem" in found) problems.push(found.problem);
    else
      for await (const batch of found.read(null)) {
        for (const item of batch) {
          if (item.kind === "fact") facts.push(item.fact);
          if (item.kind === "problem") problems.push(item.problem);
        }
      }
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ofKind = <K extends TokenFact["kind"]>(kind: K) =>
  facts.filter((fact): fact is Extract<TokenFact, { kind: K }> => fact.kind === kind);

describe("the transcripts of the sample, as the Claude Code source reads them", () => {
  it("hold no problem", () => {
    expect(problems).toEqual([]);
  });

  it("hold every response with the counts the generator gave it", () => {
    const read = new Map<string, SightingFact>();
    for (const sighting of ofKind("sighting")) {
      const before = read.get(sighting.messageId ?? "");
      if (before === undefined || before.counts.output < sighting.counts.output) read.set(sighting.messageId ?? "", sighting);
    }
    expect(read.size).toBe(sample.truth.totals.usages);
    for (const response of sample.truth.responses) {
      const sighting = read.get(response.messageId);
      expect(sighting?.counts).toMatchObject(response.counts);
      expect([sighting?.model, sighting?.agentId, sighting?.instant]).toEqual([response.model, response.agentId, response.instant]);
    }
  });

  it("call an output count final only where it is the true one", () => {
    const actual = new Map(sample.truth.responses.map((response) => [response.messageId, response.outputActual]));
    for (const { messageId, outputQuality, counts } of ofKind("sighting")) {
      if (outputQuality === "final") expect(counts.output).toBe(actual.get(messageId ?? ""));
    }
  });

  it("hold every logged write with as many changed lines as were changed", () => {
    const told = new Map<string, number>();
    for (const { witness, callId, path } of sample.truth.lines) {
      if (witness === "logged") told.set(`${callId} ${path}`, (told.get(`${callId} ${path}`) ?? 0) + 1);
    }
    const read = new Map<string, WriteFact>();
    for (const write of ofKind("write")) {
      if (write.quality !== "opaque")
        read.set(`${write.callId} ${write.path.replaceAll("\\", "/").replace(/^.*\/repos\/[^/]+\//, "")}`, write);
    }
    expect([...read.keys()].sort()).toEqual([...told.keys()].sort());
    for (const [key, lines] of told) expect(read.get(key)?.diff.lines.kind.length).toBe(lines);
  });

  it("begin a turn at every prompt, and forget what came before a cleared context", () => {
    const turns = new Map<string, TurnFact>(ofKind("turn").map((turn) => [`${turn.session} ${turn.key}`, turn]));
    const read = new Map<string, number>();
    for (const { session } of turns.values()) read.set(session, (read.get(session) ?? 0) + 1);
    const told = new Map<string, number>();
    for (const { session, turn } of sample.truth.responses) told.set(session, Math.max(told.get(session) ?? 0, turn));
    expect(read).toEqual(told);
    expect([...turns.values()].some((turn) => turn.cleared)).toBe(true);
    expect([...turns.values()].some((turn) => turn.trigger === "queued")).toBe(true);
  });
});
