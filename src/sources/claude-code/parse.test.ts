import { describe, expect, test } from "vitest";
import type { TokenFact } from "../../contract/facts.ts";
import { Fingerprinter } from "../../lines/fingerprint.ts";
import { joinFacts } from "../testkit.ts";
import { type TranscriptContext, parseTranscript } from "./parse.ts";

const context: TranscriptContext = {
  source: "claude-code",
  locator: "s1.jsonl",
  session: "s1",
  agentId: null,
  complete: false,
  fingerprinter: new Fingerprinter("00112233445566778899aabbccddeeff"),
};
const at = (second: number): string => new Date(Date.UTC(2026, 0, 2) + second * 1000).toISOString();
const record = (more: object): string =>
  `${JSON.stringify({ parentUuid: null, isSidechain: false, cwd: "/code", sessionId: "s1", version: "2.1.40", gitBranch: "main", ...more })}\n`;
const response = (second: number, id: string, output: number, more: object = {}): string =>
  record({
    message: { model: "m", id, role: "assistant", content: [], usage: { input_tokens: 1, output_tokens: output }, ...more },
    type: "assistant",
    uuid: `a${second}`,
    timestamp: at(second),
  });
const call = (id: string, name: string, input: object): object => ({ content: [{ type: "tool_use", id, name, input }] });
const result = (second: number, id: string, more: object = {}): string =>
  record({
    type: "user",
    message: { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "ok" }] },
    uuid: `r${second}`,
    timestamp: at(second),
    ...more,
  });
const filler = (megabytes: number): string => record({ type: "system", subtype: "x", content: "x".repeat(1 << 20) }).repeat(megabytes);

interface Told {
  readonly facts: TokenFact[];
  readonly problems: string[];
  readonly resumeAt: number;
  readonly batches: { readonly facts: TokenFact[]; readonly resumeAt: number }[];
}

async function tell(bytes: Buffer, from = 0, chunkBytes = 1 << 20): Promise<Told> {
  const chunk = Buffer.alloc(chunkBytes); // one buffer for all chunks, as files are read
  function* open(start: number): Generator<Buffer> {
    for (let i = start; i < bytes.length; i += chunkBytes) yield chunk.subarray(0, bytes.copy(chunk, 0, i, i + chunkBytes));
  }
  const told: Told = { facts: [], problems: [], resumeAt: 0, batches: [] };
  let resumeAt = from;
  for await (const batch of parseTranscript(open, from, context)) {
    const facts = batch.items.flatMap((item) => (item.kind === "fact" ? [item.fact] : []));
    told.facts.push(...facts);
    told.problems.push(...batch.items.flatMap((item) => (item.kind === "problem" ? [item.problem.code] : [])));
    told.batches.push({ facts, resumeAt: batch.resumeAt });
    ({ resumeAt } = batch);
  }
  return { ...told, resumeAt };
}

const outputs = (facts: readonly TokenFact[]): string[] =>
  joinFacts(facts).flatMap((fact) => (fact.kind === "sighting" ? [`${fact.messageId} ${fact.counts.output} ${fact.outputQuality}`] : []));

test("chunks may end anywhere", async () => {
  const bytes = Buffer.from(response(1, "msg_1", 5) + response(2, "msg_1", 70) + response(3, "msg_ü", 5) + result(4, "toolu_1"));
  const whole = joinFacts((await tell(bytes)).facts);
  for (const size of [1, 7, 64, 333]) expect(joinFacts((await tell(bytes, 0, size)).facts)).toEqual(whole);
});

test("a line may be longer than any chunk", async () => {
  const bytes = Buffer.from(
    record({ type: "user", message: { role: "user", content: "y".repeat(5 << 20) }, uuid: "u1", timestamp: at(1) }) +
      response(2, "msg_1", 5),
  );
  const { facts, problems } = await tell(bytes);
  expect(facts.flatMap((fact) => (fact.kind === "turn" ? [fact.promptLength] : []))).toEqual([5 << 20]);
  expect(outputs(facts)).toEqual(["msg_1 5 partial"]);
  expect(problems).toEqual([]);
});

describe("reading again begins", () => {
  test("at the first record of the response that is still open", async () => {
    const first = response(1, "msg_1", 5);
    const { resumeAt } = await tell(Buffer.from(first + response(2, "msg_2", 5) + response(3, "msg_2", 6)));
    expect(resumeAt).toBe(first.length);
  });
  test("so that an output that grows across the border is final", async () => {
    const early = Buffer.from(response(1, "msg_1", 5));
    const all = Buffer.concat([early, Buffer.from(response(2, "msg_1", 70))]);
    const one = await tell(early);
    const two = await tell(all, one.resumeAt);
    expect(outputs([...one.facts, ...two.facts])).toEqual(["msg_1 70 final"]);
  });
  test("at a commit whose result has not come", async () => {
    const start = response(1, "msg_1", 5);
    const asked = response(2, "msg_2", 5, call("toolu_1", "Bash", { command: "git commit -m x" }));
    const later = response(3, "msg_3", 5) + response(4, "msg_4", 5);
    expect((await tell(Buffer.from(start + asked + later))).resumeAt).toBe(start.length);
    const printed = result(5, "toolu_1", { toolUseResult: { stdout: "[main 1a2b3c4] x\n", stderr: "" } });
    const { facts, resumeAt } = await tell(Buffer.from(start + asked + later + printed));
    expect(facts.flatMap((fact) => (fact.kind === "commit_mention" ? [fact.hash] : []))).toEqual(["1a2b3c4"]);
    expect(resumeAt).toBe((start + asked + response(3, "msg_3", 5)).length);
  });
  test("before the last line while it has no line feed, though a whole record is told", async () => {
    const first = response(1, "msg_1", 5);
    const { facts, resumeAt, problems } = await tell(Buffer.from(first + response(2, "msg_2", 5).trimEnd()));
    expect(outputs(facts)).toEqual(["msg_1 5 partial", "msg_2 5 partial"]);
    expect(resumeAt).toBe(first.length);
    expect(problems).toEqual([]);
  });
  test("never far back: what waits is given up after 16 MiB, read whole or in parts", async () => {
    const asked = response(2, "msg_2", 5, call("toolu_1", "Bash", { command: "git commit -m x" }));
    const printed = result(5, "toolu_1", { toolUseResult: { stdout: "[main 1a2b3c4] x\n", stderr: "" } });
    const bytes = Buffer.from(asked + filler(18) + printed);
    const whole = await tell(bytes);
    expect(whole.facts.filter((fact) => fact.kind === "commit_mention")).toEqual([]);
    for (const { resumeAt } of whole.batches) {
      const rest = await tell(bytes, resumeAt);
      expect(joinFacts([...whole.facts, ...rest.facts])).toEqual(joinFacts(whole.facts));
    }
  });
});

