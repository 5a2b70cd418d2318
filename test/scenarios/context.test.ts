/** One session whose prompts are worked out by hand, from the log to the answer. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Assay } from "../../src/app/assay.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());
let assay: Assay;

/** Prompts of claude-opus-4-6, nano-dollars a token. */
const fresh = 5_000;
const written = 6_250;
const read = 500;

const time = (second: number): string => new Date(Date.UTC(2026, 0, 3, 10, 0, second)).toISOString();

function record(second: number, part: object): string {
  const common = { isSidechain: false, cwd: "/code/shop", sessionId: "c0", version: "2.1.97", gitBranch: "main" };
  return JSON.stringify({ ...common, uuid: `u${second}`, timestamp: time(second), ...part });
}

function response(second: number, [cacheRead, cacheWrite, input]: readonly number[], output: number, content: object): string {
  const usage = { input_tokens: input, cache_read_input_tokens: cacheRead, cache_creation_input_tokens: cacheWrite, output_tokens: output };
  const message = { id: `msg_${second}`, role: "assistant", model: "claude-opus-4-6", content: [content], stop_reason: "end_turn", usage };
  return record(second, { type: "assistant", requestId: `req_${second}`, message });
}

const reads = (id: string): object => ({ type: "tool_use", id, name: "Read", input: { file_path: "/code/shop/till.ts" } });
/** 698 letters and their quotation marks: 700 bytes, 200 tokens. */
const file = "x".repeat(698);
const result = (second: number, id: string): string =>
  record(second, { type: "user", message: { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: file }] } });

beforeAll(async () => {
  const lines = [
    record(0, { type: "user", message: { role: "user", content: "p".repeat(350) } }), // 100 tokens
    response(1, [0, 1_000, 0], 40, reads("toolu_1")),
    result(2, "toolu_1"),
    response(3, [1_000, 250, 0], 60, reads("toolu_2")),
    result(4, "toolu_2"),
    response(5, [1_250, 0, 300], 5, { type: "text", text: "Done." }),
  ];
  const home = scratch.next("home");
  mkdirSync(join(home, ".claude", "projects", "-code-shop"), { recursive: true });
  writeFileSync(join(home, ".claude", "projects", "-code-shop", "c0.jsonl"), lines.map((line) => `${line}\n`).join(""));
  const store = await makeStore(scratch.next());
  expect((await importInto(store, { home })).problems).toEqual([]);
  assay = openStore(store);
}, 60_000);

it("explains what put tokens into the prompts, from the sizes the log keeps", async () => {
  const { subject, causes = [], sentences, leftOut } = await assay.explain("context", { asOf: null });
  // 1: 900 + 100 written. 2: 1,000 read; 40 said, 200 of the file, 10 more written. 3: 1,250 read; 60 said, 200 again, 40 more fresh.
  expect(Object.fromEntries(causes.map(({ cause, nanoUsd }) => [cause, Number(nanoUsd)]))).toEqual({
    instructions: 900 * (written + read + read),
    prompt: 100 * (written + read + read),
    agent_output: 40 * (written + read) + 60 * fresh,
    read: 200 * (written + read),
    reread: 200 * fresh,
    unknown: 10 * (written + read) + 40 * fresh,
  });
  const total = 1_000 * written + (1_000 * read + 250 * written) + (1_250 * read + 300 * fresh);
  expect(causes.reduce((sum, { nanoUsd }) => sum + Number(nanoUsd), 0)).toBe(total);
  expect(causes.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1, 12);
  expect(subject).toBe("context");
  expect(sentences.join(" ")).toContain("inferred");
  expect(leftOut).toEqual([]);
});
