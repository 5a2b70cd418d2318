import { expect, test } from "vitest";
import { comparableModel } from "./model-name.ts";
import { readMeter, tokensPerUnit } from "./meter.ts";

test.each<[string, string | null, string | null]>([
  ["USE1-Claude4.5Opus-input-tokens", "claude-opus-4-5", "input"],
  ["USE1-Claude4.5Opus-cache-read-input-token-count", "claude-opus-4-5", "cacheRead"],
  ["USW2-Claude3.7Sonnet-cache-write-input-token-count", "claude-sonnet-3-7", "cacheWrite"],
  ["Claude Opus 4.5 Usage - Cache Write 1h", "claude-opus-4-5", "cacheWrite1h"],
  ["Claude Haiku 4.5 Usage - Output Tokens", "claude-haiku-4-5", "output"],
  ["gpt-4.1 0414 Inp glbl Tokens", "gpt-4-1", "input"],
  ["gpt-4.1-mini 0414 cchd Inp glbl Tokens", "gpt-4-1-mini", "cacheRead"],
  ["gpt 4o 0806 Outp regnl Tokens", "gpt-4o", "output"],
  ["Gemini 2.5 Pro Text Output - Predictions", "gemini-2-5-pro", "output"],
  ["Gemini 2.5 Flash Lite Cached Text Input", "gemini-2-5-flash-lite", "cacheRead"],
  ["Committed use of Vertex AI", null, null],
])("reads model and kind out of %s", (text, model, kind) => {
  const meter = readMeter(text);
  expect(meter.model === null ? null : comparableModel(meter.model)).toBe(model);
  expect(meter.tokenKind).toBe(kind);
});

test("knows how many tokens a unit is", () => {
  expect(tokensPerUnit("Tokens")).toBe(1n);
  expect(tokensPerUnit("1K tokens")).toBe(1_000n);
  expect(tokensPerUnit("1M Tokens")).toBe(1_000_000n);
  expect(tokensPerUnit("10K tokens")).toBe(10_000n);
  expect(tokensPerUnit("Hours")).toBeNull();
  expect(tokensPerUnit("Units/Month")).toBeNull();
});