test("an edit without a patch is replayed on what the file was, also when only its end is read", async () => {
  const read = {
    type: "text",
    file: { filePath: "/code/a.ts", content: "let a = 1; // one\nlet b = 2;", numLines: 2, startLine: 1, totalLines: 2 },
  };
  const known =
    response(1, "msg_1", 5, call("toolu_r", "Read", { file_path: "/code/a.ts" })) +
    result(2, "toolu_r", { toolUseResult: read }) +
    response(3, "msg_2", 5);
  const edit =
    response(4, "msg_3", 5, call("toolu_e", "Edit", { file_path: "/code/a.ts", old_string: "1;", new_string: "3;" })) +
    result(5, "toolu_e");
  const bytes = Buffer.from(known + edit);
  const write = (facts: readonly TokenFact[]): string[] =>
    facts.flatMap((fact) => (fact.kind === "write" ? [`${fact.quality} ${fact.diff.hunks.join(",")}`] : []));
  expect(write((await tell(bytes)).facts)).toEqual(["replayed 1,1,1,1"]);
  expect(write((await tell(bytes, known.length)).facts)).toEqual(["replayed 1,1,1,1"]);
});

test("inner inferences that the response's counts leave out are sightings of their own", async () => {
  const usage = {
    input_tokens: 1,
    output_tokens: 9,
    iterations: [
      { type: "message", input_tokens: 1, output_tokens: 9 },
      {
        type: "advisor_message",
        model: "bigger",
        input_tokens: 100,
        cache_read_input_tokens: 7,
        cache_creation_input_tokens: 5,
        output_tokens: 30,
      },
      { type: "compaction", input_tokens: 180000, output_tokens: 3500 },
    ],
  };
  const { facts } = await tell(Buffer.from(response(1, "msg_1", 9, { usage })));
  expect(
    joinFacts(facts).flatMap((fact) =>
      fact.kind === "sighting"
        ? [
            `${fact.messageId} ${fact.model} ${fact.counts.input} ${fact.counts.cacheRead} ${fact.counts.cacheWrite5m} ${fact.counts.output}`,
          ]
        : [],
    ),
  ).toEqual(["msg_1 m 1 0 0 9", "msg_1/advisor_message/1 bigger 100 7 5 30", "msg_1/compaction/2 m 180000 0 0 3500"]);
});

test("keys of an attacker reach no prototype", async () => {
  const { facts, problems } = await tell(
    Buffer.from(
      `{"__proto__":{"type":"assistant"},"type":"user","constructor":1,"message":{"content":"hi","__proto__":{}},"uuid":"__proto__","timestamp":"${at(1)}","sessionId":"__proto__"}\n`,
    ),
  );
  expect(facts.map((fact) => fact.kind).sort()).toEqual(["session", "turn"]);
  expect(problems).toEqual([]);
});

test("follows a file over megabytes of other records, and reads only what it needs again", async () => {
  const read = {
    toolUseResult: { type: "text", file: { filePath: "/code/a.ts", content: "one\ntwo\nthree", startLine: 1, totalLines: 3 } },
  };
  const bytes = Buffer.from(
    response(1, "msg_1", 5, call("toolu_1", "Read", { file_path: "/code/a.ts" })) +
      result(2, "toolu_1", read) +
      filler(2) +
      response(3, "msg_2", 5, call("toolu_2", "Edit", { file_path: "/code/a.ts", old_string: "two", new_string: "2" })) +
      filler(2) +
      result(4, "toolu_2") +
      filler(2),
  );
  let bytesRead = 0;
  function* open(start: number): Generator<Buffer> {
    for (let i = start; i < bytes.length; i += 65_536) {
      bytesRead += Math.min(65_536, bytes.length - i);
      yield bytes.subarray(i, i + 65_536);
    }
  }
  const facts: TokenFact[] = [];
  for await (const { items } of parseTranscript(open, 0, context))
    facts.push(...items.flatMap((item) => (item.kind === "fact" ? [item.fact] : [])));
  const writes = facts.flatMap((fact) => (fact.kind === "write" ? [[fact.quality, [...fact.diff.hunks]]] : []));
  expect(writes).toEqual([["replayed", [2, 1, 2, 1]]]);
  // Once as a whole, and again a few pieces of it.
  expect(bytesRead).toBeLessThan(bytes.length + (3 << 20));
});
